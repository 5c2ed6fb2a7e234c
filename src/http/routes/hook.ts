import { z } from 'zod'
import { RampartError } from '../../errors.ts'
import { answerHook as answer } from '../../hosts/answer.ts'
import { hostName } from '../../hosts/load.ts'
import { EVENT_LIMIT, refused } from '../../hosts/refused.ts'
import { PARENTS, type Sighting } from '../../service/edge.ts'
import { viaOf } from '../auth.ts'
import { readBytes } from '../body.ts'
import { invalid } from '../pointer.ts'
import { type Asked, type Reply, route } from '../route.ts'

/** What has to be left of a client's time for the way back, ms. */
const WAY_BACK_MS = 100
const MOST_MS = 3_600_000
/** The whole event has to be there by then, whatever time the client has. */
const ARRIVAL_MS = 5000

export const answerHook = route({
  method: 'POST',
  path: '/v1/hook/{format}',
  operationId: 'answerHook',
  summary: "Answer an event of an agent's host, in that host's own words",
  tag: 'calls',
  scopes: ['eval'],
  bytes: 'What the host wrote to the standard input of its hook, byte for byte; at most 8 MiB',
  reads: {
    'rampart-timeout-ms': {
      description: 'How long the caller waits, from now on: the answer is there before',
      schema: { type: 'integer', minimum: 1, maximum: 9_999_999_999 },
    },
    'rampart-process':
      'The process of the hook, its parent, the parent of that, …; separated by commas',
  },
  replies: {
    200: {
      description: 'What the hook prints: to stdout where it ends with 0, to stderr with 2',
      // JSON in the words of the host, or a text.
      schema: z.unknown(),
      types: ['application/json', 'text/plain'],
      headers: { 'rampart-exit': 'The exit code of the hook: 0 or 2' },
    },
  },
  problems: ['not_found', 'unavailable'],
  async handle(asked) {
    const { request, site, caller, env, signal, params } = asked
    const format = formatOf(params)
    const deadlineMs = deadlineOf(request.headers.get('rampart-timeout-ms'))
    const bytes = await eventOf(asked)
    if (bytes === undefined) {
      return printed(refused(hostName(format), 'The event is larger than 8 MiB'))
    }
    return printed(
      await answer(format, bytes, {
        service: site.api.hooks,
        principal: caller.principal,
        agent: caller.agent,
        via: env?.dashboard ? viaOf(env) : 'hook',
        seen: processOf(request.headers.get('rampart-process')),
        deadlineMs,
        signal,
      }),
    )
  },
})

function printed({ exit, text }: { readonly exit: 0 | 2; readonly text: string }): Reply {
  const type = exit === 0 ? 'application/json' : 'text/plain; charset=utf-8'
  return {
    status: 200,
    body: text,
    headers: { 'rampart-exit': String(exit), 'content-type': type },
  }
}

function formatOf({ format = '' }: Readonly<Record<string, string>>): string {
  if (format === 'auto' || hostName(format) !== undefined) return format
  throw new RampartError('not_found', 'There is no such host')
}

function deadlineOf(text: string | null): number | undefined {
  if (text === null) return undefined
  if (!/^[1-9]\d{0,9}$/.test(text)) throw invalid('rampart-timeout-ms is no number of milliseconds')
  const ms = Math.min(Number(text), MOST_MS)
  return Math.max(1, ms - Math.min(WAY_BACK_MS, Math.floor(ms / 4)))
}

/** A claim, which is kept and permits nothing by itself; what cannot be read of it is not kept. */
function processOf(text: string | null): Sighting {
  const ids = (text ?? '').split(',').map((one) => /^[1-9]\d{0,6}$/.test(one) ? Number(one) : NaN)
  const [pid, ...parents] = ids
  return pid === undefined || ids.some(Number.isNaN) || parents.length > PARENTS
    ? { layer: 'hook' }
    : { layer: 'hook', pid, parents }
}

/** The event; undefined where it is too large, which is the host's own kind of denial. */
async function eventOf({ request }: Asked<undefined, undefined>): Promise<Uint8Array | undefined> {
  try {
    return await readBytes(request, {
      most: EVENT_LIMIT,
      plain: EVENT_LIMIT,
      arrivalMs: ARRIVAL_MS,
    })
  } catch (error) {
    if (error instanceof RampartError && error.code === 'too_large') return undefined
    throw error
  }
}
