import type { Call, Facts, Identity, Json } from '../engine/types.ts'

/** What an approval is bound to (semantics.md 22). */
export interface Digestible {
  readonly identity: Identity
  readonly tool: string
  readonly params: Readonly<Record<string, Json>>
  readonly cwd?: string | undefined
  /** Hash of the policy set that asked. */
  readonly policies: string
  /** The scripts it would run, by path, with what they say (security.md F12). */
  readonly scripts?: readonly (readonly [path: string, hash: string])[] | undefined
  /** Where the call's paths lead, so that a swapped link makes another call (security.md F12). */
  readonly names: readonly (readonly [path: string, names: readonly string[] | null])[]
}

/**
 * SHA-256 over everything that makes two calls the same to a person who approved one of them: never the
 * tool call's id, so that a retry may redeem.
 */
export async function digestOf(call: Digestible): Promise<string> {
  return await sha256(textOf(call))
}

/** The text that the digest is of. */
export function textOf(call: Digestible): string {
  const { principal, agent, session, run, depth } = call.identity
  return canonical({
    principal,
    agent,
    session,
    run: run ?? null,
    depth: depth ?? null,
    tool: call.tool,
    cwd: call.cwd ?? null,
    params: call.params,
    policies: call.policies,
    names: call.names,
    scripts: call.scripts ?? [],
  })
}

/** The paths of a call with where they lead, in one order. */
export function namesOfCall(call: Call, facts: Facts): Digestible['names'] {
  const paths = new Set(call.subjects.flatMap((subject) => subject.paths.map(({ path }) => path)))
  return [...paths].sort().map((path) => [path, facts.namesOf(path) ?? null] as const)
}

/**
 * Of all that a call would touch, wherever it does so. Undefined where that is not known to be all, is
 * nothing, or names no one place: two calls of which nothing is known are not the same (security.md F31).
 */
export async function effectsDigestOf(call: Call): Promise<string | undefined> {
  const touched = new Set<string>()
  for (const { paths, urls } of call.subjects) {
    for (const { access, path, absolute, pattern, doubtful } of paths) {
      if (!absolute || pattern === true || doubtful === true) return undefined
      touched.add(JSON.stringify([access, path]))
    }
    for (const { url } of urls) touched.add(JSON.stringify(['fetch', url]))
  }
  if (!call.complete || touched.size === 0) return undefined
  return await sha256([...touched].sort().join('\n'))
}

export async function sha256(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** One text for one value: keys sorted, nothing left to the order in which they came. */
export function canonical(value: Json): string {
  return JSON.stringify(
    value,
    (_key, inner: unknown) =>
      inner !== null && typeof inner === 'object' && !Array.isArray(inner)
        ? Object.fromEntries(
          Object.entries(inner).sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0)
            .map(([key, each]) => [` ${key}`, each]),
        )
        : inner,
  )
}
