import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startScript } from '../helpers/spawn.ts'
import {
  exec,
  get,
  inHome,
  ownRuntime,
  post,
  runProgram,
  type Served,
  startServer,
  until,
} from './server.ts'

const ASKING = `version: "1"
default_action: allow
policies:
  - name: asking
    match: {tool: exec}
    rules:
      - {action: require_approval, when: {command_matches: "deploy*"}}
      - {action: require_approval, when: {command_matches: "release*"}, approvers: 2, timeout: 10m}
      - {action: require_approval, when: {command_matches: "brief*"}, timeout: 1s}
`
const ANSWERS = 1000
const self = ownRuntime()

function asking(home: string): void {
  mkdirSync(join(home, 'policies'), { recursive: true, mode: 0o700 })
  writeFileSync(join(home, 'policies', 'p.yaml'), ASKING, { mode: 0o600 })
}

async function ask(server: Served, command: string): Promise<string> {
  const { status, body } = await post(server, '/v1/tool/exec', exec(command), {
    prefer: 'respond-async',
  })
  assert.equal(status, 202, JSON.stringify(body))
  return String(body.approval_id)
}

async function token(home: string, agent: string, scope: string): Promise<string> {
  const args = ['token', 'create', '--agent', agent, '--scope', scope, '--json']
  const made = await runProgram([...self, ...args], { home })
  assert.equal(made.code, 0, made.err)
  return JSON.parse(made.out).token
}

test('of 1,000 parallel answers over HTTP exactly one is 200, the others are 410', () =>
  inHome(async (home) => {
    asking(home)
    const server = await startServer(self, home)
    const call = exec('deploy', { tool_call_id: 'one' })
    const { body } = await post(server, '/v1/tool/exec', call, { prefer: 'respond-async' })
    const waiting = post(server, '/v1/tool/exec', call)
    const path = `/v1/approvals/${body.approval_id}/resolve`
    const answers = await Promise.all(
      Array.from({ length: ANSWERS }, (_, i) => post(server, path, { approved: i % 2 === 0 })),
    )
    const won = answers.filter(({ status }) => status === 200)
    assert.equal(won.length, 1)
    assert.equal(answers.filter(({ status }) => status === 410).length, ANSWERS - 1)
    assert.equal((await waiting).status, won[0]!.body.status === 'approved' ? 200 : 403)
    await server.end()
  }))

test('of two processes that answer one question 500 times exactly one answer counts', () =>
  inHome(async (home) => {
    asking(home)
    const server = await startServer(self, home)
    const id = await ask(server, 'deploy')
    await server.end()
    const workers = ['one', 'two'].map((me) =>
      startScript('./resolve-worker.ts', [home, id, me, String(ANSWERS / 4)])
    )
    for (const { ended } of workers) assert.deepEqual(await ended, { code: 0, err: '' })
    const lines = workers.flatMap((worker) => worker.lines)
    assert.equal(lines.length, ANSWERS / 2)
    const won = lines.filter((line) => line !== 'approval_settled')
    assert.equal(won.length, 1)
    const again = await startServer(self, home)
    const settled = await get(again, `/v1/approvals/${id}`)
    assert.equal(settled.body.status, won[0])
    const trail = await get(again, '/v1/audit/events?kind=approval&limit=1000')
    assert.equal((trail.body.events as unknown[]).length, 1)
    await again.end()
  }))

test('what lapsed while no server ran is in the trail at the next start', () =>
  inHome(async (home) => {
    asking(home)
    const server = await startServer(self, home)
    const id = await ask(server, 'brief')
    await server.end('SIGKILL')
    // A condition, not a guess: its second is over when the clock says so.
    const from = Date.now()
    await until(() => Date.now() - from > 1000 ? true : undefined)
    const again = await startServer(self, home)
    const event = await until(async () => {
      const { body } = await get(again, '/v1/audit/events?kind=approval&action=expired')
      return (body.events as { links: string[] }[])[0]
    })
    assert.ok(event.links.includes(id))
    assert.equal((await get(again, `/v1/approvals/${id}`)).body.status, 'expired')
    await again.end()
  }))

test('two people release a call that asks for two, and each stands in the answer', () =>
  inHome(async (home) => {
    asking(home)
    const server = await startServer(self, home)
    const [ann, ben, agent] = await Promise.all([
      token(home, 'ann', 'approve'),
      token(home, 'ben', 'approve'),
      token(home, 'ci', 'eval,approve'),
    ])
    const asker = { ...server, token: agent }
    const id = await ask(asker, 'release')
    const resolve = (by: string, more = {}) =>
      post({ ...server, token: by }, `/v1/approvals/${id}/resolve`, { approved: true, ...more })
    assert.equal((await resolve(agent)).status, 403)
    const first = await resolve(ann, { resolved_by: 'Ann', channel: 'chat' })
    assert.deepEqual(
      [first.status, first.body.status, first.body.approvers, first.body.timeout_ms],
      [200, 'pending', 2, 600_000],
    )
    assert.equal((await resolve(ann)).status, 403)
    const second = await resolve(ben)
    assert.equal(second.body.status, 'approved')
    const answers = second.body.answers as { name: string | null; channel: string }[]
    assert.deepEqual(answers.map(({ name, channel }) => [name, channel]), [
      ['Ann', 'chat'],
      [null, 'http'],
    ])
    const polled = await get(asker, `/v1/approvals/${id}?wait=5`)
    assert.equal(polled.body.status, 'approved')
    assert.equal((await post(asker, '/v1/tool/exec', exec('release'))).status, 200)
    assert.equal((await get(asker, `/v1/approvals/${id}`)).body.status, 'used')
    await server.end()
  }))
