import { indexedTrail } from '../../adapters/audit-index.ts'
import { systemClock } from '../../adapters/clock.ts'
import type { AuditEvent } from '../../audit/event.ts'
import type { AuditFilter, EventPage, TrailReader } from '../../ports.ts'
import { type Invocation, textFlag } from '../command.ts'
import { safe } from '../output.ts'
import { countFlag, printEvent, spanFlags, trailOf } from '../trail.ts'

/** Flags that name a value of an event. */
const VALUES = {
  tool: 'tool',
  decision: 'action',
  policy: 'policy',
  agent: 'agent',
  session: 'session',
  run: 'runId',
  call: 'toolCallId',
  kind: 'kind',
  id: 'id',
} as const

/** Events that fit, newest first, by the index where there is one; what it lacks is read from the files. */
export async function run(invocation: Invocation): Promise<number> {
  const { flags, operands, out } = invocation
  const [text] = operands
  const after = flags.has('after') ? countFlag(invocation, 'after', 0) : undefined
  const values = Object.entries(VALUES).flatMap(([flag, name]) => {
    const value = textFlag(invocation, flag)
    return value === undefined ? [] : [[name, value] as const]
  })
  const filter: AuditFilter = {
    limit: countFlag(invocation, 'n', 50),
    ...(flags.has('oldest') ? { order: 'asc' } : {}),
    ...(after === undefined ? {} : { after }),
    ...(text === undefined ? {} : { text }),
    ...spanFlags(invocation, systemClock().now()),
    ...Object.fromEntries(values),
  }
  const reader = indexedTrail({ dir: await trailOf(invocation) })
  try {
    const { events, next } = await found(reader, filter)
    if (out.json) out.data({ events, next: next ?? null })
    else {
      for (const event of events) printEvent(event, out)
      if (next !== undefined) out.note(safe`more: --after ${next}`)
      if (events.length === 0) out.note(safe`Nothing fits`)
    }
    return 0
  } finally {
    reader.close()
  }
}

/** One page, over as many parts of the trail as it takes. */
async function found(reader: TrailReader, filter: AuditFilter): Promise<EventPage> {
  const events: AuditEvent[] = []
  for (let { after } = filter;;) {
    const left = filter.limit - events.length
    const page = await reader.page({ ...filter, limit: left, after })
    events.push(...page.events)
    if (page.next === undefined || events.length >= filter.limit) {
      return { events, next: page.next }
    }
    after = page.next
  }
}
