import assert from 'node:assert/strict'
import { test } from 'node:test'
import { httpBench } from '../helpers/http.ts'
import { RULE } from '../helpers/http-rules.ts'

test('rules need the person: no other scope lists, makes, previews or removes them', async () => {
  const { send } = httpBench()
  const body = { action: 'block', pattern: 'git push' }
  for (const token of ['eval-token', 'approve-token', 'audit-token']) {
    const got = [
      await send('/v1/rules', { token }),
      await send('/v1/rules', { token, body }),
      await send('/v1/rules/preview', { token, body }),
      await send('/v1/rules/RULE1', { token, method: 'DELETE' }),
      await send('/v1/rules', { token, method: 'DELETE' }),
    ]
    assert.deepEqual(got.map(({ status }) => status), [403, 403, 403, 403, 403], token)
  }
  const choices = '/v1/approvals/APPROVAL1/choices'
  assert.equal((await send(choices, { token: 'eval-token' })).status, 403)
  assert.equal((await send(choices, { token: 'approve-token' })).json.choices.length, 1)
})

test('rules are listed, made with a Location, removed without a body, and reset', async () => {
  const { send } = httpBench()
  assert.deepEqual((await send('/v1/rules')).json, { rules: [RULE] })
  const body = {
    action: 'allow',
    tool: 'exec',
    pattern: 'curl x',
    generalisation: 'program',
    for: '2h',
  }
  const made = await send('/v1/rules', { body })
  assert.deepEqual([made.status, made.headers.get('location')], [201, '/v1/rules/RULE1'])
  assert.equal(made.json.rule_id, 'RULE1')
  const removed = await send('/v1/rules/RULE1', { method: 'DELETE' })
  assert.deepEqual([removed.status, removed.text], [204, ''])
  assert.equal((await send('/v1/rules/none', { method: 'DELETE' })).status, 404)
  assert.deepEqual((await send('/v1/rules', { method: 'DELETE' })).json, { removed: 1 })
  const refused = await send('/v1/rules', { body: { ...body, pattern: 'rm -rf /' } })
  assert.deepEqual([refused.status, refused.json.code], [409, 'rule_refused'])
})

const WRONG: readonly (readonly [body: Record<string, unknown>, pointer: string])[] = [
  [{}, '/action'],
  [{ action: 'permit' }, '/action'],
  [{ action: 'block', pattern: 'x', for: '2 hours' }, '/for'],
  [{ action: 'block', pattern: '' }, '/pattern'],
  [{ action: 'block', pattern: 'x'.repeat(16_385) }, '/pattern'],
  [{ action: 'block', pattern: 'x', glob: true }, '/glob'],
  [{ action: 'block', pattern: 'x', once: 'yes' }, '/once'],
  [{ action: 'block', pattern: 'x', generalisation: 'all' }, '/generalisation'],
  [{ action: 'except', rule: 'x'.repeat(257) }, '/rule'],
]

test('a rule that says something else is refused with the place', async () => {
  const { send } = httpBench()
  for (const [body, pointer] of WRONG) {
    for (const path of ['/v1/rules', '/v1/rules/preview']) {
      const got = await send(path, { body })
      assert.deepEqual(
        [got.status, got.json.errors?.[0]?.pointer],
        [400, pointer],
        JSON.stringify(body).slice(0, 80),
      )
    }
  }
})
