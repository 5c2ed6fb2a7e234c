import { keyOf } from '../approval/rule-keys.ts'
import type { Grant } from '../ports.ts'
import { sha256 } from './digest.ts'
import type { Services } from './services.ts'

/** Grants whose event this process has seen, by the audit log that holds it. */
const seen = new WeakMap<object, Map<string, string>>()
const SEEN = 10_000

/** What a grant lets pass and for whom. */
function contentOf(grant: Grant): string {
  const { rule, scope, principal, agent, session, run, expiresAt, createdAt } = grant
  const told = [
    rule,
    keyOf(rule),
    scope,
    principal,
    agent,
    session,
    run ?? null,
    expiresAt,
    createdAt,
  ]
  return JSON.stringify(told)
}

/** The same as the trail keeps it: the row alone proves nothing (F25). */
export async function printOfGrant(grant: Grant): Promise<string> {
  return `sha256:${await sha256(contentOf(grant))}`
}

/**
 * Whether a row in the store was really granted: the trail holds its event, with the same content.
 * Whoever writes to the database alone grants nothing (security.md F25).
 */
export async function isKept(
  grant: Grant,
  { audit, log }: Pick<Services, 'audit' | 'log'>,
): Promise<boolean> {
  const known = seen.get(audit) ?? new Map<string, string>()
  seen.set(audit, known)
  const content = contentOf(grant)
  if (known.get(grant.id) === content) return true
  try {
    const [event] = await audit.query({ id: grant.eventId, limit: 1 })
    const request = event?.request as { rule?: unknown; hash?: unknown } | null | undefined
    const proved = event?.kind === 'rule' && event.decision.action === 'created' &&
      request?.rule === grant.id && request.hash === await printOfGrant(grant)
    if (!proved) return false
  } catch (error) {
    log.error('Cannot read the event of a grant', error)
    return false
  }
  if (known.size >= SEEN) known.clear()
  known.set(grant.id, content)
  return true
}
