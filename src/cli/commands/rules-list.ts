import type { Invocation } from '../command.ts'
import { safe } from '../output.ts'
import { showRule, withRules } from '../rules.ts'

export async function run(invocation: Invocation): Promise<number> {
  const { out } = invocation
  const rules = await withRules(invocation, (all) => all.list())
  if (out.json) out.data({ rules })
  else {
    for (const rule of rules) showRule(rule, invocation)
    if (rules.length === 0) out.note(safe`There is no rule of your own`)
  }
  return 0
}
