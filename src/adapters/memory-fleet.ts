import { GENESIS, type Head } from '../audit/chain.ts'
import type { FleetCode, FleetNode, FleetStore, NodeTrails } from '../ports.ts'
import { sha256 } from './hash.ts'

/** Nodes and enrolment codes in memory. */
export function memoryFleet(): FleetStore {
  const codes = new Map<string, FleetCode>()
  const nodes = new Map<string, FleetNode>()
  const counts = new Map<string, number>()
  return {
    addCode: async (code) => void codes.set(code.hash, code),
    async takeCode(hash, now) {
      for (const [key, { expiresAt }] of codes) if (expiresAt <= now) codes.delete(key)
      const code = codes.get(hash)
      codes.delete(hash)
      return code
    },
    add: async (node) => void nodes.set(node.id, node),
    node: async (id) => nodes.get(id),
    list: async () => [...nodes.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    async count(id, count) {
      if (!nodes.has(id) || count <= (counts.get(id) ?? 0)) return false
      counts.set(id, count)
      return true
    },
    lastCount: async (id) => counts.get(id) ?? 0,
    async change(id, change) {
      const node = nodes.get(id)
      if (node === undefined) return undefined
      const next = { ...node, ...change }
      nodes.set(id, next)
      return next
    },
  }
}

/** Copies that keep nothing but where they end. */
export function memoryNodeTrails(): NodeTrails {
  const heads = new Map<string, Head>()
  return {
    hash: sha256,
    head: async (id) => heads.get(id) ?? GENESIS,
    anchored: async () => 0,
    append: async (id, _batch, head) => void heads.set(id, head),
    exclusively: (_id, work) => work(),
  }
}
