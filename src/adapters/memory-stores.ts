import { RampartError } from '../errors.ts'
import type {
  CallCounter,
  CountKey,
  HookedCall,
  HookedCalls,
  OnceStore,
  SwitchStore,
  TokenRecord,
  TokenStore,
} from '../ports.ts'
import { COUNT_KEPT_MS } from './count-window.ts'

/** Tokens in memory, by id; hashes are unique. */
export function memoryTokens(): TokenStore {
  const rows = new Map<string, TokenRecord>()
  return {
    async create(record) {
      const clash = [...rows.values()].some(({ id, hash }) =>
        id === record.id || hash === record.hash
      )
      if (clash) throw taken('A token', record.id)
      rows.set(record.id, record)
    },
    list: async () => [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    byHash: async (hash) => [...rows.values()].find((row) => row.hash === hash),
    async revoke(id, at) {
      const row = rows.get(id)
      if (row === undefined || row.revokedAt !== undefined) return false
      rows.set(id, { ...row, revokedAt: at })
      return true
    },
  }
}

/** Call counts in memory. */
export function memoryCounter(): CallCounter {
  const calls = new Map<string, number[]>()
  let newest = -Infinity
  return {
    async record(key, at) {
      newest = Math.max(newest, at)
      const name = nameOf(key)
      const times = calls.get(name)
      if (times === undefined) calls.set(name, [at])
      else times.push(at)
    },
    count(key, since) {
      if (since < newest - COUNT_KEPT_MS) return undefined
      return (calls.get(nameOf(key)) ?? []).filter((time) => time >= since).length
    },
  }
}

function nameOf({ principal, session, tool }: CountKey): string {
  return JSON.stringify([principal, session, tool])
}

/** Claims in memory. */
export function memoryOnce(): OnceStore {
  const claims = new Set<string>()
  return {
    claimed: (key) => claims.has(key),
    async claim(keys) {
      if (keys.some((key) => claims.has(key))) return false
      for (const key of keys) claims.add(key)
      return true
    },
  }
}

/** How long a call of a host is remembered, ms: a host that comes back later than that has lost it. */
export const HOOKED_KEPT_MS = 86_400_000

/** What hosts were told, in memory: the newest of them. */
export function memoryHookedCalls(most = 10_000): HookedCalls {
  const rows = new Map<string, HookedCall>()
  return {
    get: async (key) => rows.get(key),
    async set(key, call) {
      for (const [old, { at }] of rows) if (at < call.at - HOOKED_KEPT_MS) rows.delete(old)
      rows.delete(key)
      rows.set(key, call)
      if (rows.size > most) rows.delete(rows.keys().next().value!)
    },
    remove: async (key) => void rows.delete(key),
  }
}

/** Break-glass in memory. */
export function memorySwitches(): SwitchStore {
  let until: number | undefined
  return {
    offUntil: () => until,
    set: async (next) => void (until = next),
  }
}

function taken(what: string, id: string): RampartError {
  return new RampartError('internal', `${what} with the id ${id} is already there`)
}
