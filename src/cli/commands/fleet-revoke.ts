import { revokeNode } from '../../service/fleet.ts'
import type { Invocation } from '../command.ts'
import { nodeNamed } from '../fleet.ts'
import { safe } from '../output.ts'
import { atTerminal, withState } from '../with-state.ts'

export async function run(invocation: Invocation): Promise<number> {
  const { operands, out } = invocation
  const node = await withState(invocation, async (state) => {
    const found = nodeNamed(operands[0]!, await state.fleet!.store.list())
    await revokeNode(state, found.id, atTerminal())
    return found
  })
  if (out.json) out.data({ id: node.id, name: node.name, standing: 'revoked' })
  else out.line(safe`Nothing is taken from ${node.name} any more; what it shipped stays`)
  return 0
}
