import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RampartError } from '../../src/errors.ts'
import type { Answer } from '../../src/service/services.ts'
import { DENIED, exec, httpBench } from '../helpers/http.ts'

const ALLOWED: Answer = { ...DENIED, allowed: true, decision: 'allow' }
const WAITING: Answer = {
  ...DENIED,
  decision: 'require_approval',
  approval_id: 'APPROVAL1',
  approval_status: 'pending',
  expires_at: '2027-01-15T08:05:00.000Z',
}

test("semantics 16 a token's agent overrides the body's, and is the one name that is bound", async () => {
  const { send, api } = httpBench()
  const body = exec('ls', { run_id: 'r', agent_depth: 2, tool_call_id: 't', cwd: '/w' })
  await send('/v1/tool/exec', { token: 'bound-token', body })
  await send('/v1/tool/exec', { token: 'eval-token', body })
  const [bound, free] = api.decided
  assert.deepEqual(bound?.identity, {
    principal: 'token:B',
    agent: 'bound',
    session: 's',
    run: 'r',
    depth: 2,
    bound: new Set(['agent']),
  })
  assert.deepEqual([bound?.cwd, bound?.toolCallId, bound?.via], ['/w', 't', 'http'])
  assert.deepEqual([free?.identity.agent, free?.identity.bound.size], ['a', 0])
})

test('semantics 19 a denial is 403 with the Decision as application/json, a missing scope a problem', async () => {
  const { send } = httpBench()
  const denied = await send('/v1/tool/exec', { body: exec('rm -rf /') })
  assert.equal(denied.status, 403)
  assert.equal(denied.headers.get('content-type'), 'application/json')
  assert.deepEqual([denied.json.allowed, denied.json.rule], [false, 'guard/1'])
  const scope = await send('/v1/tool/exec', { token: 'approve-token', body: exec('ls') })
  assert.equal(scope.status, 403)
  assert.equal(scope.headers.get('content-type'), 'application/problem+json')
  assert.match(scope.json.detail, /scope eval/)
})

test("semantics 19 a person's no and an expiry are 403 with their status, a yes is 200", async () => {
  const { send, api } = httpBench()
  for (const status of ['denied', 'expired'] as const) {
    api.answer = () => ({ answer: { ...WAITING, approval_status: status }, state: 'answered' })
    const got = await send('/v1/tool/exec', { body: exec('deploy') })
    assert.deepEqual([got.status, got.json.approval_status], [403, status])
  }
  api.answer = () => ({
    answer: { ...WAITING, allowed: true, approval_status: 'approved' },
    state: 'answered',
  })
  const got = await send('/v1/tool/exec', { body: exec('deploy') })
  assert.deepEqual([got.status, got.json.allowed, got.json.decision], [
    200,
    true,
    'require_approval',
  ])
})

const PREFERENCES: readonly (readonly [string | undefined, number | undefined, string | null])[] = [
  [undefined, undefined, null],
  ['respond-async', 0, 'respond-async'],
  ['Respond-Async', 0, 'respond-async'],
  ['wait=5', 5000, 'wait=5'],
  ['wait="5"', 5000, 'wait=5'],
  ['wait=0', 0, 'wait=0'],
  // The service waits no longer than the approval lives; how long that is stands in the header.
  ['wait=999999', 999_999_000, 'wait=300'],
  ['respond-async, wait=2', 2000, 'respond-async, wait=2'],
  ['wait=1, wait=9', 1000, 'wait=1'],
  ['return=minimal; x=1, wait=3; y', 3000, 'wait=3'],
  ['wait=-1', undefined, null],
  ['wait=1e9', undefined, null],
  ['wait=99999999999999999999', undefined, null],
]

for (const [prefer, waitMs, applied] of PREFERENCES) {
  test(`semantics 20 Prefer: ${prefer}`, async () => {
    const { send, api } = httpBench()
    api.answer = () => ({ answer: WAITING, state: 'waiting' })
    const headers = prefer === undefined ? {} : { prefer }
    const got = await send('/v1/tool/exec', { body: exec('deploy'), headers })
    assert.equal(api.decided[0]?.waitMs, waitMs)
    assert.equal(got.status, 202)
    assert.equal(got.headers.get('location'), '/v1/approvals/APPROVAL1')
    assert.equal(got.headers.get('preference-applied'), applied)
    assert.equal(got.json.approval_id, 'APPROVAL1')
  })
}

test('semantics 20 a wait is told by the timeout of the rule that asks', async () => {
  const { send, api } = httpBench()
  api.answer = () => ({ answer: WAITING, state: 'waiting', timeoutMs: 600_000 })
  for (const path of ['/v1/tool/exec', '/v1/preflight/exec']) {
    const body = exec('deploy', path.includes('preflight') ? { enforce: true } : {})
    const got = await send(path, { body, headers: { prefer: 'wait=9999' } })
    assert.equal(got.headers.get('preference-applied'), 'wait=600')
  }
})

test('semantics 21 a disconnect reaches the waiter while it waits', async () => {
  const { send, api } = httpBench()
  const gone = new AbortController()
  api.answer = ({ signal }) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    signal!.addEventListener('abort', () => resolve())
    gone.abort()
    return promise.then(() => ({ answer: WAITING, state: 'waiting' }))
  }
  const got = await send('/v1/tool/exec', { body: exec('deploy'), signal: gone.signal })
  assert.equal(got.status, 202)
  assert.equal(api.decided[0]?.signal?.aborted, true)
})

test('semantics 21 an abort after the answer, as Deno fires it, reaches nobody', async () => {
  const { send, api } = httpBench()
  const gone = new AbortController()
  await send('/v1/tool/exec', { body: exec('ls'), signal: gone.signal })
  gone.abort()
  assert.equal(api.decided[0]?.signal?.aborted, false)
})

test('semantics 22 the tool call id and everything the digest holds reach the service as sent', async () => {
  const { send, api } = httpBench()
  const params = { command: 'deploy', nested: { a: [1, null, 'é😀'] }, constructor: 'x' }
  await send('/v1/tool/exec', { body: { ...exec(''), params, tool_call_id: 'id', cwd: '/x' } })
  assert.deepEqual(api.decided[0]?.params, params)
  assert.deepEqual([api.decided[0]?.toolCallId, api.decided[0]?.cwd], ['id', '/x'])
})

test('semantics 23 preflight is 200 for any decision; enforce: true makes it a call, answered at once', async () => {
  const { send, api } = httpBench()
  const plain = await send('/v1/preflight/exec', { body: exec('rm') })
  assert.deepEqual([plain.status, plain.json.allowed], [200, false])
  await send('/v1/preflight/exec', { body: exec('rm', { enforce: false }) })
  api.answer = () => ({ answer: WAITING, state: 'waiting' })
  const asked = await send('/v1/preflight/exec', { body: exec('rm', { enforce: true }) })
  assert.deepEqual([asked.status, asked.json.approval_id], [200, 'APPROVAL1'])
  await send('/v1/preflight/exec', {
    body: exec('rm', { enforce: true }),
    headers: { prefer: 'wait=7' },
  })
  assert.deepEqual(api.decided.map(({ intent }) => intent), [
    'preview',
    'preview',
    'enforce',
    'enforce',
  ])
  assert.deepEqual(api.decided.slice(2).map(({ waitMs }) => waitMs), [0, 7000])
})

test('semantics 23 the same credential polls its approval and waits for it', async () => {
  const { send, api } = httpBench()
  const got = await send('/v1/approvals/APPROVAL1?wait=9', { token: 'eval-token' })
  assert.deepEqual([got.status, got.json.id, got.json.status], [200, 'APPROVAL1', 'pending'])
  await send('/v1/approvals/APPROVAL1?wait=86400', { token: 'eval-token' })
  assert.deepEqual(api.calls, [
    'get token:E APPROVAL1 9000',
    'get token:E APPROVAL1 86400000',
  ])
})

test('semantics 24 monitor: 200, allowed, not enforced, the decision as it would have been', async () => {
  const { send, api } = httpBench()
  const monitored: Answer = { ...DENIED, allowed: true, enforced: false }
  api.answer = () => ({ answer: monitored, state: 'answered' })
  const { status, json } = await send('/v1/tool/exec', { body: exec('rm') })
  assert.deepEqual([status, json.allowed, json.enforced, json.decision], [200, true, false, 'deny'])
})

test("F33 traces, suggestions and others' policies need audit or admin, and to be asked for", async () => {
  const { send, api } = httpBench()
  const body = exec('rm', { explain: true })
  for (const token of ['eval-token', 'bound-token']) {
    const { json } = await send('/v1/preflight/exec', { token, body })
    assert.deepEqual(json.matched_policies, ['guard'])
    assert.ok(!('trace' in json) && !('suggestions' in json))
  }
  assert.deepEqual(api.decided.map(({ explain }) => explain), [false, false])
  for (const token of ['audit-token', 'admin-token', 'all-token']) {
    const { json } = await send('/v1/preflight/exec', { token, body })
    assert.deepEqual(json.matched_policies, ['guard', 'secret-policy'])
    assert.deepEqual([json.trace, json.suggestions], [[], ['ask less']])
    const unasked = await send('/v1/preflight/exec', { token, body: exec('rm') })
    assert.ok(!('trace' in unasked.json))
  }
  const socket = { token: null, env: { transport: 'socket', uid: 1 }, body } as const
  assert.ok(!('trace' in (await send('/v1/tool/exec', socket)).json))
  const none: Answer = { ...DENIED, policy: null, rule: null }
  api.answer = () => ({ answer: none, state: 'answered' })
  const { json } = await send('/v1/tool/exec', { token: 'eval-token', body })
  assert.deepEqual(json.matched_policies, [])
})

test('F28 a flood of dry runs is 429 with the time to wait', async () => {
  const { send, api } = httpBench()
  api.answer = () => {
    throw new RampartError('rate_limited', 'Too many dry runs', { headers: { 'retry-after': '3' } })
  }
  const got = await send('/v1/preflight/exec', { body: exec('ls') })
  assert.deepEqual([got.status, got.headers.get('retry-after'), got.json.code], [
    429,
    '3',
    'rate_limited',
  ])
})

test('a defect is 500 without a word of the inside; the log has it all', async () => {
  const { send, api, logged } = httpBench()
  const defect = new Error('secret detail')
  api.answer = () => {
    throw defect
  }
  const got = await send('/v1/tool/exec', { body: exec('ls') })
  assert.equal(got.status, 500)
  assert.ok(!got.text.includes('secret'))
  assert.deepEqual([got.json.code, got.json.title, got.json.detail], [
    'internal',
    'Internal error',
    undefined,
  ])
  assert.deepEqual(logged, [defect])
  api.answer = () => {
    throw 'no error at all'
  }
  assert.equal((await send('/v1/tool/exec', { body: exec('ls') })).status, 500)
})

test('a decision that could not be recorded is 503', async () => {
  const { send, api } = httpBench()
  api.answer = () => {
    throw new RampartError('audit_unavailable', 'The trail cannot be written')
  }
  assert.equal((await send('/v1/tool/exec', { body: exec('ls') })).status, 503)
  api.answer = () => ({ answer: ALLOWED, state: 'answered' })
  assert.equal((await send('/v1/tool/exec', { body: exec('ls') })).status, 200)
})
