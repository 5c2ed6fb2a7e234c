import { listNodes } from '../../service/fleet.ts'
import type { Invocation } from '../command.ts'
import { printNode } from '../fleet.ts'
import { safe } from '../output.ts'
import { withState } from '../with-state.ts'

/** The nodes of this server: 0 where all are well. */
export async function run(invocation: Invocation): Promise<number> {
  const { out } = invocation
  const nodes = await withState(invocation, listNodes)
  if (out.json) out.data({ nodes })
  else if (nodes.length === 0) out.line(safe`No nodes: rampart fleet code`)
  else for (const node of nodes) printNode(node, out)
  const inForce = nodes.filter(({ standing }) => standing !== 'revoked')
  return inForce.every(({ standing, missing }) => standing === 'ok' && missing === 0) ? 0 : 1
}
