import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { groupId } from '../../src/adapters/group-id.ts'
import { isServersSocket, pinnedUid } from '../../src/adapters/socket-owner.ts'

function inTemp(body: (dir: string) => void): void {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-owner-'))
  try {
    body(dir)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

const self = process.getuid?.()
const isRoot = self === 0

test('only a plain file of root that nobody else may write pins an account', {
  skip: self === undefined ? 'accounts have no numbers here' : false,
}, () =>
  inTemp((dir) => {
    const file = join(dir, 'server-uid')
    assert.equal(pinnedUid(file), undefined)
    assert.equal(pinnedUid(join(file, 'below')), undefined)
    const rows: readonly (readonly [text: string, mode: number, uid: number])[] = [
      ['61001\n', 0o644, 61001],
      ['0', 0o600, 0],
      ['61001 61002\n', 0o644, NaN],
      ['-1\n', 0o644, NaN],
      ['', 0o644, NaN],
      ['1'.repeat(17), 0o644, NaN],
      ['61001\n', 0o664, NaN],
      ['61001\n', 0o646, NaN],
    ]
    for (const [text, mode, uid] of rows) {
      writeFileSync(file, text)
      chmodSync(file, mode)
      // Of any other account than root it says nothing, whatever it holds.
      assert.equal(pinnedUid(file), isRoot ? uid : NaN, JSON.stringify([text, mode]))
    }
    rmSync(file)
    writeFileSync(join(dir, 'real'), '61001\n')
    symlinkSync('real', file)
    assert.ok(Number.isNaN(pinnedUid(file)))
    rmSync(file)
    mkdirSync(file)
    assert.ok(Number.isNaN(pinnedUid(file)))
  }))

test("a socket of this account is the server's, unless root named another", {
  skip: self === undefined || isRoot ? 'root may always answer' : false,
}, () =>
  inTemp((dir) => {
    writeFileSync(join(dir, 'sock'), '')
    writeFileSync(join(dir, 'pinned'), '61001\n')
    assert.equal(isServersSocket(join(dir, 'sock'), join(dir, 'none')), true)
    // Not root's: whoever wrote it, nobody is trusted.
    assert.equal(isServersSocket(join(dir, 'sock'), join(dir, 'pinned')), false)
  }))

test('a group has a number, or a name in the file of groups', () =>
  inTemp((dir) => {
    const file = join(dir, 'group')
    writeFileSync(file, 'root:x:0:\nagents:x:990:ann,bob\nbroken\nodd:x:-1:\nlong:x:99999999999:\n')
    const rows: readonly (readonly [string, number | undefined])[] = [
      ['agents', 990],
      ['root', 0],
      ['12', 12],
      ['nobody-here', undefined],
      ['odd', undefined],
      ['long', undefined],
      ['broken', undefined],
      ['ann', undefined],
      ['', undefined],
      ['990 ', undefined],
    ]
    for (const [name, gid] of rows) assert.equal(groupId(name, file), gid, name)
  }))
