import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { fill, onSmallDisk } from './small-disk.ts'
import { exec, inHome, ownRuntime, post, runProgram, startServer } from './server.ts'

const NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups']

/** Why another account cannot be had here, if so. */
function noOtherAccount(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root, to become another account'
  const { status } = spawnSync(NOBODY[0]!, [...NOBODY.slice(1), 'test', '-x', process.execPath])
  return status === 0 ? undefined : 'another account cannot run this runtime here'
}

test('a state directory of another account is refused by name', (t) =>
  inHome(async (home) => {
    const why = noOtherAccount()
    if (why !== undefined) return t.skip(why)
    chmodSync(dirname(home), 0o755)
    mkdirSync(home, { mode: 0o755 })
    const ran = await runProgram([...NOBODY, ...ownRuntime(), 'serve', '--addr', '127.0.0.1:0'], {
      home,
      env: { HOME: dirname(home), DENO_DIR: process.env['DENO_DIR'] ?? dirname(home) },
    })
    assert.equal(ran.code, 3, ran.err)
    assert.match(ran.err, /Cannot use .*home: it belongs to uid 0, not to uid 65534/)
  }))

test('a state directory that cannot be made is refused by name', (t) =>
  inHome(async (home) => {
    const why = noOtherAccount()
    if (why !== undefined) return t.skip(why)
    chmodSync(dirname(home), 0o555)
    const ran = await runProgram([...NOBODY, ...ownRuntime(), 'serve', '--addr', '127.0.0.1:0'], {
      home,
      env: { HOME: dirname(home), DENO_DIR: process.env['DENO_DIR'] ?? dirname(home) },
    })
    chmodSync(dirname(home), 0o755)
    assert.equal(ran.code, 3, ran.err)
    assert.match(ran.err, /Cannot use .*home: permission denied/)
  }))

test('a state directory on a full disk is refused by name', (t) =>
  onSmallDisk(t, '64k', async (home) => {
    const ran = await runProgram([...ownRuntime(), 'serve', '--addr', '127.0.0.1:0'], { home })
    assert.equal(ran.code, 3, ran.err)
    assert.match(ran.err, /Cannot use .*rampart\.db: .*full/)
  }))

test('F6 a disk that fills up while serving loses no answer that was recorded', (t) =>
  onSmallDisk(t, '4m', async (home) => {
    const server = await startServer(ownRuntime(), home, { env: { RAMPART_FAIL_OPEN: '0' } })
    const ask = () => post(server, '/v1/tool/exec', exec('git status'))
    const acknowledged: string[] = []
    const take = ({ status, body }: Awaited<ReturnType<typeof ask>>) => {
      if (status === 200 && body['allowed'] === true) acknowledged.push(String(body['audit_id']))
      return status === 200 && body['allowed'] === true
    }
    assert.ok(take(await ask()))
    fill(join(home, 'fill'))
    let refused = 0
    for (let i = 0; i < 40; i++) if (!take(await ask())) refused++
    assert.ok(refused > 0, 'the disk never was full')
    rmSync(join(home, 'fill'))
    assert.ok(take(await ask()), 'with room again it goes on')
    await server.end()
    const trail = readdirSync(join(home, 'audit')).filter((name) => name.endsWith('.jsonl'))
      .map((name) => readFileSync(join(home, 'audit', name), 'utf8')).join('')
    for (const id of acknowledged) assert.ok(trail.includes(id), id)
    const verified = await runProgram([...ownRuntime(), 'audit', 'verify'], { home })
    assert.equal(verified.code, 0, verified.err)
  }))
