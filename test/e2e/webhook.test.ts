import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { httpReceiver, type HttpRequest } from '../helpers/sinks.ts'
import { verifySignature } from '../helpers/verify-signature.ts'
import { exec, get, inHome, ownRuntime, post, type Served, startServer } from './server.ts'

/** A guard that decides by a word of the command. */
function verdict(body: string): string {
  const { params: { command } } = JSON.parse(body) as { params: { command: string } }
  const word = command.split(' ')[1]
  return JSON.stringify({
    decision: word === 'ask' ? 'require_approval' : word,
    reason: 'said the guard',
  })
}

async function guarded(
  body: (server: Served, asked: HttpRequest[], home: string) => Promise<void>,
) {
  const asked: HttpRequest[] = []
  const receiver = await httpReceiver((request, response) => {
    asked.push(request)
    if (request.body.includes('guard moved')) {
      return void response.writeHead(302, { location: '/x' }).end()
    }
    if (request.body.includes('guard long')) return void response.end(`"${'x'.repeat(70_000)}"`)
    response.end(verdict(request.body))
  })
  await inHome(async (home) => {
    mkdirSync(join(home, 'policies'), { recursive: true, mode: 0o700 })
    const webhook = `{url: "http://127.0.0.1:${receiver.port}/", allow_private: true, timeout: 20s}`
    const text = `version: "1"
default_action: allow
policies:
  - name: g
    match: {tool: exec}
    rules: [{action: webhook, when: {command_matches: ["guard *"]}, webhook: ${webhook}}]
`
    writeFileSync(join(home, 'policies', 'p.yaml'), text, { mode: 0o600 })
    const server = await startServer(ownRuntime(), home)
    await body(server, asked, home)
    await server.end()
  })
  await receiver.close()
}

const ASYNC = { prefer: 'respond-async' }

test('a webhook decides the same for a tool call and an enforcing preflight, never for a dry run', () =>
  guarded(async (server, asked, home) => {
    const rows = [['allow', true], ['log', true], ['deny', false], ['ask', false]] as const
    for (const [word, allowed] of rows) {
      const call = exec(`guard ${word}`)
      const tool = await post(server, '/v1/tool/exec', call, ASYNC)
      const flight = await post(server, '/v1/preflight/exec', { ...call, enforce: true })
      const wanted = word === 'ask' ? 'require_approval' : word
      for (const { body } of [tool, flight]) {
        assert.deepEqual(
          [body.decision, body.allowed, body.enforced],
          [wanted, allowed, true],
          word,
        )
      }
    }
    assert.equal(asked.length, 8)
    const { body: dry } = await post(server, '/v1/preflight/exec', exec('guard allow'))
    assert.deepEqual([dry.decision, dry.enforced], ['webhook', false])
    assert.equal(asked.length, 8)
    const key = readFileSync(join(home, 'keys', 'webhook.key'), 'utf8').trim()
    for (const { headers, body } of asked) {
      const signature = String(headers['x-rampart-signature'])
      assert.ok(verifySignature(key, { id: String(headers['x-rampart-id']), signature, body }))
    }
  }))

test('a redirect or too long an answer is none: denied, with one event that says so', () =>
  guarded(async (server, asked) => {
    for (
      const [word, why] of [['moved', 'HTTP 302'], ['long', 'the answer is too long']] as const
    ) {
      const { status, body } = await post(server, '/v1/tool/exec', exec(`guard ${word}`))
      assert.deepEqual([status, body.allowed], [403, false])
      const found = await get(server, `/v1/audit/events?limit=1`)
      const [event] = found.body.events as { id: string; decision: { webhooks: object[] } }[]
      assert.equal(event!.id, body.audit_id)
      const [told] = event!.decision.webhooks as { answer: string; reason: string }[]
      assert.deepEqual([told!.answer, told!.reason], ['failed', why])
    }
    assert.ok(asked.every(({ path }) => path === '/'))
  }))
