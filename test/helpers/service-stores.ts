import { memoryApprovals } from '../../src/adapters/memory.ts'
import type { Approval } from '../../src/approval/approval.ts'
import type { PolicySet } from '../../src/engine/policy-set.ts'
import type { ApprovalStore, Clock, PolicyState, TokenRecord } from '../../src/ports.ts'
import type { Services } from '../../src/service/services.ts'

export function stateOf(set: PolicySet, clock: Clock): PolicyState {
  return { set, faults: [], loadedAt: clock.now(), files: ['test.yaml'] }
}

export function memoryTokens(trip: (port: string) => void): Services['tokens'] {
  const rows = new Map<string, TokenRecord>()
  return {
    async create(row) {
      trip('tokens.create')
      rows.set(row.id, row)
    },
    list: async () => [...rows.values()],
    byHash: async (hash) => [...rows.values()].find((row) => row.hash === hash),
    async revoke(id, at) {
      const row = rows.get(id)
      if (row === undefined || row.revokedAt !== undefined) return false
      rows.set(id, { ...row, revokedAt: at })
      return true
    },
  }
}

export function memorySwitch(trip: (port: string) => void): Services['switches'] {
  let until: number | undefined
  return {
    offUntil() {
      trip('switches.offUntil')
      return until
    },
    async set(value) {
      until = value
    },
  }
}

/** How often each map was written, by anybody: what another process would see. */
const written = new WeakMap<object, number>()

/** Approvals in a map that several benches share, as processes share a database. */
export function mapApprovals(
  rows: Map<string, Approval>,
  trip: (port: string) => void,
): ApprovalStore {
  const store = memoryApprovals({ settled: 10_000, every: 1000 }, rows)
  const wrote = () => written.set(rows, (written.get(rows) ?? 0) + 1)
  return {
    async create(approval) {
      trip('approvals.create')
      wrote()
      await store.create(approval)
    },
    async get(id) {
      trip('approvals.get')
      return await store.get(id)
    },
    async list(filter) {
      trip('approvals.list')
      return await store.list(filter)
    },
    async swap(from, next) {
      trip('approvals.swap')
      wrote()
      await Promise.resolve()
      return await store.swap(from, next)
    },
    async swapAll(from, next) {
      trip('approvals.swap')
      wrote()
      await Promise.resolve()
      return await store.swapAll(from, next)
    },
    async durable() {
      trip('approvals.durable')
      await store.durable()
    },
    async pendingCount(of) {
      trip('approvals.pendingCount')
      return await store.pendingCount(of)
    },
    async pendingBytes(of) {
      trip('approvals.pendingBytes')
      return await store.pendingBytes(of)
    },
    async lapsed(now, limit) {
      trip('approvals.lapsed')
      return await store.lapsed(now, limit)
    },
    outcomes: (since, limit) => store.outcomes(since, limit),
    changes: () => written.get(rows) ?? 0,
  }
}
