import { join } from 'node:path'
import { verifyDirectory } from '../../adapters/audit-verify.ts'
import { fromBase64 } from '../../audit/checkpoint.ts'
import type { FleetNode } from '../../ports.ts'
import { ownScript } from '../../runtime/self.ts'
import type { Invocation } from '../command.ts'
import { places } from '../config.ts'
import { nodeNamed, printChain } from '../fleet.ts'
import { safe } from '../output.ts'
import { withState } from '../with-state.ts'

/** Whether the copies of nodes' trails are what they shipped, by the keys that were pinned: 0 where all are. */
export async function run(invocation: Invocation): Promise<number> {
  const { operands, out, environment } = invocation
  const { fleet } = places(environment.home)
  const nodes = await withState(invocation, async ({ fleet: kept }) => {
    const all = await kept!.store.list()
    return operands.length === 0 ? all : operands.map((word) => nodeNamed(word, all))
  })
  const checked = []
  for (const node of nodes) checked.push({ node, ...await chainOf(node, join(fleet, node.id)) })
  if (out.json) {
    out.data({
      nodes: checked.map(({ node, ...found }) => ({ id: node.id, name: node.name, ...found })),
    })
  } else if (checked.length === 0) out.line(safe`No nodes: rampart fleet code`)
  else for (const { node, ...found } of checked) printChain(node, found, out)
  return checked.every(({ ok }) => ok) ? 0 : 1
}

async function chainOf(node: FleetNode, dir: string) {
  const { events, head, anchors, findings } = await verifyDirectory(dir, {
    keys: node.trailKeys.map((key) => fromBase64(key)!),
    entry: ownScript(),
  })
  const forked_at = node.fork?.seq ?? null
  const missing = node.missing ?? 0
  const ok = findings.length === 0 && forked_at === null && missing === 0
  return { ok, events, head, anchors, findings, forked_at, missing }
}
