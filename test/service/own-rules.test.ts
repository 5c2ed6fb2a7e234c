import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { GENERALISATIONS } from '../../src/engine/own-rule.ts'
import { paramsOf } from '../../src/cli/dry.ts'
import { decide } from '../../src/service/decide.ts'
import { askedAbout, plansFor } from '../../src/service/rule-plan.ts'
import { keepAlways } from '../../src/service/rules.ts'
import { BY, rulesBench } from '../helpers/rules.ts'
import { call } from '../helpers/service.ts'

const line = z.string().min(1)
const Cases = z.array(z.strictObject({
  name: line,
  tool: line.default('exec'),
  from: line,
  cwd: line.optional(),
  scripts: z.record(z.string(), z.string()).optional(),
  names: z.record(z.string(), z.array(z.string())).optional(),
  generalisation: z.enum(GENERALISATIONS),
  text: line.optional(),
  refused: line.optional(),
  passes: z.array(line).default([]),
  asks: z.array(line).default([]),
}))

const ALL = `
version: "1"
default_action: allow
policies:
  - {name: guard, rules: [{action: require_approval, message: Everything asks}]}
`

const cases = Cases.min(30).parse(
  parse(readFileSync(new URL('../fixtures/service/own-rules.yaml', import.meta.url), 'utf8')),
)

for (const one of cases) {
  const { name, tool, from, cwd, generalisation, text, refused, passes, asks } = one
  test(`rule of ${generalisation}: ${name}`, async () => {
    const { services } = rulesBench(ALL, {
      ...(one.scripts === undefined ? {} : { scripts: one.scripts }),
      ...(one.names === undefined ? {} : { names: one.names }),
    })
    const request = (input: string) =>
      call('', { tool, params: paramsOf(tool, input), cwd, intent: 'preview' })
    const plans = await plansFor(await askedAbout(request(from), services), services)
    const plan = plans.find((each) => each.generalisation === generalisation)
    assert.ok(plan, `not offered: ${plans.map((each) => each.generalisation).join()}`)
    if (refused !== undefined) {
      assert.match(plan.refused ?? 'not refused', new RegExp(refused))
      return
    }
    assert.equal(plan.refused, undefined)
    if (text !== undefined) assert.equal(plan.text, text)
    await keepAlways(services, plan.rules, BY)
    const answers = async (inputs: readonly string[]) =>
      await Promise.all(inputs.map(async (input) => {
        const { answer } = await decide(request(input), services)
        return `${answer.decision}: ${input}`
      }))
    assert.deepEqual(await answers([from, ...passes]), [from, ...passes].map((i) => `allow: ${i}`))
    assert.deepEqual(await answers(asks), asks.map((input) => `require_approval: ${input}`))
  })
}
