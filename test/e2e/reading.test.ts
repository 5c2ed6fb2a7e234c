import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  exec,
  executable,
  get,
  inHome,
  ownRuntime,
  post,
  runProgram,
  type Served,
  startServer,
} from './server.ts'

const compiled = executable()
const SUBJECTS = [
  { name: 'this runtime', command: ownRuntime(), why: undefined },
  { name: 'dist/rampart', command: compiled.command, why: compiled.why },
]

// deno-lint-ignore no-explicit-any
async function asked(server: Served, what: string): Promise<any> {
  const { status, body } = await get(server, `/v1/audit/${what}`)
  assert.equal(status, 200, JSON.stringify(body))
  return body
}

for (const { name, command, why } of SUBJECTS) {
  test(`the trail is read over HTTP and beside the server, by an index that a thread makes (${name})`, (t) => {
    if (command === undefined) return t.skip(why)
    return inHome(async (home) => {
      const server = await startServer(command, home)
      for (const line of ['ls', 'rm -rf /', 'ls -l']) {
        await post(server, '/v1/preflight/exec', { ...exec(line), enforce: true })
      }
      const stats = await asked(server, 'stats')
      const { decisions, by_kind } = stats
      assert.deepEqual([decisions.total, decisions.enforced], [3, 3])
      assert.ok(by_kind.some((one: { readonly name: string }) => one.name === 'start'))
      // Statistics are of the index alone.
      assert.ok(existsSync(join(home, 'audit', '.private', 'index.db')))
      const page = await asked(server, 'events?action=deny&kind=decision&text=RM%20-rf')
      assert.deepEqual([page.events.length, page.next], [1, null])
      const first = await asked(server, 'events?kind=decision&order=asc&limit=1')
      const { events, next } = first
      assert.equal(next, events[0].seq)
      const args = ['audit', 'search', '--json', '--decision', 'deny', '--kind', 'decision']
      const found = await runProgram([...command, ...args], { home })
      assert.equal(found.code, 0)
      assert.deepEqual(JSON.parse(found.out).events, page.events)
      const counted = await runProgram([...command, 'audit', 'stats', '--json'], { home })
      assert.deepEqual(JSON.parse(counted.out).decisions, decisions)
      assert.deepEqual(await server.end(), { code: 0, signal: null })
    })
  })
}
