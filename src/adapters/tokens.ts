import { type Scope, SCOPES, type TokenRecord, type TokenStore } from '../ports.ts'
import { asking, type Database } from './database.ts'

type Row = Record<string, unknown>

/** Agents' tokens by their hashes; a token itself is kept nowhere. */
export function sqliteTokens(db: Database): TokenStore {
  const insert = db.prepare(
    `INSERT INTO tokens (id, hash, agent, scopes, created_at, expires_at, revoked_at)
     VALUES (:id, :hash, :agent, :scopes, :created_at, :expires_at, :revoked_at)`,
  )
  const all = db.prepare('SELECT * FROM tokens ORDER BY id')
  const byHash = db.prepare('SELECT * FROM tokens WHERE hash = ?')
  const revoke = db.prepare('UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL')
  return {
    create: async (record) => void asking(() => insert.run(rowOf(record))),
    list: async () => asking(() => all.all().map(recordOf)),
    async byHash(hash) {
      const row = asking(() => byHash.get(hash))
      return row === undefined ? undefined : recordOf(row)
    },
    revoke: async (id, at) => asking(() => Number(revoke.run(Math.trunc(at), id).changes) === 1),
  }
}

function rowOf(record: TokenRecord): Record<string, string | number | null> {
  return {
    id: record.id,
    hash: record.hash,
    agent: record.agent,
    scopes: record.scopes.join(' '),
    created_at: Math.trunc(record.createdAt),
    expires_at: record.expiresAt === undefined ? null : Math.trunc(record.expiresAt),
    revoked_at: record.revokedAt === undefined ? null : Math.trunc(record.revokedAt),
  }
}

/** Scopes that this executable does not know grant nothing. */
function recordOf(row: Row): TokenRecord {
  const names = String(row['scopes']).split(' ')
  const scopes: readonly Scope[] = SCOPES.filter((scope) => names.includes(scope))
  return {
    id: String(row['id']),
    hash: String(row['hash']),
    agent: String(row['agent']),
    scopes,
    createdAt: Number(row['created_at']),
    ...(row['expires_at'] === null ? {} : { expiresAt: Number(row['expires_at']) }),
    ...(row['revoked_at'] === null ? {} : { revokedAt: Number(row['revoked_at']) }),
  }
}
