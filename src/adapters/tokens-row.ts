import { type Scope, SCOPES, type TokenRecord } from '../ports.ts'

export type TokenRow = Readonly<Record<string, unknown>>

/** A token's record as every database keeps it. */
export function rowOfToken(record: TokenRecord): Record<string, string | number | null> {
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
export function tokenOfRow(row: TokenRow): TokenRecord {
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
