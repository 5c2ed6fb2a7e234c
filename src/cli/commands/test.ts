import type { Action } from '../../engine/types.ts'
import { explain } from '../../service/explain.ts'
import type { Answer } from '../../service/services.ts'
import { type Invocation, textFlag } from '../command.ts'
import { dryRequest, dryServices } from '../dry.ts'
import { safe } from '../output.ts'
import { actionText } from '../tree.ts'

/** contract.md. A webhook's answer is not known without asking it, so it counts as a question. */
const EXIT: Readonly<Record<Action, number>> = {
  allow: 0,
  log: 0,
  deny: 1,
  require_approval: 2,
  webhook: 2,
}

export async function run(invocation: Invocation): Promise<number> {
  const { operands, out, flags } = invocation
  const operand = operands[0]!
  if (/\.ya?ml$/i.test(operand) && !flags.has('tool')) {
    const { runSuite } = await import('../suite.ts')
    return await runSuite(invocation, operand)
  }
  const request = dryRequest(operand, {
    tool: textFlag(invocation, 'tool'),
    cwd: textFlag(invocation, 'cwd'),
  })
  const { answer } = await explain(request, await dryServices(invocation))
  if (out.json) out.data(withoutTrace(answer))
  else {
    const rule = answer.rule === null ? '' : `  (${answer.rule})`
    out.line(safe`${actionText(answer.decision, out)}  ${answer.message}${rule}`)
  }
  return EXIT[answer.decision]
}

/** A dry run here is in no trail, and its trace is what `policy explain` shows. */
function withoutTrace(answer: Answer): Partial<Answer> {
  const { trace: _trace, suggestions: _suggestions, audit_id: _audit, ...left } = answer
  return left
}
