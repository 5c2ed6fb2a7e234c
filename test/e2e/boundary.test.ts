import assert from 'node:assert/strict'
import {
  appendFileSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { FRESH, STATE_AT } from '../../src/adapters/snapshot-format.ts'
import { inHome, ownRuntime, startServer, until } from './server.ts'

interface Told {
  kind: string
  request: Record<string, unknown>
  decision: { action: string; message: string }
}

function trail(home: string): Told[] {
  const dir = join(home, 'audit')
  return readdirSync(dir).filter((name) => /^\d.*\.jsonl$/.test(name))
    .flatMap((name) => readFileSync(join(dir, name), 'utf8').split('\n'))
    .filter((line) => line !== '').map((line) => JSON.parse(line) as Told)
}

/** The snapshot that is there now, whatever takes its name later; its state word is FRESH while it counts. */
function snapshotAt(path: string) {
  if (!existsSync(path)) return undefined
  const file = openSync(path, 'r')
  const word = new DataView(new ArrayBuffer(4))
  return {
    state: () => (readSync(file, word, 0, 4, STATE_AT), word.getUint32(0, true)),
    close: () => closeSync(file),
  }
}

test('the gap that kill -9 of the server left is in the trail, and a stolen socket is taken back', () =>
  inHome(async (home) => {
    const first = await startServer(ownRuntime(), home)
    const beside = (name: string) => join(home, 'run', name)
    const old = await until(() => {
      const found = snapshotAt(beside('rules.snapshot'))
      return found?.state() === FRESH ? found : undefined
    }, 20_000)
    await first.end('SIGKILL')
    assert.equal(old.state(), FRESH, 'nobody has said that it is out of date')
    const note = (n: number) =>
      `${
        JSON.stringify({ time_ms: 1.8e12 + n, pid: n + 1, layer: 'preload', program: `/bin/p${n}` })
      }\n`
    for (let n = 0; n < 7; n++) appendFileSync(beside('gaps'), note(n))
    appendFileSync(beside('gaps'), 'no note\n')
    const server = await startServer(ownRuntime(), home)
    try {
      assert.equal(old.state(), 0, 'one of another server counts for nothing once this one answers')
      old.close()
      const [gap] = await until(() => {
        const found = trail(home).filter(({ kind }) => kind === 'fail_open')
        return found.length > 0 ? found : undefined
      }, 20_000)
      assert.deepEqual(gap?.request, {
        passed: 8,
        unreadable: 1,
        since: '2027-01-15T08:00:00.000Z',
        until: '2027-01-15T08:00:00.006Z',
        layers: { preload: 7 },
        programs: [0, 1, 2, 3, 4].map((n) => `/bin/p${n}`),
      })
      const get = async (path: string) => {
        const answer = await fetch(`${server.url}${path}`, {
          headers: { authorization: `Bearer ${server.token}` },
        })
        return await answer.text()
      }
      assert.equal(JSON.parse(await get('/v1/status')).passed_unasked, 8)
      assert.match(await get('/metrics'), /^rampart_passed_unasked_total 8$/m)
      assert.deepEqual(readdirSync(join(home, 'run')).filter((name) => /^gaps/.test(name)), [])

      const impostor = createServer()
      await new Promise<void>((resolve) => impostor.listen(beside('theirs'), resolve))
      const theirs = statSync(beside('theirs')).ino
      renameSync(beside('theirs'), server.socket)
      await until(
        () =>
          existsSync(server.socket) && statSync(server.socket).ino !== theirs ? true : undefined,
        20_000,
      )
      impostor.close()
      const alert = await until(
        () => trail(home).find(({ decision }) => decision.action === 'reclaimed'),
        20_000,
      )
      assert.deepEqual([alert.kind, alert.request['socket_was']], ['alert', 'taken'])
    } finally {
      await server.end()
    }
    // A server that ended well leaves no snapshot that anybody may rely on.
    assert.equal(readFileSync(beside('rules.snapshot')).readUInt32LE(12), 0)
  }))
