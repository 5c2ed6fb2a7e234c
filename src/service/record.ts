import type { EventDecision, EventDraft, EventKind, Via } from '../audit/event.ts'
import type { Json } from '../engine/types.ts'
import { RampartError } from '../errors.ts'
import { countsOf } from './counts.ts'
import { deskOf } from './desk.ts'
import { standNow } from './mode.ts'
import { postureFor } from './posture.ts'
import type { Mode, Services } from './services.ts'

type Recorders = Pick<
  Services,
  'audit' | 'approvals' | 'clock' | 'ids' | 'log' | 'settings' | 'switches'
>

/** What an event is about; everything else is added here. */
export interface Entry {
  readonly id?: string | undefined
  readonly kind: EventKind
  readonly tool?: string | undefined
  readonly request: Json
  readonly decision: EventDecision
  readonly principal: string
  readonly via: Via
  readonly agent?: string | undefined
  readonly session?: string | undefined
  readonly runId?: string | undefined
  readonly toolCallId?: string | undefined
  readonly enforced?: boolean | undefined
  /** In force when it was decided; asked for where it is not said. */
  readonly mode?: Mode | undefined
  readonly links?: readonly string[] | undefined
}

/** Most records kept for repair; more are only counted. */
const MISSED = 1000

export function draftOf(entry: Entry, services: Recorders): EventDraft {
  return {
    id: entry.id ?? services.ids.next(),
    time: new Date(services.clock.now()).toISOString(),
    kind: entry.kind,
    agent: entry.agent ?? '',
    session: entry.session ?? '',
    ...(entry.runId === undefined ? {} : { run_id: entry.runId }),
    ...(entry.toolCallId === undefined ? {} : { tool_call_id: entry.toolCallId }),
    tool: entry.tool ?? '',
    request: entry.request,
    decision: entry.decision,
    enforced: entry.enforced ?? false,
    mode: entry.mode ?? standNow(services).mode,
    via: entry.via,
    principal: entry.principal,
    ...(entry.links === undefined || entry.links.length === 0 ? {} : { links: entry.links }),
  }
}

/**
 * Write an event, durable before this resolves. When it cannot be written the posture table answers:
 * `audit_unavailable` is thrown, or the event is counted and written with the next one.
 */
export async function record(entry: Entry, services: Recorders): Promise<'written' | 'missed'> {
  const draft = draftOf(entry, services)
  try {
    await append([draft], services)
    return 'written'
  } catch (error) {
    complain(error, services)
    const { mode } = standNow(services)
    const stance = postureFor('audit_unwritable', { mode, failure: services.settings.failure })
    if (stance === 'deny') {
      throw new RampartError('audit_unavailable', 'The decision could not be recorded')
    }
    miss(draft, services)
    return 'missed'
  }
}

/** Write an event that must not fail what it tells of: it is kept for repair when it cannot be written. */
export async function recordLater(entry: Entry, services: Recorders): Promise<void> {
  const draft = draftOf(entry, services)
  try {
    await append([draft], services)
  } catch (error) {
    complain(error, services)
    miss(draft, services)
  }
}

/** Write an event or reject: for what may only take effect once it is in the trail. */
export async function recordStrictly(entry: Entry, services: Recorders): Promise<EventDraft> {
  const draft = draftOf(entry, services)
  try {
    await append([draft], services)
  } catch (error) {
    complain(error, services)
    throw new RampartError('audit_unavailable', 'The change could not be recorded')
  }
  return draft
}

/** The log takes one line of an outage, not one of each call in it. */
function complain(error: unknown, services: Recorders): void {
  const desk = deskOf(services)
  if (desk.unwritable) return
  desk.unwritable = true
  services.log.error('The audit trail cannot be written', error)
}

async function append(drafts: readonly EventDraft[], services: Recorders): Promise<void> {
  const counts = countsOf(services)
  // Of what is answered without a record, too: it was decided.
  for (const draft of drafts) counts.add(draft)
  await appendMissed(drafts, services)
  const desk = deskOf(services)
  if (!desk.unwritable) return
  desk.unwritable = false
  services.log.info('The audit trail can be written again')
}

/** Write what was missed before, said as a gap, and then the drafts: one batch, so in this order. */
async function appendMissed(drafts: readonly EventDraft[], services: Recorders): Promise<void> {
  const desk = deskOf(services)
  const { missed, missedCount } = desk
  if (missedCount === 0) {
    await services.audit.append(drafts)
    return
  }
  desk.missed = []
  desk.missedCount = 0
  try {
    await services.audit.append([gap(missed, missedCount, services), ...missed, ...drafts])
  } catch (error) {
    desk.missed = [...missed, ...desk.missed].slice(0, MISSED)
    desk.missedCount += missedCount
    throw error
  }
}

/** Says how many answers were given without a record; a lower bound after a crash (F27). */
function gap(missed: readonly EventDraft[], count: number, services: Recorders): EventDraft {
  return draftOf({
    kind: 'fail_open',
    request: { unrecorded: count, repaired: missed.length, since: missed[0]?.time ?? null },
    decision: { action: 'log', message: 'The trail could not be written', eval_us: 0 },
    principal: 'rampart',
    via: 'local',
  }, services)
}

function miss(draft: EventDraft, services: Recorders): void {
  const desk = deskOf(services)
  desk.missedCount += 1
  if (desk.missed.length < MISSED) desk.missed.push(draft)
}
