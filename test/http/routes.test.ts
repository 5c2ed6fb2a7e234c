import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RampartError } from '../../src/errors.ts'
import { CALLERS, exec, httpBench } from '../helpers/http.ts'
import { ANCHOR, ID } from '../helpers/http-proofs.ts'

test('approvals are listed with their status and on the wire in snake case', async () => {
  const { send, api } = httpBench()
  const got = await send('/v1/approvals?status=pending&limit=5', { token: 'eval-token' })
  assert.equal(got.status, 200)
  assert.deepEqual(got.json.approvals, [{
    id: 'APPROVAL1',
    status: 'pending',
    principal: 'token:E',
    agent: 'a',
    session: 's',
    run_id: null,
    tool_call_id: null,
    tool: 'exec',
    params: { command: 'deploy' },
    cwd: null,
    policy: null,
    rule: null,
    message: 'Deploying needs a person',
    audit_id: null,
    created_at: '2027-01-15T08:00:00.000Z',
    expires_at: '2027-01-15T08:05:00.000Z',
    resolved_at: null,
    resolved_by: null,
    resolved_name: null,
    code: '00000-00000',
    parts: [],
    effects: [],
    effects_complete: false,
    approvers: 1,
    answers: [],
    channel: null,
    scope: null,
    reason: null,
    waiters: 0,
    timeout_ms: 300_000,
  }])
  assert.equal(got.json.next, null)
  await send('/v1/approvals?after=1-a')
  assert.deepEqual(api.calls, ['list token:E pending 5', 'list admin undefined 100 1-a'])
})

test('an approval is answered once: a second answer is 410, an unknown one 404', async () => {
  const { send, api } = httpBench()
  const body = { approved: true, resolved_by: 'ann', persist: false, scope: 'once' }
  const got = await send('/v1/approvals/APPROVAL1/resolve', { token: 'approve-token', body })
  assert.deepEqual([got.status, got.json.status], [200, 'approved'])
  assert.equal((await send('/v1/approvals/SETTLED/resolve', { body })).status, 410)
  assert.equal((await send('/v1/approvals/NONE')).status, 404)
  assert.equal(api.calls[0], 'resolve token:P APPROVAL1 true http')
})

test('what an answer cannot carry is refused, not ignored', async () => {
  const { send, api } = httpBench()
  const wrong = [
    { persist: true, scope: 'session' },
    { scope: 'forever' },
    { for: '1 hour', scope: 'run' },
    { calls: 0, scope: 'run' },
    { generalisation: 'glob', scope: 'always' },
    { rule: 'x' },
  ]
  for (const more of wrong) {
    const body = { approved: true, ...more }
    const got = await send('/v1/approvals/APPROVAL1/resolve', { body })
    assert.deepEqual([got.status, got.json.errors[0].pointer], [400, `/${Object.keys(more)[0]}`])
  }
  const text = await send('/v1/approvals/APPROVAL1/resolve', { body: { approved: 'true' } })
  assert.equal(text.status, 400)
  assert.deepEqual(api.calls, [])
})

test('persist means scope always; a scope beside it that says otherwise is refused', async () => {
  const { send } = httpBench()
  const body = { approved: true, persist: true, scope: 'session' }
  const got = await send('/v1/approvals/APPROVAL1/resolve', { body })
  assert.deepEqual([got.status, got.json.errors[0].pointer], [400, '/persist'])
  assert.match(got.json.errors[0].detail, /scope is session/)
})

test('many answers at once: what became of each, in order', async () => {
  const { send, api } = httpBench()
  const body = { ids: ['APPROVAL1', 'SETTLED'], approved: true, reason: 'r', channel: 'watch' }
  const path = '/v1/approvals/bulk-resolve'
  const got = await send(path, { token: 'approve-token', body })
  assert.deepEqual([got.status, got.json.results], [200, [
    { id: 'APPROVAL1', status: 'approved', error: null },
    { id: 'SETTLED', status: null, error: 'approval_settled' },
  ]])
  assert.deepEqual(api.calls, ['bulk token:P 2 true http'])
  assert.equal((await send(path, { token: 'eval-token', body })).status, 403)
  const wrong = [
    { ids: [] },
    { ids: Array.from({ length: 1001 }, (_, i) => `id-${i}`) },
    { ids: [''] },
    { scope: 'always' },
    { channel: 'link' },
    { reason: 'r'.repeat(1001) },
  ]
  for (const change of wrong) {
    assert.equal((await send(path, { body: { ...body, ...change } })).status, 400)
  }
  assert.equal(api.calls.length, 1)
})

test('statistics of approvals are for who answers and who audits', async () => {
  const { send, api } = httpBench()
  const path = '/v1/approvals/stats'
  for (const token of ['approve-token', 'audit-token', 'admin-token']) {
    assert.equal((await send(`${path}?since=2027-01-15`, { token })).status, 200)
  }
  assert.equal((await send(path, { token: 'eval-token' })).status, 403)
  assert.equal((await send(`${path}?since=yesterday`)).status, 400)
  assert.equal(api.calls[0], 'approval stats 1799971200000')
})

test('what sessions did is for who audits, and of a span', async () => {
  const { send, api } = httpBench()
  const path = '/v1/audit/sessions'
  for (const token of ['audit-token', 'admin-token']) {
    const { status, json } = await send(`${path}?since=2027-01-15`, { token })
    assert.deepEqual([status, json], [200, { sessions: [], unlisted: 0 }])
  }
  for (const token of ['eval-token', 'approve-token']) {
    assert.equal((await send(path, { token })).status, 403)
  }
  assert.equal((await send(`${path}?since=yesterday`)).status, 400)
  assert.equal(api.calls[0], 'sessions {"since":1799971200000}')
})

test('F33 who asked learns of its call’s parts, not what policies say of them', async () => {
  const { send, api } = httpBench()
  const shown = {
    parts: [{ kind: 'part', text: 'deploy', action: 'require_approval' }],
    effects: [{ tool: 'read', path: '/w', by: 'deploy' }],
    effectsComplete: true,
    omitted: 3,
  }
  const approval = await api.getApproval(CALLERS['admin-token']!, 'APPROVAL1', 0)
  api.getApproval = async () => ({ ...approval, shown, waiters: 2 })
  const person = await send('/v1/approvals/APPROVAL1', { token: 'approve-token' })
  assert.deepEqual(person.json.parts, shown.parts)
  assert.deepEqual(
    [person.json.effects, person.json.candidates_omitted, person.json.waiters],
    [shown.effects, 3, 2],
  )
  const asker = await send('/v1/approvals/APPROVAL1', { token: 'eval-token' })
  assert.deepEqual(asker.json.parts, [{ kind: 'part', text: 'deploy' }])
})

test('an integrator puts a question of its own', async () => {
  const { send, api } = httpBench()
  const body = exec('deploy', { tool: 'exec', message: 'Deploy?' })
  const got = await send('/v1/approvals', { token: 'approve-token', body })
  assert.deepEqual([got.status, got.headers.get('location')], [201, '/v1/approvals/APPROVAL1'])
  assert.equal((await send('/v1/approvals', { token: 'eval-token', body })).status, 403)
  assert.deepEqual(api.calls, ['create token:P exec a'])
})

test('the trail is asked by whitelisted filters only', async () => {
  const { send, api } = httpBench()
  const query = 'limit=7&after=9&order=asc&agent=a&tool_call_id=t&kind=decision'
  const got = await send(`/v1/audit/events?${query}`, { token: 'audit-token' })
  assert.deepEqual(got.json, { events: [], next: null })
  assert.deepEqual(JSON.parse(api.calls[0]!.slice('events '.length)), {
    limit: 7,
    after: 9,
    order: 'asc',
    agent: 'a',
    kind: 'decision',
    toolCallId: 't',
  })
  const bad = ['limit=-1', 'limit=x', 'limit=1e3', 'limit=1001', 'order=up', 'nope=1', 'kind=x']
  for (const wrong of [...bad, 'limit=', 'agent=a&agent=b', '__proto__=1']) {
    const refused = await send(`/v1/audit/events?${wrong}`)
    const name = wrong.split('=')[0]
    assert.deepEqual([refused.status, refused.json.errors[0].pointer], [400, `/${name}`], wrong)
  }
})

test('policies are listed, reloaded with or without a body, and explained, for admins', async () => {
  const { send, api } = httpBench()
  assert.deepEqual((await send('/v1/policies')).json, { hash: 'sha256:0', policies: [] })
  assert.equal((await send('/v1/policy/reload', { method: 'POST' })).json.hash, 'sha256:0')
  assert.equal((await send('/v1/policy/reload', { body: {} })).status, 200)
  assert.equal((await send('/v1/policy/reload', { body: { force: true } })).status, 400)
  const typeless = { body: '{}', headers: { 'content-type': 'none' } }
  assert.equal((await send('/v1/policy/reload', typeless)).status, 415)
  const explained = await send('/v1/policy/explain', { body: exec('rm -rf /', { tool: 'bash' }) })
  assert.equal(explained.status, 200)
  assert.deepEqual(explained.json.subjects, [{ kind: 'part', label: 'rm -rf /' }])
  assert.deepEqual(explained.json.answer.trace, [])
  const { tool, intent, explain } = api.decided[0]!
  assert.deepEqual([tool, intent, explain], ['bash', 'preview', true])
})

test('invalid policies are 422 with every fault', async () => {
  const { send, api } = httpBench()
  api.reload = () => {
    const errors = [{ pointer: '', detail: 'p.yaml:1:1: no' }]
    throw new RampartError('policy_invalid', 'The policy files are invalid', { errors })
  }
  const got = await send('/v1/policy/reload', { method: 'POST' })
  assert.deepEqual([got.status, got.json.errors[0].detail], [422, 'p.yaml:1:1: no'])
})

test('what proves the trail is for those who may read it', async () => {
  const { send } = httpBench()
  const verified = await send('/v1/audit/verify', { token: 'audit-token' })
  assert.deepEqual([verified.status, verified.json.findings[0].kind], [200, 'gap'])
  const checkpoint = await send('/v1/audit/checkpoint', { token: 'audit-token' })
  assert.deepEqual(checkpoint.json, ANCHOR)
  const proof = await send(`/v1/audit/proof/${ID}`, { token: 'audit-token' })
  assert.deepEqual([proof.status, proof.json.index], [200, 0])
  assert.equal((await send('/v1/audit/proof/NONE', { token: 'audit-token' })).status, 404)
  for (const path of ['verify', 'checkpoint', `proof/${ID}`]) {
    assert.equal((await send(`/v1/audit/${path}`, { token: 'eval-token' })).status, 403)
  }
})
