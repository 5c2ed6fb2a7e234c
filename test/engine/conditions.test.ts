import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { evaluate } from '../../src/engine/evaluate.ts'
import { callOf, factsOf, setOf } from '../helpers/engine.ts'

const Case = z.strictObject({
  name: z.string(),
  when: z.record(z.string(), z.unknown()),
  tool: z.string().default('exec'),
  holds: z.array(z.string()).min(1),
  not: z.array(z.string()).min(1),
})

const url = new URL('../fixtures/engine/conditions.yaml', import.meta.url)

for (
  const { name, when, tool, ...lines } of z.array(Case).parse(parse(readFileSync(url, 'utf8')))
) {
  const policy = { name: 'p', match: { tool }, rules: [{ action: 'deny', when }] }
  const set = setOf({ user: [policy] })
  for (const [kind, action] of [['holds', 'deny'], ['not', 'allow']] as const) {
    for (const command of lines[kind]) {
      test(`${name}: ${command} ${kind}`, () => {
        assert.equal(evaluate(set, callOf('exec', { command }), factsOf()).action, action)
      })
    }
  }
}

test('contract an allow for a program is none for what hides its name', () => {
  const rule = { action: 'allow', when: { program: { name: 'rm' } } }
  const set = setOf({ user: [{ name: 'p', rules: [rule] }] }, 'deny')
  const ask = (command: string) => evaluate(set, callOf('exec', { command }), factsOf()).action
  assert.equal(ask('rm x'), 'allow')
  for (const command of ['/bin/r? x', 'RM x', '$X x']) assert.equal(ask(command), 'deny', command)
})
