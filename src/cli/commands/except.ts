import { type Invocation, textFlag } from '../command.ts'
import { checked, makeRule } from '../rules.ts'

export function run(invocation: Invocation): Promise<number> {
  const wanted = checked({
    action: 'except',
    rule: invocation.operands[0],
    reason: textFlag(invocation, 'reason'),
    for: textFlag(invocation, 'for'),
  })
  return makeRule(invocation, wanted)
}
