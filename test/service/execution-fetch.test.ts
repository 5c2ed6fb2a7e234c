import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import type { FetchTask, Ran } from '../../src/ports.ts'
import { executionBench } from '../helpers/execution.ts'
import { call } from '../helpers/service.ts'

const POLICIES = `
version: "1"
default_action: allow
policies:
  - name: p
    match: {tool: fetch}
    rules:
      - {action: deny, when: {domain_matches: ["evil.example"]}, message: evil}
      - {action: require_approval, when: {domain_matches: ["ask.example"]}, message: ask}
`
const Sent = z.strictObject({
  url: z.string(),
  method: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string().optional(),
})
const Row = z.strictObject({
  name: z.string(),
  task: z.strictObject({
    url: z.string(),
    method: z.string().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    body: z.string().optional(),
  }),
  to: z.array(z.tuple([z.int(), z.string()])),
  sent: z.array(Sent).optional(),
  count: z.int().optional(),
  stops: z.string().optional(),
})
const url = new URL('../fixtures/service/execution-hops.yaml', import.meta.url)
const rows = z.array(Row).min(12).parse(parse(readFileSync(url, 'utf8')))

const content = { name: 'content', bytes: 4, sha256: 'x', truncated: false, lossy: false } as const

for (const { name, task, to, sent, count, stops } of rows) {
  test(`redirects: ${name}`, async () => {
    const { execute, executor, trail } = executionBench(POLICIES)
    const left = [...to]
    executor.answer = (sent): Ran => {
      if (JSON.stringify(sent).includes('private.example')) {
        return { state: 'refused', detail: 'not public', outputs: [] }
      }
      const [status, location] = left.shift() ?? []
      return status === undefined
        ? {
          state: 'done',
          outputs: [{ ...content, text: 'page' }],
          http: { status: 200, contentType: 'text/html' },
        }
        : { state: 'redirected', outputs: [], http: { status, contentType: undefined, location } }
    }
    const { done } = await execute(
      call('', { tool: 'fetch', params: JSON.parse(JSON.stringify(task)) }),
    )
    const ran = (executor.ran as FetchTask[]).map(({ kind: _, ...one }) =>
      JSON.parse(JSON.stringify(one))
    )
    if (sent !== undefined) assert.deepEqual(ran, sent)
    if (count !== undefined) assert.equal(ran.length, count)
    const { execution } = done!
    assert.equal(execution.state, stops === undefined ? 'done' : 'stopped')
    if (stops !== undefined) assert.ok(execution.message?.startsWith(stops), execution.message)
    assert.equal(execution.content?.text, stops === undefined ? 'page' : undefined)
    if (stops === undefined) assert.equal(execution.http?.url, ran.at(-1).url)
    // Each hop is decided and on record before it is sent.
    const decided = trail.filter(({ kind, tool }) => kind === 'decision' && tool === 'fetch')
    assert.ok(decided.length >= ran.length)
    const ended = trail.find(({ decision }) => decision.action === 'execution_ended')
    assert.deepEqual(ended?.links?.slice(1), decided.slice(1).map(({ id }) => id))
  })
}

test('the address and the type of a page are judged as its text is', async () => {
  const { execute, executor } = executionBench(`${POLICIES}
  - name: output
    match: {tool: fetch}
    rules: [{action: deny, when: {response_matches: ["KEY[0-9]+"]}, message: a key}]
`)
  executor.answer = () => ({
    state: 'done',
    outputs: [{ ...content, text: 'fine' }],
    http: { status: 200, contentType: 'text/KEY1' },
  })
  const { done } = await execute(
    call('', { tool: 'fetch', params: { url: 'https://a.example/?KEY2' } }),
  )
  assert.deepEqual(done?.execution.http, {
    status: 200,
    content_type: 'text/[hidden by Rampart]',
    url: 'https://a.example/?[hidden by Rampart]',
    redirects: 0,
  })
  assert.equal(done?.execution.content?.text, 'fine')
})
