import { z } from 'zod'
import { viaOf } from '../auth.ts'
import { newRuleOf, RuleRequest } from '../requests-rule.ts'
import { route } from '../route.ts'
import { CreatedRules, OwnRules, RemovedRules, RuleChoice, RuleChoices } from '../schemas-rule.ts'

export const listRules = route({
  method: 'GET',
  path: '/v1/rules',
  operationId: 'listRules',
  summary: "The person's own rules: always, for a session, for a run",
  tag: 'rules',
  scopes: ['admin'],
  replies: { 200: { description: 'The rules', schema: OwnRules } },
  problems: [],
  async handle({ site }) {
    return { status: 200, body: { rules: await site.api.rules.list() } }
  },
})

export const createRule = route({
  method: 'POST',
  path: '/v1/rules',
  operationId: 'createRule',
  summary: 'Make a rule; it is in force when the answer comes',
  tag: 'rules',
  scopes: ['admin'],
  body: RuleRequest,
  replies: {
    201: {
      description: 'The rules that were made, one for each part that asks',
      schema: CreatedRules,
      headers: { location: 'Where the first one is removed' },
    },
  },
  problems: ['rule_refused', 'policy_invalid', 'audit_unavailable', 'state_unusable'],
  async handle({ site, caller, body, env }) {
    const rules = await site.api.rules.create(caller, newRuleOf(body), viaOf(env))
    const id = rules[0]?.id ?? ''
    return {
      status: 201,
      body: { rules, rule_id: id },
      headers: { location: `/v1/rules/${encodeURIComponent(id)}` },
    }
  },
})

export const previewRule = route({
  method: 'POST',
  path: '/v1/rules/preview',
  operationId: 'previewRule',
  summary: 'What a rule would have met, and what it must not let pass',
  tag: 'rules',
  scopes: ['admin'],
  body: RuleRequest,
  replies: { 200: { description: 'The rule as a choice', schema: RuleChoice } },
  problems: [],
  async handle({ site, caller, body }) {
    return { status: 200, body: await site.api.rules.preview(caller, newRuleOf(body)) }
  },
})

export const removeRule = route({
  method: 'DELETE',
  path: '/v1/rules/{id}',
  operationId: 'removeRule',
  summary: 'Take a rule back, at once on every path',
  tag: 'rules',
  scopes: ['admin'],
  replies: { 204: { description: 'It is gone', schema: z.literal(''), types: [] } },
  problems: [
    'step_up_required',
    'not_found',
    'policy_invalid',
    'audit_unavailable',
    'state_unusable',
  ],
  async handle({ site, caller, params, env }) {
    await site.api.rules.remove(caller, params.id ?? '', viaOf(env))
    return { status: 204, body: undefined }
  },
})

export const resetRules = route({
  method: 'DELETE',
  path: '/v1/rules',
  operationId: 'resetRules',
  summary: 'Take all of them back',
  tag: 'rules',
  scopes: ['admin'],
  replies: { 200: { description: 'How many there were', schema: RemovedRules } },
  problems: ['step_up_required', 'policy_invalid', 'audit_unavailable', 'state_unusable'],
  async handle({ site, caller, env }) {
    return { status: 200, body: { removed: await site.api.rules.reset(caller, viaOf(env)) } }
  },
})

export const choices = route({
  method: 'GET',
  path: '/v1/approvals/{id}/choices',
  operationId: 'approvalChoices',
  summary: 'What may be kept of an answer, each with what it would have met',
  tag: 'approvals',
  scopes: ['approve'],
  replies: { 200: { description: 'Narrowest first', schema: RuleChoices } },
  problems: ['not_found'],
  async handle({ site, caller, params }) {
    return { status: 200, body: { choices: await site.api.rules.choices(caller, params.id ?? '') } }
  },
})
