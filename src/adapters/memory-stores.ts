import { type Approval, FINAL_STATUSES, statusAt } from '../approval/approval.ts'
import { KEPT, type Kept } from './approvals-kept.ts'
import { RampartError } from '../errors.ts'
import type {
  ApprovalStore,
  CallCounter,
  CountKey,
  OnceStore,
  SwitchStore,
  TokenRecord,
  TokenStore,
} from '../ports.ts'
import { COUNT_KEPT_MS } from './count-window.ts'

/** Approvals in memory, by id. */
export function memoryApprovals({ settled, every }: Kept = KEPT): ApprovalStore {
  const rows = new Map<string, Approval>()
  let created = 0
  const prune = (now: number) => {
    const final = [...rows.values()].filter((row) =>
      FINAL_STATUSES.includes(statusAt(row, now)) && row.status !== 'pending'
    )
    for (const { id } of final.sort(newestFirst).slice(settled)) rows.delete(id)
  }
  return {
    async create(approval) {
      if (rows.has(approval.id)) throw taken('An approval', approval.id)
      rows.set(approval.id, approval)
      if (created++ % every === 0) prune(approval.createdAt)
    },
    get: async (id) => rows.get(id),
    async list({ status, principal, digest, limit }) {
      const found = [...rows.values()].filter((row) =>
        (status === undefined || row.status === status) &&
        (principal === undefined || row.principal === principal) &&
        (digest === undefined || row.digest === digest)
      )
      return found.sort(newestFirst).slice(0, limit)
    },
    async swap(from, next) {
      if (rows.get(next.id)?.status !== from) return false
      rows.set(next.id, next)
      return true
    },
    async pendingCount(principal) {
      const mine = (row: Approval): boolean =>
        row.status === 'pending' && (principal === undefined || row.principal === principal)
      return [...rows.values()].filter(mine).length
    },
  }
}

function newestFirst(a: Approval, b: Approval): number {
  return b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1)
}

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
