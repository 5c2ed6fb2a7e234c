import type { TokenStore } from '../ports.ts'
import { asking, type Database } from './database.ts'
import { rowOfToken, tokenOfRow } from './tokens-row.ts'

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
    create: async (record) => void asking(() => insert.run(rowOfToken(record))),
    list: async () => asking(() => all.all().map(tokenOfRow)),
    async byHash(hash) {
      const row = asking(() => byHash.get(hash))
      return row === undefined ? undefined : tokenOfRow(row)
    },
    revoke: async (id, at) => asking(() => Number(revoke.run(Math.trunc(at), id).changes) === 1),
  }
}
