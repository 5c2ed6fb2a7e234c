import type { PolicySet } from '../engine/policy-set.ts'
import type { Call, Facts } from '../engine/types.ts'
import type { CountKey } from '../ports.ts'
import { isOwnClaim } from './own-claims.ts'
import type { Services } from './services.ts'

/**
 * How the call itself stands in the counts: `record` adds it, `dry` only pretends to have (F29), `past`
 * says that it was added before it ran; what it claimed itself then still holds for its output.
 */
export type Counting = 'record' | 'dry' | 'past'

type Needed = Pick<Services, 'facts' | 'counter' | 'once' | 'clock' | 'log'>

/**
 * The facts for one call, and only those the policies ask for. What cannot be had is missing: true for
 * a restrictive rule, false for a permissive one (semantics.md 7); nothing here throws for it, but for
 * the home directory, without which no rule about `~` could be trusted.
 */
export async function gatherFacts(
  call: Call,
  set: PolicySet,
  services: Needed,
  counting: Counting,
): Promise<Facts> {
  const now = services.clock.now()
  const [names, counts] = await Promise.all([
    set.needs.paths ? namesFor(call, services) : new Map<string, readonly string[]>(),
    set.needs.counts ? countsFor(call, services, counting, now) : () => undefined,
  ])
  return {
    now,
    homes: homesOf(call, services.facts.homes()),
    namesOf: (path) => isAbsolute(path) ? names.get(path) : [path],
    callCount: counts,
    claimed: claims(call, set, services, counting),
  }
}

async function namesFor(
  call: Call,
  { facts, log }: Needed,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const paths = new Set<string>()
  for (const subject of call.subjects) {
    for (const { path } of subject.paths) {
      if (isAbsolute(path) && path.isWellFormed()) paths.add(path)
    }
  }
  if (paths.size === 0) return new Map()
  try {
    return await facts.namesOf([...paths])
  } catch (error) {
    log.error('Cannot read the names of paths', error)
    return new Map()
  }
}

/** Recorded before anything is counted, so that of any number of parallel calls none is missed. */
async function countsFor(
  call: Call,
  { counter, log }: Needed,
  counting: Counting,
  now: number,
): Promise<Facts['callCount']> {
  const { principal, session } = call.identity
  const own = namesOfTool(call.tool)
  const keyOf = (tool: string): CountKey => ({ principal, session, tool })
  try {
    if (counting === 'record') {
      await Promise.all(own.map((tool) => counter.record(keyOf(tool), now)))
    } else await counter.ready?.({ principal, session })
  } catch (error) {
    log.error('Cannot count the call', error)
    return () => undefined
  }
  return (tool, windowMs) => {
    const name = tool.toLowerCase()
    try {
      const count = counter.count(keyOf(name), now - windowMs)
      return count === undefined || counting !== 'dry' || !own.includes(name) ? count : count + 1
    } catch (error) {
      log.error('Cannot read a call count', error)
      return undefined
    }
  }
}

/** A call counts under its name, and an MCP tool under its class too. */
function namesOfTool(tool: string): readonly string[] {
  return tool.startsWith('mcp__') ? [tool, 'mcp'] : [tool]
}

/** Where claims cannot be read, a restrictive rule is unclaimed and a permissive one is spent. */
function claims(
  call: Call,
  set: PolicySet,
  { once, log }: Needed,
  counting: Counting,
): Facts['claimed'] {
  return (key) => {
    try {
      return once.claimed(key) && !(counting === 'past' && isOwnClaim(once, key, call))
    } catch (error) {
      log.error('Cannot read the claims of once rules', error)
      const found = set.index.flat.find(({ rule }) => rule.key === key)
      return found?.rule.stance !== 'restrictive'
    }
  }
}

/** The account's home first, then what `HOME` says, and every one that the call assigns (security.md F35). */
function homesOf(call: Call, own: readonly string[]): readonly string[] {
  const homes = new Set(own)
  for (const { command } of call.subjects) {
    if (command === undefined || !command.assigns.includes('HOME')) continue
    for (const match of command.whole.matchAll(/(?:^|\s)HOME=(\/\S*)/g)) {
      homes.add(match[1]!.replace(/(.)\/+$/, '$1'))
    }
  }
  return [...homes]
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path) || path.startsWith('\\\\')
}
