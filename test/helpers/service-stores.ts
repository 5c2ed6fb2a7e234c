import type { PolicySet } from '../../src/engine/policy-set.ts'
import type { Clock, PolicyState, TokenRecord } from '../../src/ports.ts'
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
