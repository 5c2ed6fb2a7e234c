import { EVENT_KINDS, type EventDraft, type EventKind } from '../audit/event.ts'
import { ACTIONS } from '../engine/types.ts'
import { mcpName, TOOLS } from '../intercept/tools.ts'
import type { Services } from './services.ts'

/** What a call was for: no name that an agent chose, so there are only so many. */
export const TOOL_CLASSES = ['exec', 'read', 'write', 'fetch', 'mcp', 'other'] as const
type ToolClass = (typeof TOOL_CLASSES)[number]

/** What was decided; what is none of these words counts as `other`. */
export const DECIDED = [...ACTIONS, 'ask_delegated', 'other'] as const

/** Upper bounds of the buckets of evaluation, in seconds. */
export const BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 1] as const

export interface Decided {
  readonly decision: (typeof DECIDED)[number]
  readonly class: ToolClass
  readonly enforced: boolean
  readonly count: number
}

/** What this process recorded since its start, for a monitor. */
export class Counts {
  readonly #decided = new Map<string, number>()
  readonly #events = new Map<EventKind, number>(EVENT_KINDS.map((kind) => [kind, 0]))
  /** Not added up: what fell between one bound and the next. */
  readonly #buckets: number[] = new Array(BUCKETS.length + 1).fill(0)
  #seconds = 0

  add({ kind, tool, decision, enforced }: EventDraft): void {
    this.#events.set(kind, (this.#events.get(kind) ?? 0) + 1)
    if (kind !== 'decision') return
    const action = DECIDED.find((word) => word === decision.action) ?? 'other'
    const key = `${action} ${classOf(tool)} ${enforced}`
    this.#decided.set(key, (this.#decided.get(key) ?? 0) + 1)
    const seconds = decision.eval_us / 1e6
    const at = BUCKETS.findIndex((bound) => seconds <= bound)
    this.#buckets[at < 0 ? BUCKETS.length : at]! += 1
    this.#seconds += seconds
  }

  decided(): readonly Decided[] {
    return [...this.#decided].sort(([a], [b]) => a < b ? -1 : 1).map(([key, count]) => {
      const [decision, tool, enforced] = key.split(' ')
      return { decision, class: tool, enforced: enforced === 'true', count } as Decided
    })
  }

  events(): ReadonlyMap<EventKind, number> {
    return this.#events
  }

  /** For each bound, then for none, how many took no longer; and seconds in all. */
  evaluation(): { readonly upTo: readonly number[]; readonly seconds: number } {
    let sum = 0
    return { upTo: this.#buckets.map((count) => sum += count), seconds: this.#seconds }
  }
}

function classOf(tool: string): ToolClass {
  return TOOLS.get(tool)?.class ?? (mcpName(tool) === undefined ? 'other' : 'mcp')
}

const counts = new WeakMap<object, Counts>()

/** The one tally of these services, kept with their trail. */
export function countsOf({ audit }: Pick<Services, 'audit'>): Counts {
  let own = counts.get(audit)
  if (own === undefined) counts.set(audit, own = new Counts())
  return own
}
