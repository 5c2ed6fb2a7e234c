import { RampartError } from '../../errors.ts'
import type { Caller } from '../../service/api.ts'
import { holds, knownCaller } from '../auth.ts'
import { invalid } from '../pointer.ts'
import { StreamQuery } from '../requests.ts'
import { type Asked, route } from '../route.ts'
import { StreamEvent } from '../schemas-stream.ts'
import { bodyOf } from '../stream.ts'

const EITHER = ['audit', 'approve'] as const

export const streamEvents = route({
  method: 'GET',
  path: '/v1/events/stream',
  operationId: 'streamEvents',
  summary: 'The audit trail as it grows, as server-sent events',
  tag: 'audit',
  scopes: EITHER,
  query: StreamQuery,
  reads: {
    'last-event-id': {
      description: 'Begin behind the event of this seq, as `after`; it comes before that',
      schema: { type: 'integer', minimum: 0, maximum: 999_999_999 },
    },
  },
  replies: {
    200: {
      description:
        'First `hello` with {seq, version, mode}, then each event: its seq as id, its kind as name, as data the ' +
        'event as it stands in the trail. With scope approve alone: approvals, and the calls that asked for them. ' +
        '`gap` {from, to} tells of events that are no longer there; `lagged` {from, to} ends a stream whose reader ' +
        'was too slow, `end` {reason} one of a server that stops or of a credential that is revoked. A comment ' +
        'every 15 s shows that it lives.',
      schema: StreamEvent,
      types: ['text/event-stream'],
    },
  },
  problems: ['rate_limited', 'unavailable'],
  async handle(asked) {
    const { site, request, query, caller } = asked
    const { after, ...filter } = query
    const approvalsOnly = approvalsAlone(caller, filter.kind)
    const from = lastEventId(request.headers.get('last-event-id')) ?? after
    const headers = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' }
    // Whoever asks for the head alone never reads.
    if (request.method === 'HEAD') return { status: 200, body: '', headers }
    const stream = await site.api.watch({
      principal: caller.principal,
      filter: { ...filter, approvalsOnly },
      after: from,
      isAllowed: () => isAllowed(asked, approvalsOnly),
    })
    return { status: 200, body: bodyOf(stream, request.signal), headers }
  },
})

/** Who may approve sees what there is to approve; who may read the trail sees all. */
function approvalsAlone(caller: Caller, kind: string | undefined): boolean {
  if (holds(caller, 'audit')) return false
  if (kind === undefined || kind === 'approval') return true
  throw new RampartError('forbidden', `Events of kind ${kind} need the scope audit`)
}

function lastEventId(header: string | null): number | undefined {
  if (header === null || header === '') return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header)
  throw invalid('The header last-event-id is wrong', [{
    pointer: '/last-event-id',
    detail: 'Expected the id of an event of this stream',
  }])
}

/** The credential as it is now, compared with what the stream shows. */
async function isAllowed(
  { request, env, site, caller: asker }: Asked<unknown, unknown>,
  approvalsOnly: boolean,
): Promise<boolean> {
  // One that nobody uses ends, though its stream lives on.
  if (asker.dashboard !== undefined) return site.api.sessions.isOpen(asker.dashboard)
  const caller = await knownCaller(request.headers.get('authorization'), env, site.api)
  if (caller === undefined) return false
  return holds(caller, 'audit') || approvalsOnly && holds(caller, 'approve')
}
