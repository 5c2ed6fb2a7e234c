import { byPrefix } from '../approvals.ts'
import type { Invocation } from '../command.ts'
import { showRule, withRules } from '../rules.ts'

export async function run(invocation: Invocation): Promise<number> {
  const { out, operands } = invocation
  const rules = await withRules(invocation, (all) => all.list())
  const rule = byPrefix(rules, operands[0]!, 'rule')
  if (out.json) out.data(rule)
  else showRule(rule, invocation)
  return 0
}
