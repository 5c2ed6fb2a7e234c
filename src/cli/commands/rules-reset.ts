import { RampartError } from '../../errors.ts'
import type { Invocation } from '../command.ts'
import { safe } from '../output.ts'
import { withRules } from '../rules.ts'

export async function run(invocation: Invocation): Promise<number> {
  const { out, flags } = invocation
  if (!flags.has('yes')) {
    throw new RampartError('usage', 'All of your own rules go: say --yes')
  }
  const removed = await withRules(invocation, (rules) => rules.reset())
  if (out.json) out.data({ removed })
  else out.line(safe`Removed ${removed} ${removed === 1 ? 'rule' : 'rules'}`)
  return 0
}
