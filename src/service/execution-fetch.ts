import type { FetchTask, Ran, TaskLimits } from '../ports.ts'
import { decideCall } from './decide.ts'
import type { RanChain } from './execution-answer.ts'
import type { DecideRequest, Services } from './services.ts'

/** Redirects that are followed. */
const HOPS = 5

/** What a person typed for one origin goes to no other. */
const PLAIN = /^(?:accept|accept-language|user-agent|content-type)$/i

interface How {
  readonly id: string
  readonly limits: TaskLimits
  readonly signal: AbortSignal
  readonly seen: (name: 'content' | 'stdout' | 'stderr', bytes: number) => void
}

/**
 * Fetch, each redirect as a call of its own: decided by the policies, recorded, and refused like any other.
 * The time is that of all hops together.
 */
export async function runFetch(
  first: FetchTask,
  request: DecideRequest,
  how: How,
  services: Services,
): Promise<RanChain> {
  const hops: string[] = []
  const until = services.clock.monotonic() + how.limits.timeoutMs
  let task = first
  for (;;) {
    const timeoutMs = Math.max(1, until - services.clock.monotonic())
    const ran = await services.executor!.run(task, { ...how, limits: { ...how.limits, timeoutMs } })
    const chain = { ...ran, url: task.url, hops }
    if (ran.state === 'refused' && hops.length > 0) {
      return stopped(chain, `A redirect was not followed: ${ran.detail}`)
    }
    if (ran.state !== 'redirected') return chain
    if (hops.length >= HOPS) return stopped(chain, `More than ${HOPS} redirects`)
    const next = nextTask(task, ran)
    if (typeof next === 'string') return stopped(chain, next)
    const { outcome, judged } = await decideCall(hopOf(request, next, how.signal), services)
    const { answer, state } = outcome
    hops.push(answer.audit_id)
    const asked = answer.approval_status === 'approved'
    const may = answer.allowed && state === 'answered' &&
      (asked || answer.decision === 'allow' || answer.decision === 'log')
    if (!may) {
      const why = answer.allowed ? 'the policies would not allow it' : answer.message
      return stopped(chain, `A redirect was not followed: ${why}`)
    }
    if (judged.call.tool !== 'fetch') return stopped(chain, 'A redirect is no fetch')
    task = next
  }
}

/** Nothing that a redirect said is shown but that there was one. */
function stopped(chain: RanChain, detail: string): RanChain {
  return { ...chain, state: 'stopped', detail, outputs: [] }
}

function hopOf(request: DecideRequest, task: FetchTask, signal: AbortSignal): DecideRequest {
  const { url, method, headers, body } = task
  return {
    ...request,
    // Another call than the one that was asked for: its id is not this one's.
    toolCallId: undefined,
    params: {
      url,
      ...(method === 'GET' ? {} : { method }),
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
      ...(body === undefined ? {} : { body }),
    },
    signal,
  }
}

/** The request that a redirect asks for (RFC 9110, 15.4), or why there is none. */
function nextTask(task: FetchTask, { http }: Ran): FetchTask | string {
  const { status = 0, location = '' } = http ?? {}
  const url = URL.canParse(location) ? new URL(location) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    return 'A redirect leads to no http(s) URL'
  }
  if (url.username !== '' || url.password !== '') return 'A redirect holds credentials'
  const same = url.origin === new URL(task.url).origin
  const drops = status === 303 || (status < 303 && task.method === 'POST')
  if (task.body !== undefined && !drops && !same) return 'A redirect asks for the body elsewhere'
  const headers = same ? task.headers : Object.fromEntries(
    Object.entries(task.headers).filter(([name]) => PLAIN.test(name)),
  )
  const method = drops && task.method !== 'HEAD' ? 'GET' : task.method
  return { kind: 'fetch', url: url.href, method, headers, ...(drops ? {} : { body: task.body }) }
}
