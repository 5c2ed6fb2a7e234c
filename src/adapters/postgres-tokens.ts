import { RampartError } from '../errors.ts'
import type { TokenRecord, TokenStore } from '../ports.ts'
import { changed } from './postgres-follow.ts'
import type { Shared } from './postgres.ts'
import { rowOfToken, tokenOfRow } from './tokens-row.ts'

const COLUMNS = ['id', 'hash', 'agent', 'scopes', 'created_at', 'expires_at', 'revoked_at'] as const

const INSERT = `WITH ${changed('tokens')}
  INSERT INTO rampart.tokens (tenant, ${COLUMNS.join(', ')})
  VALUES ($1, ${COLUMNS.map((_name, i) => `$${i + 2}`).join(', ')})`

const REVOKE = `WITH ${changed('tokens')}
  UPDATE rampart.tokens SET revoked_at = $3
  WHERE tenant = $1 AND id = $2 AND revoked_at IS NULL RETURNING id`

const ALL = 'SELECT * FROM rampart.tokens WHERE tenant = $1 ORDER BY id'

/**
 * Agents' tokens, shared. Each replica keeps a copy, so that no call waits for the database: one that was
 * revoked elsewhere is refused as soon as that is told, one that is not in the copy is asked for.
 */
export async function postgresTokens({ db, tenant, follower }: Shared): Promise<TokenStore> {
  let copy = new Map<string, TokenRecord>()
  async function reload(): Promise<void> {
    const rows = (await db.rows(ALL, [tenant])).map(tokenOfRow)
    copy = new Map(rows.map((record) => [record.hash, record]))
  }
  await follower.copy('tokens', reload)
  return {
    async create(record) {
      const row = rowOfToken(record)
      await db.rows(INSERT, [tenant, ...COLUMNS.map((name) => row[name])])
      copy.set(record.hash, tokenOfRow(row))
    },
    list: async () => (await db.rows(ALL, [tenant])).map(tokenOfRow),
    async byHash(hash) {
      const known = copy.get(hash)
      if (known !== undefined) return known
      // Whoever tries tokens must not wait for a database that is known to be away.
      if (follower.state().state === 'failing') {
        throw new RampartError('unavailable', 'The store is away: nobody knows this token')
      }
      const sql = 'SELECT * FROM rampart.tokens WHERE tenant = $1 AND hash = $2'
      const [row] = await db.rows(sql, [tenant, hash])
      return row === undefined ? undefined : tokenOfRow(row)
    },
    async revoke(id, at) {
      const revokedAt = Math.trunc(at)
      const [row] = await db.rows(REVOKE, [tenant, id, revokedAt])
      if (row === undefined) return false
      for (const [hash, record] of copy) {
        if (record.id === id) copy.set(hash, { ...record, revokedAt })
      }
      return true
    },
  }
}
