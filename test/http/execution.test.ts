import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Executing } from '../../src/service/execution.ts'
import type { Execution } from '../../src/service/execution-answer.ts'
import type { Answer } from '../../src/service/services.ts'
import { CALLERS, DENIED, exec, httpBench as plainBench, type Sent } from '../helpers/http.ts'

const ALLOWED: Answer = { ...DENIED, allowed: true, decision: 'allow' }

/** Over TCP unless it says otherwise: who calls by an unknown way executes nothing. */
function httpBench() {
  const bench = plainBench()
  const send = (path: string, sent: Sent) =>
    bench.send(path, { env: { transport: 'tcp' }, ...sent })
  return { ...bench, send }
}

const EXECUTION: Execution = {
  audit_id: 'BEGUN',
  state: 'exited',
  exit_code: 0,
  duration_ms: 1,
  withheld: false,
  stdout: { text: 'out', bytes: 3, truncated: false, lossy: false },
}

const EXECUTE = exec('ls', { execute: true, cwd: '/w' })

/** A bench whose server executes; `run` is what comes of it. */
function executing(
  run: Executing['run'] = async () => ({ answer: ALLOWED, execution: EXECUTION }),
) {
  const bench = httpBench()
  const asked: unknown[] = []
  Object.assign(bench.api, {
    executes: ['exec'],
    execute: async (request: unknown, ask: unknown) => {
      asked.push([request, ask])
      return { outcome: { answer: ALLOWED, state: 'answered' }, run }
    },
  })
  return { ...bench, asked }
}

test('an execution answers with what came of it', async () => {
  const { send, asked } = executing()
  const body = { ...EXECUTE, execution: { timeout_ms: 5, output_bytes: 6 } }
  const { status, json } = await send('/v1/tool/exec', { token: 'execute-token', body })
  assert.deepEqual([status, json.allowed, json.execution], [200, true, EXECUTION])
  assert.deepEqual((asked[0] as unknown[])[1], { timeoutMs: 5, outputBytes: 6 })
})

test('F39 execute is never implied: by no other scope, not by admin, not by the socket', async () => {
  const refusals: [string, Record<string, unknown>, RegExp][] = [
    ['admin', { token: 'admin-token' }, /scope execute/],
    ['eval', { token: 'eval-token' }, /scope execute/],
    ['the socket', { token: null, env: { transport: 'socket', uid: 1 } }, /not enabled/],
    ['a token over the socket', {
      token: 'execute-token',
      env: { transport: 'socket', uid: 1 },
    }, /not enabled/],
    ['a transport that nobody told', { token: 'execute-token', env: undefined }, /not enabled/],
  ]
  for (const [what, how, detail] of refusals) {
    const { send, asked } = executing()
    const { status, json } = await send('/v1/tool/exec', { body: EXECUTE, ...how })
    assert.deepEqual([status, json.code], [403, 'forbidden'], what)
    assert.match(json.detail, detail, what)
    assert.deepEqual(asked, [], what)
  }
})

test('a server that executes nothing says so, whoever asks', async () => {
  for (const token of Object.keys(CALLERS).filter((name) => name !== 'approve-token')) {
    const { send, api } = httpBench()
    const { status, json } = await send('/v1/tool/exec', { token, body: EXECUTE })
    assert.deepEqual([status, json.code, json.errors[0].pointer], [403, 'forbidden', '/execute'])
    assert.deepEqual(api.decided, [])
  }
})

test('a dry run executes nothing, and an output that is there already is none of it', async () => {
  const { send, asked } = executing()
  const token = 'execute-token'
  const dry = await send('/v1/preflight/exec', { token, body: EXECUTE })
  assert.deepEqual([dry.status, dry.json.code], [403, 'forbidden'])
  for (const more of [{ response: 'x' }, { response_texts: ['x'] }, { layer: 'shim', pid: 5 }]) {
    const { status, json } = await send('/v1/tool/exec', { token, body: { ...EXECUTE, ...more } })
    assert.deepEqual([status, json.code], [400, 'request_invalid'])
  }
  assert.deepEqual(asked, [])
})

test('what was refused at release is 403', async () => {
  const answer = { ...ALLOWED, allowed: false, decision: 'deny' as const, message: 'changed' }
  const { send } = executing(async () => ({
    answer,
    execution: { ...EXECUTION, state: 'refused' },
  }))
  const { status, json } = await send('/v1/tool/exec', { token: 'execute-token', body: EXECUTE })
  assert.deepEqual([status, json.allowed, json.execution.state], [403, false, 'refused'])
})

const STREAMED = {
  token: 'execute-token',
  body: EXECUTE,
  headers: { accept: 'application/x-ndjson' },
}

test('a stream has the decision, the progress and the result, a line each', async () => {
  const { send } = executing(async ({ progress }) => {
    progress?.({ elapsedMs: 7, bytes: { stdout: 3 } })
    return { answer: ALLOWED, execution: EXECUTION }
  })
  const { status, headers, text } = await send('/v1/tool/exec', STREAMED)
  assert.deepEqual([status, headers.get('content-type')], [200, 'application/x-ndjson'])
  const lines = text.trim().split('\n').map((line) => JSON.parse(line))
  assert.deepEqual(lines.map(({ type }) => type), ['decision', 'progress', 'result'])
  assert.deepEqual([lines[1].elapsed_ms, lines[1].bytes], [7, { stdout: 3 }])
  assert.deepEqual([lines[0].answer.execution, lines[2].answer.execution], [undefined, EXECUTION])
})

test('a failure ends a stream with its problem, and a defect says nothing of the inside', async () => {
  const { send } = executing(() => Promise.reject(new Error('inside')))
  const { text } = await send('/v1/tool/exec', STREAMED)
  const last = JSON.parse(text.trim().split('\n').at(-1)!)
  assert.deepEqual([last.type, last.problem.code, last.problem.detail], [
    'problem',
    'internal',
    undefined,
  ])
  assert.ok(!text.includes('inside'))
})

test('what is not executed is answered whole, also to who asked for lines', async () => {
  const { send, api } = executing()
  Object.assign(api, {
    execute: async () => ({
      outcome: { answer: { ...ALLOWED, allowed: false }, state: 'answered' },
    }),
  })
  const { status, headers } = await send('/v1/tool/exec', STREAMED)
  assert.deepEqual([status, headers.get('content-type')], [403, 'application/json'])
})
