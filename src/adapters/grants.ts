import { keyOf } from '../approval/rule-keys.ts'
import type { Grant, GrantStore } from '../ports.ts'
import { asking, type Database, transaction } from './database.ts'
import { KEPT_SPENT_MS } from './memory-grants.ts'

interface Row {
  readonly id: string
  readonly principal: string
  readonly key: string
  readonly calls: number | null
  readonly used_at: number | null
  readonly expires_at: number
  readonly body: string
}

/** Grants over all processes; they survive a restart with their deadline. */
export function sqliteGrants(db: Database): GrantStore {
  const { insert, one, byKey, all, drop, ended, count } = statementsOf(db)
  const rowOf = (id: string) => one.get(id) as unknown as Row | undefined
  return {
    async add(grants) {
      transaction(db, () => {
        for (const grant of grants) {
          const { id, principal, rule, calls, expiresAt } = grant
          insert.run(
            id,
            principal,
            placeOf(grant, keyOf(rule)),
            calls ?? null,
            Math.trunc(expiresAt),
            JSON.stringify({ ...grant, calls: undefined }),
          )
        }
      })
    },
    find: (who, keys, now, spent) =>
      asking(() =>
        (byKey.all(who.principal, placed(who, keys), Math.trunc(now)) as unknown as Row[])
          .filter(({ used_at }) => spent || used_at === null).flatMap(grantOf)
      ),
    list: async (now) =>
      asking(() =>
        (all.all(Math.trunc(now)) as unknown as Row[]).filter(({ used_at }) => used_at === null)
          .flatMap(grantOf)
      ),
    take: async (ids, now) =>
      transaction(db, () => {
        const rows = ids.map((id) => [id, rowOf(id)] as const)
        const gone = rows.flatMap(([id, row]) => row !== undefined && holds(row, now) ? [] : [id])
        if (gone.length > 0) return { gone, last: [] }
        const counted = rows.filter(([, row]) => row!.calls !== null)
        for (const [id, row] of counted) count.run(row!.calls! > 1 ? null : Math.trunc(now), id)
        return { gone, last: counted.flatMap(([id, row]) => row!.calls! > 1 ? [] : [id]) }
      }),
    remove: async (id) =>
      transaction(db, () => {
        const row = rowOf(id)
        if (row === undefined) return undefined
        drop.run(id)
        return row.used_at === null ? grantOf(row)[0] : undefined
      }),
    sweep: async (now) =>
      transaction(db, () => {
        const rows = ended.all(Math.trunc(now), Math.trunc(now - KEPT_SPENT_MS)) as unknown as Row[]
        for (const { id } of rows) drop.run(id)
        return rows.filter(({ used_at }) => used_at === null).flatMap(grantOf)
      }),
  }
}

/** What a grant is found by: whose it is comes first, so that no session meets another's. */
function placeOf({ agent, session }: Pick<Grant, 'agent' | 'session'>, key: string): string {
  return JSON.stringify([agent, session, key])
}

function placed(who: Pick<Grant, 'agent' | 'session'>, keys: readonly string[]): string {
  return JSON.stringify(keys.map((key) => placeOf(who, key)))
}

function statementsOf(db: Database) {
  return {
    insert: db.prepare(
      'INSERT INTO grants (id, principal, key, calls, expires_at, body) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    one: db.prepare('SELECT * FROM grants WHERE id = ?'),
    byKey: db.prepare(
      'SELECT * FROM grants WHERE principal = ? AND key IN (SELECT value FROM json_each(?)) ' +
        'AND expires_at > ? ORDER BY id LIMIT 1000',
    ),
    all: db.prepare('SELECT * FROM grants WHERE expires_at > ? ORDER BY id'),
    count: db.prepare('UPDATE grants SET calls = calls - 1, used_at = ? WHERE id = ?'),
    drop: db.prepare('DELETE FROM grants WHERE id = ?'),
    ended: db.prepare('SELECT * FROM grants WHERE expires_at <= ? OR used_at <= ?'),
  }
}

function holds({ used_at, expires_at }: Row, now: number): boolean {
  return used_at === null && now < expires_at
}

/** A row that contradicts its body, or holds none, counts as absent (security.md F25). */
function grantOf({ id, principal, key, calls, expires_at, body }: Row): readonly Grant[] {
  try {
    const grant = JSON.parse(body) as Grant
    const agrees = grant.id === id && grant.principal === principal &&
      Math.trunc(grant.expiresAt) === expires_at && placeOf(grant, keyOf(grant.rule)) === key
    return agrees ? [calls === null ? grant : { ...grant, calls }] : []
  } catch {
    return []
  }
}
