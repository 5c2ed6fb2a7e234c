import assert from 'node:assert/strict'
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { RampartError } from '../../src/errors.ts'
import { shareDirectory } from '../../src/cli/socket-share.ts'

const gid = process.getgid?.()
const skip = gid === undefined ? 'there are no groups here' : false

async function inTemp(body: (dir: string) => Promise<void>): Promise<void> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'rampart-share-')))
  chmodSync(dir, 0o755)
  try {
    await body(dir)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

async function faultOf(socket: string): Promise<string> {
  try {
    await shareDirectory(socket, gid!)
    return ''
  } catch (error) {
    assert.ok(error instanceof RampartError)
    assert.equal(error.code, 'config_invalid')
    return error.message
  }
}

/** Directories around a temporary one may be closed to groups; then that is the fault, and the last. */
const CLOSED = /cannot be entered by group/

test(
  'a directory for a shared socket is made for its group alone',
  { skip },
  () =>
    inTemp(async (dir) => {
      const fault = await faultOf(join(dir, 'run', 'rampart.sock'))
      if (fault !== '') assert.match(fault, CLOSED)
      const stats = lstatSync(join(dir, 'run'))
      assert.deepEqual([stats.mode & 0o7777, stats.gid], [0o750, gid])
    }),
)

test(
  'a directory in which others could swap the socket is refused by name',
  { skip },
  () =>
    inTemp(async (dir) => {
      for (const mode of [0o777, 0o1777, 0o757]) {
        const at = join(dir, mode.toString(8))
        mkdirSync(at)
        chmodSync(at, mode)
        const fault = await faultOf(join(at, 'rampart.sock'))
        assert.match(fault, new RegExp(`^${at} is writable by .*others could put a socket`))
      }
      const below = join(dir, '777', 'below')
      mkdirSync(below)
      assert.match(await faultOf(join(below, 'rampart.sock')), /777 is writable by everybody/)
    }),
)

test(
  'one that the group cannot enter is refused, with what would help',
  { skip },
  () =>
    inTemp(async (dir) => {
      const shut = join(dir, 'shut')
      mkdirSync(join(shut, 'run'), { recursive: true })
      chmodSync(shut, 0o700)
      const fault = await faultOf(join(shut, 'run', 'rampart.sock'))
      assert.match(fault, /^\S*shut cannot be entered by group \d+: choose a place for --socket/)
    }),
)
