import { keyOf } from '../approval/rule-keys.ts'
import type { Grant } from '../ports.ts'

/** A grant as every database keeps it: `calls` and `used_at` change, the rest stands in `body`. */
export interface GrantRow {
  readonly id: string
  readonly principal: string
  readonly key: string
  readonly calls: number | null
  readonly used_at: number | null
  readonly expires_at: number
  readonly body: string
}

/** What a grant is found by: whose it is comes first, so that no session meets another's. */
export function placeOf({ agent, session }: Pick<Grant, 'agent' | 'session'>, key: string): string {
  return JSON.stringify([agent, session, key])
}

export function placed(
  who: Pick<Grant, 'agent' | 'session'>,
  keys: readonly string[],
): readonly string[] {
  return keys.map((key) => placeOf(who, key))
}

export function holds({ used_at, expires_at }: GrantRow, now: number): boolean {
  return used_at === null && now < expires_at
}

/** A row that contradicts its body, or holds none, counts as absent (security.md F25). */
export function grantOf(row: GrantRow): readonly Grant[] {
  const { id, principal, key, calls, expires_at, body } = row
  try {
    const grant = JSON.parse(body) as Grant
    const agrees = grant.id === id && grant.principal === principal &&
      Math.trunc(grant.expiresAt) === expires_at && placeOf(grant, keyOf(grant.rule)) === key
    return agrees ? [calls === null ? grant : { ...grant, calls }] : []
  } catch {
    return []
  }
}
