import { type Head, isTime, sealEvent } from '../audit/chain.ts'
import type { AuditEvent, EventDraft } from '../audit/event.ts'
import type { Json } from '../engine/types.ts'
import type { Clock, Ids } from '../ports.ts'
import { sha256 } from './hash.ts'

/** The events of one call, or why that call alone cannot be recorded. */
export type Written = readonly AuditEvent[] | Error

/** Calls in their places in the chain, ready to be written. */
export interface SealedBatch {
  readonly results: readonly Written[]
  readonly text: string
  /** The day of the first event. */
  readonly day: string
  readonly head: Head
}

/** Seal call after call. One that cannot be written as JSON is refused alone. */
export function sealAll(calls: readonly (readonly EventDraft[])[], from: Head): SealedBatch {
  let head = from
  let day: string | undefined
  const lines: string[] = []
  const results = calls.map((drafts): Written => {
    try {
      const sealed = sealCall(drafts, head)
      head = sealed.at(-1)?.event ?? head
      day ??= sealed[0]?.event.time.slice(0, 10)
      for (const { line } of sealed) lines.push(line, '\n')
      return sealed.map(({ event }) => event)
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  })
  return { results, text: lines.join(''), day: day ?? head.time.slice(0, 10), head }
}

function sealCall(drafts: readonly EventDraft[], from: Head): ReturnType<typeof sealEvent>[] {
  let head = from
  return drafts.map((draft) => {
    const sealed = sealEvent(draft, head, sha256)
    head = sealed.event
    return sealed
  })
}

/** The day that a draft's file is named after, where its time says one. */
export function dayOf(draft: EventDraft): string {
  return isTime(draft.time) ? draft.time.slice(0, 10) : ''
}

/** What the trail itself has to tell: what was found broken, and what became of it. */
export function recoveryDraft(
  request: Json,
  message: string,
  { clock, ids }: { readonly clock: Clock; readonly ids: Ids },
): EventDraft {
  return {
    id: ids.next(),
    time: new Date(clock.now()).toISOString(),
    kind: 'recovery',
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
