import type { Call } from '../engine/types.ts'
import type { OnceStore } from '../ports.ts'

/** Claims that are remembered; the oldest are forgotten, and their output is judged as that of any other call. */
const MOST = 10_000

const kept = new WeakMap<OnceStore, Map<string, string>>()

/** The call by the id that its agent gave it; undefined where it gave none. */
function nameOf({ identity, toolCallId, tool }: Call): string | undefined {
  if (toolCallId === undefined) return undefined
  const { principal, agent, session } = identity
  return JSON.stringify([principal, agent, session, toolCallId, tool])
}

/** A call has claimed the keys: its output may rest on them, that of no other. Kept in this process alone. */
export function rememberClaims(once: OnceStore, keys: readonly string[], call: Call): void {
  const name = nameOf(call)
  if (name === undefined) return
  const claims = kept.get(once) ?? new Map<string, string>()
  kept.set(once, claims)
  for (const key of keys) claims.set(key, name)
  while (claims.size > MOST) claims.delete(claims.keys().next().value!)
}

/** Whether it was this very call that claimed the key. */
export function isOwnClaim(once: OnceStore, key: string, call: Call): boolean {
  const name = nameOf(call)
  return name !== undefined && kept.get(once)?.get(key) === name
}
