import { keyOf } from '../approval/rule-keys.ts'
import { RampartError } from '../errors.ts'
import type { Grant, GrantStore } from '../ports.ts'

/** How long a used-up grant still holds for the output of the call that used it. */
export const KEPT_SPENT_MS = 600_000

interface Kept {
  readonly grant: Grant
  readonly key: string
  readonly usedAt?: number | undefined
}

/** Grants in memory. */
export function memoryGrants(): GrantStore {
  const rows = new Map<string, Kept>()
  const holds = ({ grant, usedAt }: Kept, now: number) =>
    usedAt === undefined && now < grant.expiresAt
  const sorted = () => [...rows.values()].sort((a, b) => a.grant.id < b.grant.id ? -1 : 1)
  return {
    async add(grants) {
      const ids = grants.map(({ id }) => id)
      if (new Set(ids).size < ids.length || ids.some((id) => rows.has(id))) {
        throw new RampartError('internal', 'A grant with that id is already there')
      }
      for (const grant of grants) rows.set(grant.id, { grant, key: keyOf(grant.rule) })
    },
    find({ principal, agent, session }, keys, now, spent) {
      return sorted().filter(({ grant, key, usedAt }) =>
        grant.principal === principal && grant.agent === agent && grant.session === session &&
        keys.includes(key) && now < grant.expiresAt && (spent || usedAt === undefined)
      ).map(({ grant }) => grant)
    },
    list: async (now) => sorted().filter((row) => holds(row, now)).map(({ grant }) => grant),
    async take(ids, now) {
      const gone = ids.filter((id) => {
        const row = rows.get(id)
        return row === undefined || !holds(row, now)
      })
      if (gone.length > 0) return { gone, last: [] }
      const last: string[] = []
      for (const id of ids) {
        const row = rows.get(id)!
        const { calls } = row.grant
        if (calls === undefined) continue
        const isLast = calls === 1
        rows.set(id, {
          ...row,
          grant: { ...row.grant, calls: calls - 1 },
          usedAt: isLast ? now : undefined,
        })
        if (isLast) last.push(id)
      }
      return { gone, last }
    },
    async remove(id) {
      const row = rows.get(id)
      rows.delete(id)
      return row?.usedAt === undefined ? row?.grant : undefined
    },
    async sweep(now) {
      const ended = sorted().filter(({ grant, usedAt }) =>
        now >= grant.expiresAt || (usedAt !== undefined && usedAt <= now - KEPT_SPENT_MS)
      )
      for (const { grant } of ended) rows.delete(grant.id)
      return ended.filter(({ usedAt }) => usedAt === undefined).map(({ grant }) => grant)
    },
  }
}
