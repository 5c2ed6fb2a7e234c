import { keyOf } from '../approval/rule-keys.ts'
import type { GrantStore } from '../ports.ts'
import { asking, type Database, transaction } from './database.ts'
import { grantOf, type GrantRow, holds, placed, placeOf } from './grants-row.ts'
import { KEPT_SPENT_MS } from './memory-grants.ts'

/** Grants over all processes; they survive a restart with their deadline. */
export function sqliteGrants(db: Database): GrantStore {
  const { insert, one, byKey, all, drop, ended, count } = statementsOf(db)
  const rowOf = (id: string) => one.get(id) as unknown as GrantRow | undefined
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
        (byKey.all(who.principal, listed(who, keys), Math.trunc(now)) as unknown as GrantRow[])
          .filter(({ used_at }) => spent || used_at === null).flatMap(grantOf)
      ),
    list: async (now) =>
      asking(() =>
        (all.all(Math.trunc(now)) as unknown as GrantRow[]).filter(({ used_at }) =>
          used_at === null
        )
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
        const rows = ended.all(
          Math.trunc(now),
          Math.trunc(now - KEPT_SPENT_MS),
        ) as unknown as GrantRow[]
        for (const { id } of rows) drop.run(id)
        return rows.filter(({ used_at }) => used_at === null).flatMap(grantOf)
      }),
  }
}

function listed(...of: Parameters<typeof placed>): string {
  return JSON.stringify(placed(...of))
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
