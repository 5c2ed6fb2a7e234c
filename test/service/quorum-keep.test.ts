import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveApproval } from '../../src/service/approve.ts'
import { decide } from '../../src/service/decide.ts'
import { listRules } from '../../src/service/rules.ts'
import { ADMIN, rulesBench } from '../helpers/rules.ts'
import { call } from '../helpers/service.ts'

const ANN = { principal: 'token:ann', agent: 'ann', scopes: ['admin', 'approve'] } as const
const TWO_POLICIES = `version: "1"
default_action: allow
policies:
  - name: one
    match: {tool: exec}
    rules:
      - {action: require_approval, when: {program: {name: [shipctl]}}, message: Ask first}
  - name: two
    match: {tool: exec}
    rules:
      - {action: require_approval, when: {program: {name: [shipctl]}}, approvers: 2}
`
const TWO_PARTS = `version: "1"
default_action: allow
policies:
  - name: one
    match: {tool: exec}
    rules:
      - {action: require_approval, when: {program: {name: [shipctl]}}, message: Ask first}
      - {action: require_approval, when: {program: {name: [launch]}}, approvers: 2}
`

/** A rule that asks one person beside one that asks two: the last of the two keeps nothing alone. */
for (
  const [what, policy, command] of [
    ['of another policy', TWO_POLICIES, 'shipctl a'],
    ['of another part', TWO_PARTS, 'shipctl a; launch x'],
  ] as const
) {
  for (const scope of ['session', 'always'] as const) {
    test(`a quorum ${what} is not kept for ${scope} by the last who answers`, async () => {
      const one = rulesBench(policy)
      const { answer } = await decide(call(command, { cwd: '/w' }), one.services)
      const id = answer.approval_id!
      await resolveApproval(one.services, ANN, id, { approved: true }, 'http')
      await assert.rejects(
        resolveApproval(one.services, ADMIN, id, { approved: true, scope }, 'http'),
        { code: 'rule_refused' },
      )
      assert.deepEqual(await listRules(one.services), [])
      assert.equal((await one.services.approvals.get(id))?.status, 'pending')
      const done = await resolveApproval(one.services, ADMIN, id, { approved: true }, 'http')
      assert.equal(done.status, 'approved')
    })
  }
}
