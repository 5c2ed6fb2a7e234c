import { type Head, isTime, sealEvent } from '../audit/chain.ts'
import type { AuditEvent, EventDraft, EventKind } from '../audit/event.ts'
import type { Json } from '../engine/types.ts'
import type { Clock, Ids } from '../ports.ts'
import { sha256 } from './hash.ts'

/** Most events of one write, and of its text. */
const MOST_EVENTS = 1000
const LONGEST_TEXT = 4 << 20

/** Calls in their places in the chain, ready to be written to one file, whose day is that of the first. */
export class Batch {
  readonly from: Head
  readonly events: AuditEvent[] = []
  #text = ''
  #head: Head

  constructor(from: Head) {
    this.from = from
    this.#head = from
  }

  /** What comes behind this batch follows this. */
  get head(): Head {
    return this.#head
  }

  get text(): string {
    return this.#text
  }

  /** The day of the first event. */
  get day(): string {
    return (this.events[0] ?? this.from).time.slice(0, 10)
  }

  /** Whether a call fits behind what is in it. One that is too large by itself goes alone. */
  takes(drafts: readonly EventDraft[]): boolean {
    if (this.events.length === 0) return true
    return this.events.length + drafts.length <= MOST_EVENTS && this.#text.length < LONGEST_TEXT &&
      !(dayOf(drafts[0]!) > this.day)
  }

  /** Seal the drafts of a call. Throws, and adds nothing, where one cannot be written as JSON. */
  add(drafts: readonly EventDraft[]): readonly AuditEvent[] {
    let head = this.#head
    let text = ''
    const events = drafts.map((draft) => {
      const { event, line } = sealEvent(draft, head, sha256)
      text += line + '\n'
      head = event
      return event
    })
    this.#head = head
    this.#text += text
    for (const event of events) this.events.push(event)
    return events
  }
}

/** The day that a draft's file is named after, where its time says one. */
function dayOf(draft: EventDraft): string {
  return isTime(draft.time) ? draft.time.slice(0, 10) : ''
}

/** What the trail itself has to tell: what was found, and what became of it. */
export function noteDraft(
  kind: Extract<EventKind, 'recovery' | 'alert'>,
  request: Json,
  message: string,
  { clock, ids }: { readonly clock: Clock; readonly ids: Ids },
): EventDraft {
  return {
    id: ids.next(),
    time: new Date(clock.now()).toISOString(),
    kind,
    agent: '',
    session: '',
    tool: '',
    request,
    decision: { action: 'log', message, eval_us: 0 },
    enforced: false,
    mode: 'enforce',
    via: 'local',
    principal: 'rampart',
  }
}
