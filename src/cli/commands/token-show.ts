import { byPrefix } from '../approvals.ts'
import type { Invocation } from '../command.ts'
import { listed, printToken } from '../tokens.ts'
import { withState } from '../with-state.ts'

export async function run(invocation: Invocation): Promise<number> {
  const { operands, out } = invocation
  const token = await withState(
    invocation,
    async ({ tokens, clock }) =>
      listed(byPrefix(await tokens.list(), operands[0]!, 'token'), clock.now()),
  )
  if (out.json) out.data(token)
  else printToken(token, out)
  return 0
}
