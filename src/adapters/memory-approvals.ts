import { type Approval, FINAL_STATUSES, ownerOf, statusAt } from '../approval/approval.ts'
import { RampartError } from '../errors.ts'
import type { ApprovalStore } from '../ports.ts'
import { KEPT, type Kept } from './approvals-kept.ts'

/** Approvals in memory, by id. */
export function memoryApprovals(
  { settled, every }: Kept = KEPT,
  rows: Map<string, Approval> = new Map(),
): ApprovalStore {
  let created = 0
  const where = (holds: (row: Approval) => boolean) => [...rows.values()].filter(holds)
  const prune = (now: number) => {
    const final = where((row) =>
      FINAL_STATUSES.includes(statusAt(row, now)) && row.status !== 'pending'
    )
    for (const { id } of final.sort(newestFirst).slice(settled)) rows.delete(id)
  }
  const replace = (from: Approval['status'], next: Approval): boolean => {
    const row = rows.get(next.id)
    const revision = row?.revision ?? 0
    if (row?.status !== from || revision !== (next.revision ?? 0)) return false
    rows.set(next.id, { ...next, revision: revision + 1 })
    return true
  }
  return {
    async create(approval) {
      if (rows.has(approval.id)) {
        throw new RampartError(
          'internal',
          `An approval with the id ${approval.id} is already there`,
        )
      }
      rows.set(approval.id, { ...approval, revision: 0 })
      if (created++ % every === 0) prune(approval.createdAt)
    },
    get: async (id) => rows.get(id),
    async list({ status, principal, digest, after, limit, bytes = Infinity }) {
      const found = where((row) =>
        (status === undefined || row.status === status) &&
        (principal === undefined || row.principal === principal) &&
        (digest === undefined || row.digest === digest) &&
        (after === undefined || newestFirst(after, row) < 0)
      )
      return upTo(found.sort(newestFirst).slice(0, limit), bytes)
    },
    swap: async (from, next) => replace(from, next),
    swapAll: async (from, nexts) => nexts.map((next) => replace(from, next)),
    durable: async () => {},
    pendingCount: async ({ principal, owner } = {}) =>
      where(isPending(principal)).filter((row) => owner === undefined || ownerOf(row) === owner)
        .length,
    pendingBytes: async ({ principal } = {}) =>
      where(isPending(principal)).reduce((sum, row) => sum + bytesOf(row), 0),
    lapsed: async (now, limit) =>
      where(({ status, expiresAt }) =>
        (status === 'pending' || status === 'approved') && expiresAt <= now
      ).sort((a, b) => a.expiresAt - b.expiresAt).slice(0, limit),
    outcomes: async (since, limit) =>
      where(({ createdAt }) => createdAt >= since).sort(newestFirst).slice(0, limit),
    // Nobody else has this memory.
    changes: () => 0,
  }
}

function isPending(principal: string | undefined): (row: Approval) => boolean {
  return (row) =>
    row.status === 'pending' && (principal === undefined || row.principal === principal)
}

function bytesOf(row: Approval): number {
  return new TextEncoder().encode(JSON.stringify(row)).length
}

function upTo(rows: readonly Approval[], bytes: number): readonly Approval[] {
  if (bytes === Infinity) return rows
  let size = 0
  const end = rows.findIndex((row, i) => (size += JSON.stringify(row).length) > bytes && i > 0)
  return end === -1 ? rows : rows.slice(0, end)
}

function newestFirst(
  a: Pick<Approval, 'createdAt' | 'id'>,
  b: Pick<Approval, 'createdAt' | 'id'>,
): number {
  return b.createdAt - a.createdAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)
}
