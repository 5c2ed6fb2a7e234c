import { explain } from '../../service/explain.ts'
import { type Invocation, textFlag } from '../command.ts'
import { dryRequest, dryServices } from '../dry.ts'
import { printTree } from '../tree.ts'

export async function run(invocation: Invocation): Promise<number> {
  const { operands, out } = invocation
  const call = operands[0]!
  const request = dryRequest(call, {
    tool: textFlag(invocation, 'tool'),
    cwd: textFlag(invocation, 'cwd'),
  })
  const explanation = await explain(request, await dryServices(invocation))
  if (out.json) out.data(explanation)
  else printTree(call, explanation, out)
  return 0
}
