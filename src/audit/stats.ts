import type { AuditEvent } from './event.ts'

/** What statistics tell events apart by. */
export interface Facet {
  readonly agent: string
  readonly tool: string
  /** Empty where no policy decided. */
  readonly policy: string
  /** Empty where no rule did. */
  readonly rule: string
  readonly action: string
  readonly kind: string
  readonly enforced: boolean
}

/** How often a name was met; the greatest come first. */
export interface Named {
  readonly name: string
  readonly count: number
  /** Of those how many were denied. */
  readonly denied: number
  /** And how many a person was asked about. */
  readonly asked: number
}

/** `GET /v1/audit/stats` and `audit stats --json`. */
export interface TrailStats {
  readonly since: string | null
  readonly until: string | null
  readonly events: number
  readonly by_kind: readonly { readonly name: string; readonly count: number }[]
  readonly decisions: {
    /** Each call once, also where the executable and a late server both recorded it. */
    readonly total: number
    readonly enforced: number
    readonly by_action: readonly { readonly name: string; readonly count: number }[]
    readonly by_policy: readonly Named[]
    readonly by_rule: readonly Named[]
    readonly by_tool: readonly Named[]
    readonly by_agent: readonly Named[]
    /** UTC; hours without a decision are left out. */
    readonly by_hour: readonly {
      readonly hour: string
      readonly count: number
      readonly denied: number
      readonly asked: number
    }[]
    /** Older hours and rarer names than are listed. */
    readonly unlisted: {
      readonly policies: number
      readonly rules: number
      readonly tools: number
      readonly agents: number
      readonly hours: number
    }
  }
  /** Time to evaluate a call, to one part in sixteen; null without a decision. */
  readonly latency: {
    readonly count: number
    readonly p50_us: number | null
    readonly p99_us: number | null
  }
}

export const HOUR_MS = 3_600_000
/** Most names of a list, most rules, and most hours. */
const LISTED = 100
const RULES = 2000
const HOURS = 1000
/** Most names that are told apart while counting. */
const NAMES = 20_000
const STEPS = 16

export function facetOf(event: AuditEvent): Facet {
  const { agent, tool, kind, decision, enforced } = event
  return {
    agent: cut(agent),
    tool: cut(tool),
    policy: cut(decision.policy),
    rule: cut(decision.rule),
    action: cut(decision.action),
    kind: cut(kind),
    enforced: enforced === true,
  }
}

/** Longest text that is told apart. */
const LONGEST = 256

/** A text of a facet; what is no text or longer than any filter may be is not told apart. */
export function cut(value: unknown): string {
  if (typeof value !== 'string') return ''
  return value.length <= LONGEST ? value : `${value.slice(0, LONGEST)}…`
}

/** How many decisions an event stands for: a flood of like dry runs is told by one (security.md F28). */
export function weightOf({ kind, request }: AuditEvent): number {
  if (kind !== 'decision') return 0
  const repeated = typeof request === 'object' && request !== null &&
    (request as { repeated_dry_runs?: unknown }).repeated_dry_runs
  return typeof repeated === 'number' && Number.isSafeInteger(repeated) && repeated > 0
    ? Math.min(repeated, 1_000_000_000)
    : 1
}

/** Microseconds to evaluate it, undefined for what was not evaluated. */
export function latencyOf({ kind, decision }: AuditEvent): number | undefined {
  const { eval_us } = decision
  if (kind !== 'decision' || typeof eval_us !== 'number' || !(eval_us > 0)) return undefined
  return Math.min(Math.round(eval_us), 1e12)
}

/** The bucket of a latency: exact to 16 µs, then sixteen to each doubling. */
export function bucketOf(us: number): number {
  if (us < STEPS) return us
  const octave = Math.floor(Math.log2(us))
  return octave * STEPS + Math.floor((us / 2 ** octave - 1) * STEPS)
}

/** The middle of a bucket. */
function middleOf(bucket: number): number {
  if (bucket < STEPS) return bucket
  const octave = Math.floor(bucket / STEPS)
  return Math.round(2 ** octave * (1 + (bucket % STEPS + 0.5) / STEPS))
}

interface Count {
  count: number
  denied: number
  asked: number
}

class Counts<K> {
  readonly map = new Map<K, Count>()
  /** Names beyond the most that are told apart. */
  beyond = 0

  add(name: K, { action }: Facet, weight: number): void {
    let count = this.map.get(name)
    if (count === undefined) {
      if (this.map.size >= NAMES) {
        this.beyond += 1
        return
      }
      this.map.set(name, count = { count: 0, denied: 0, asked: 0 })
    }
    count.count += weight
    if (action === 'deny') count.denied += weight
    if (action === 'require_approval') count.asked += weight
  }
}

/** Counts what it is told. */
export class StatsBuilder {
  #events = 0
  #total = 0
  #enforced = 0
  readonly #kinds = new Counts<string>()
  readonly #actions = new Counts<string>()
  readonly #policies = new Counts<string>()
  readonly #rules = new Counts<string>()
  readonly #tools = new Counts<string>()
  readonly #agents = new Counts<string>()
  readonly #hours = new Counts<number>()
  readonly #latencies = new Map<number, number>()

  /** So many events of one kind in one hour, standing for so many decisions. */
  add(facet: Facet, hour: number, events: number, weight: number): void {
    this.#events += events
    this.#kinds.add(facet.kind, facet, events)
    if (weight === 0) return
    this.#total += weight
    if (facet.enforced) this.#enforced += weight
    this.#actions.add(facet.action, facet, weight)
    if (facet.policy !== '') this.#policies.add(facet.policy, facet, weight)
    if (facet.rule !== '') this.#rules.add(facet.rule, facet, weight)
    this.#tools.add(facet.tool, facet, weight)
    this.#agents.add(facet.agent, facet, weight)
    this.#hours.add(hour, facet, weight)
  }

  addLatency(bucket: number, events: number): void {
    this.#latencies.set(bucket, (this.#latencies.get(bucket) ?? 0) + events)
  }

  result(since: string | undefined, until: string | undefined): TrailStats {
    const hours = [...this.#hours.map].sort(([a], [b]) => b - a)
    return {
      since: since ?? null,
      until: until ?? null,
      events: this.#events,
      by_kind: listed(this.#kinds).map(({ name, count }) => ({ name, count })),
      decisions: {
        total: this.#total,
        enforced: this.#enforced,
        by_action: listed(this.#actions).map(({ name, count }) => ({ name, count })),
        by_policy: listed(this.#policies),
        by_rule: listed(this.#rules, RULES),
        by_tool: listed(this.#tools),
        by_agent: listed(this.#agents),
        by_hour: hours.slice(0, HOURS).reverse().map(([hour, { count, denied, asked }]) => ({
          hour: new Date(hour * HOUR_MS).toISOString(),
          count,
          denied,
          asked,
        })),
        unlisted: {
          policies: unlisted(this.#policies),
          rules: unlisted(this.#rules, RULES),
          tools: unlisted(this.#tools),
          agents: unlisted(this.#agents),
          hours: Math.max(0, hours.length - HOURS),
        },
      },
      latency: this.#latency(),
    }
  }

  #latency(): TrailStats['latency'] {
    const sorted = [...this.#latencies].sort(([a], [b]) => a - b)
    const count = sorted.reduce((sum, [, events]) => sum + events, 0)
    const at = (share: number) => {
      let left = Math.ceil(count * share)
      for (const [bucket, events] of sorted) {
        left -= events
        if (left <= 0) return middleOf(bucket)
      }
      return null
    }
    return { count, p50_us: count === 0 ? null : at(0.5), p99_us: count === 0 ? null : at(0.99) }
  }
}

function listed(counts: Counts<string>, most = LISTED): Named[] {
  return [...counts.map].map(([name, count]) => ({ name, ...count }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)).slice(0, most)
}

function unlisted(counts: Counts<string>, most = LISTED): number {
  return Math.max(0, counts.map.size - most) + counts.beyond
}
