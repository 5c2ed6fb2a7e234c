import type { Judged } from './judge.ts'
import { digestFor, identityOf } from './tell.ts'
import { type Entry, recordLater } from './record.ts'
import type { DecideRequest, Services } from './services.ts'

/** So many like dry runs of a principal are told one by one; those beyond, within a minute, are counted. */
const TOLD = 100
const WINDOW_MS = 60_000
/** Principals, and like dry runs of all of them, that are remembered at once. */
const REMEMBERED = 1000

interface Repeat {
  /** The event that tells their number, but for it. */
  readonly entry: Omit<Entry, 'request'>
  /** Of the last one told: what those after it are answered with. */
  auditId: string
  told: number
  untold: number
}

export interface Repeats {
  /** The event that stands for a dry run like it, or undefined where it is to be told by itself. */
  standsFor(judged: Judged, request: DecideRequest): Promise<string | undefined>
  /** The dry run was told. */
  told(judged: Judged, request: DecideRequest, auditId: string): Promise<void>
  /** Tell how many were only counted. */
  flush(): Promise<void>
}

/**
 * The same dry run over and over (security.md F28): the trail has the first hundred of a minute and then
 * their number, and each answer names an event that says what it says.
 */
function createRepeats(services: Services): Repeats {
  const counts = new Map<string, number>()
  const repeats = new Map<string, Repeat>()
  let since = -Infinity

  async function flush(): Promise<void> {
    const untold = [...repeats.values()].filter((repeat) => repeat.untold > 0)
    repeats.clear()
    counts.clear()
    since = services.clock.monotonic()
    for (const repeat of untold) await tellNumber(repeat, services)
  }

  /** What a flood repeats; undefined for the many that are no flood, which cost no digest. */
  async function keyOf(judged: Judged, request: DecideRequest): Promise<string | undefined> {
    const { principal } = request.identity
    if (request.response !== undefined || (counts.get(principal) ?? 0) < TOLD) return undefined
    const { action, votes } = judged.decision
    return JSON.stringify([await digestFor(judged), request.via, action, votes[0]?.rule])
  }

  return {
    flush,
    async standsFor(judged, request) {
      if (services.clock.monotonic() - since >= WINDOW_MS) await flush()
      const { principal } = request.identity
      if (counts.size < REMEMBERED || counts.has(principal)) {
        counts.set(principal, (counts.get(principal) ?? 0) + 1)
      }
      const key = await keyOf(judged, request)
      const repeat = key === undefined ? undefined : repeats.get(key)
      if (repeat === undefined || repeat.told < TOLD) return undefined
      repeat.untold += 1
      return repeat.auditId
    },
    async told(judged, request, auditId) {
      const key = await keyOf(judged, request)
      if (key === undefined) return
      const repeat = repeats.get(key)
      if (repeat !== undefined) {
        repeat.told += 1
        repeat.auditId = auditId
      } else if (repeats.size < REMEMBERED) {
        repeats.set(key, { entry: entryOf(judged, request), auditId, told: 1, untold: 0 })
      }
    },
  }
}

function entryOf({ call, decision }: Judged, request: DecideRequest): Repeat['entry'] {
  return {
    kind: 'decision',
    tool: call.tool,
    decision: { action: decision.action, message: 'Repeated dry runs', eval_us: 0 },
    ...identityOf(request),
  }
}

async function tellNumber({ entry, auditId, untold }: Repeat, services: Services): Promise<void> {
  const request = { repeated_dry_runs: untold, like: auditId }
  await recordLater({ ...entry, request, links: [auditId] }, services)
}

const known = new WeakMap<object, Repeats>()

/** Those of these services, kept with their approval store as the desk is. */
export function repeatsOf(services: Services): Repeats {
  let repeats = known.get(services.approvals)
  if (repeats === undefined) known.set(services.approvals, repeats = createRepeats(services))
  return repeats
}
