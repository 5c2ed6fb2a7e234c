import { revokeToken } from '../../service/tokens.ts'
import { byPrefix } from '../approvals.ts'
import type { Invocation } from '../command.ts'
import { safe } from '../output.ts'
import { atTerminal, withState } from '../with-state.ts'

export async function run(invocation: Invocation): Promise<number> {
  const { operands, out } = invocation
  const { id, agent } = await withState(invocation, async (state) => {
    const token = byPrefix(await state.tokens.list(), operands[0]!, 'token')
    await revokeToken(state, token.id, atTerminal())
    return token
  })
  if (out.json) out.data({ id, revoked: true })
  else out.line(safe`Revoked ${id} of ${agent}`)
  return 0
}
