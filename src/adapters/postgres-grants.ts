import { keyOf } from '../approval/rule-keys.ts'
import type { Grant, GrantStore } from '../ports.ts'
import { grantOf, type GrantRow, holds, placed, placeOf } from './grants-row.ts'
import { KEPT_SPENT_MS } from './memory-grants.ts'
import { changed } from './postgres-follow.ts'
import type { Shared } from './postgres.ts'

const INSERT = `WITH ${changed('grants')}
  INSERT INTO rampart.grants (tenant, id, principal, key, calls, expires_at, body)
  SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[])`

/** Locked first, as they are now, and counted only where all of them hold. */
const TAKE = `WITH held AS (
    SELECT id, calls FROM rampart.grants
    WHERE tenant = $1 AND id = ANY($2) AND used_at IS NULL AND expires_at > $3
    ORDER BY id FOR UPDATE
  ), taken AS (
    UPDATE rampart.grants g SET calls = held.calls - 1,
      used_at = CASE WHEN held.calls = 1 THEN $3::bigint END
    FROM held WHERE g.tenant = $1 AND g.id = held.id AND held.calls IS NOT NULL
      AND (SELECT count(*) FROM held) = cardinality($2::text[])
    RETURNING g.id, g.calls, g.used_at
  )
  SELECT held.id, taken.calls, taken.used_at FROM held LEFT JOIN taken USING (id)`

const REMOVE = `WITH ${changed('grants')}
  DELETE FROM rampart.grants WHERE tenant = $1 AND id = $2 RETURNING *`

const ENDED = `WITH ${changed('grants')}
  DELETE FROM rampart.grants WHERE tenant = $1 AND (expires_at <= $2 OR used_at <= $3) RETURNING *`

const ALL_OF = 'SELECT * FROM rampart.grants WHERE tenant = $1'
const ALL = `${ALL_OF} ORDER BY id`

/**
 * Grants over all replicas. They are found in a copy and taken in the database: one that was removed or used
 * up elsewhere is found for a moment, but lets nothing pass.
 */
export async function postgresGrants({ db, tenant, follower }: Shared): Promise<GrantStore> {
  const copy = new Copy({ db, tenant })
  await follower.copy('grants', () => copy.reload())
  return {
    async add(grants) {
      if (grants.length === 0) return
      const rows = grants.map(rowOf)
      const column = <K extends keyof GrantRow>(name: K) => rows.map((row) => row[name])
      await db.rows(INSERT, [
        tenant,
        ...(['id', 'principal', 'key', 'calls', 'expires_at', 'body'] as const).map(column),
      ])
      for (const row of rows) copy.rows.set(row.id, row)
    },
    find(who, keys, now, spent) {
      const places = new Set(placed(who, keys))
      return [...copy.rows.values()].filter((row) =>
        row.principal === who.principal && places.has(row.key) && row.expires_at > now &&
        (spent || row.used_at === null)
      ).sort((a, b) => a.id < b.id ? -1 : 1).flatMap(grantOf)
    },
    list: async (now) => (await copy.read()).filter((row) => holds(row, now)).flatMap(grantOf),
    async take(ids, now) {
      const wanted = [...new Set(ids)]
      const held = await db.rows(TAKE, [tenant, wanted, Math.trunc(now)])
      const found = new Set(held.map(({ id }) => id))
      const gone = wanted.filter((id) => !found.has(id))
      if (gone.length > 0) {
        await copy.look(gone)
        return { gone, last: [] }
      }
      const taken = held.filter(({ calls }) => calls !== null)
      for (const { id, calls, used_at } of taken) {
        copy.change(String(id), { calls: Number(calls), used_at: used_at as number | null })
      }
      return {
        gone,
        last: taken.filter(({ used_at }) => used_at !== null).map(({ id }) => String(id)),
      }
    },
    async remove(id) {
      const [row] = await db.rows(REMOVE, [tenant, id]) as unknown as readonly GrantRow[]
      copy.rows.delete(id)
      return row === undefined || row.used_at !== null ? undefined : grantOf(row)[0]
    },
    async sweep(now) {
      if (![...copy.rows.values()].some((row) => isEnded(row, now))) return []
      const values = [tenant, Math.trunc(now), Math.trunc(now - KEPT_SPENT_MS)]
      const rows = await db.rows(ENDED, values) as unknown as readonly GrantRow[]
      for (const { id } of rows) copy.rows.delete(id)
      return rows.filter(({ used_at }) => used_at === null).flatMap(grantOf)
    },
  }
}

/** The grants of a tenant as this replica knows them. */
class Copy {
  readonly #shared: Pick<Shared, 'db' | 'tenant'>
  rows = new Map<string, GrantRow>()

  constructor(shared: Pick<Shared, 'db' | 'tenant'>) {
    this.#shared = shared
  }

  async read(): Promise<readonly GrantRow[]> {
    const { db, tenant } = this.#shared
    return await db.rows(ALL, [tenant]) as unknown as readonly GrantRow[]
  }

  async reload(): Promise<void> {
    this.rows = new Map((await this.read()).map((row) => [row.id, row]))
  }

  /** What became of some that the copy has otherwise. */
  async look(ids: readonly string[]): Promise<void> {
    const { db, tenant } = this.#shared
    for (const id of ids) this.rows.delete(id)
    const rows = await db.rows(`${ALL_OF} AND id = ANY($2)`, [tenant, ids])
    for (const row of rows as unknown as readonly GrantRow[]) this.rows.set(row.id, row)
  }

  change(id: string, change: Pick<GrantRow, 'calls' | 'used_at'>): void {
    const row = this.rows.get(id)
    if (row !== undefined) this.rows.set(id, { ...row, ...change })
  }
}

function isEnded({ expires_at, used_at }: GrantRow, now: number): boolean {
  return expires_at <= now || (used_at !== null && used_at <= now - KEPT_SPENT_MS)
}

function rowOf(grant: Grant): GrantRow {
  const { id, principal, rule, calls, expiresAt } = grant
  return {
    id,
    principal,
    key: placeOf(grant, keyOf(rule)),
    calls: calls ?? null,
    used_at: null,
    expires_at: Math.trunc(expiresAt),
    body: JSON.stringify({ ...grant, calls: undefined }),
  }
}
