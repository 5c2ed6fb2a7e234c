import { RampartError } from '../errors.ts'
import type { TokenRecord } from '../ports.ts'
import type { Output } from './output.ts'
import { safe } from './output.ts'
import { duration } from './settings.ts'

/** A token as it is listed: everything but what would let somebody use it. */
export interface ListedToken {
  readonly id: string
  readonly agent: string
  readonly scopes: readonly string[]
  readonly status: 'valid' | 'expired' | 'revoked'
  readonly created_at: string
  readonly expires_at: string | null
  readonly revoked_at: string | null
}

export function listed(record: TokenRecord, now: number): ListedToken {
  const { id, agent, scopes, createdAt, expiresAt, revokedAt } = record
  return {
    id,
    agent,
    scopes,
    status: revokedAt !== undefined
      ? 'revoked'
      : expiresAt !== undefined && now >= expiresAt
      ? 'expired'
      : 'valid',
    created_at: timeText(createdAt)!,
    expires_at: timeText(expiresAt),
    revoked_at: timeText(revokedAt),
  }
}

function timeText(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString()
}

export function printToken(token: ListedToken, out: Output): void {
  const colour = token.status === 'valid' ? 'green' : 'red'
  const until = token.expires_at === null ? '' : `  until ${token.expires_at}`
  const { id, agent, scopes, status } = token
  out.line(safe`${id}  ${out.paint(colour, status)}  ${agent}  ${scopes.join(',')}${until}`)
}

/** How long from now, as `--expires` says it. */
export function lifeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  try {
    return duration(text)
  } catch (error) {
    throw new RampartError('usage', `--expires "${text}": ${(error as Error).message}`)
  }
}
