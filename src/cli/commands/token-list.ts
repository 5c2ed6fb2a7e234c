import type { Invocation } from '../command.ts'
import { safe } from '../output.ts'
import { listed, printToken } from '../tokens.ts'
import { withState } from '../with-state.ts'

export async function run(invocation: Invocation): Promise<number> {
  const { out } = invocation
  const tokens = await withState(invocation, async ({ tokens, clock }) => {
    const now = clock.now()
    return (await tokens.list()).map((record) => listed(record, now))
  })
  if (out.json) out.data({ tokens })
  else if (tokens.length === 0) out.line(safe`No tokens: rampart token create --agent NAME`)
  else for (const token of tokens) printToken(token, out)
  return 0
}
