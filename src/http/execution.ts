import { RampartError } from '../errors.ts'
import type { Executing, Progress } from '../service/execution.ts'
import type { Answer, DecideRequest, Outcome } from '../service/services.ts'
import { checkScope } from './auth.ts'
import { invalid } from './pointer.ts'
import { problemResponse } from './problem.ts'
import type { CallRequest } from './requests.ts'
import type { Asked, Reply } from './route.ts'

type Run = NonNullable<Executing['run']>
type AskedCall = Asked<CallRequest, undefined>

/** The answer of a route that only decides. */
export function neverHere(): RampartError {
  return refused('A dry run executes nothing: use /v1/tool')
}

function refused(detail: string): RampartError {
  return new RampartError('forbidden', 'Execution is not enabled on this server', {
    errors: [{ pointer: '/execute', detail }],
  })
}

/**
 * Decide a call that is to be executed here. Only a token that says so may ask for it: the socket is open to
 * whoever runs as its user, and the admin's token is no agent's (security.md F39).
 */
export async function begin(asked: AskedCall, call: DecideRequest): Promise<Executing> {
  const { site, caller, env, body } = asked
  if (site.api.executes.length === 0) throw refused('This server decides and never executes')
  if (env?.transport !== 'tcp' || env.dashboard === true) {
    throw refused('Nothing is executed for the socket and the dashboard')
  }
  checkScope(caller, ['execute'])
  if (call.response !== undefined || call.seen !== undefined) {
    throw invalid('What is executed here has no output yet, and no other edge saw it', [{
      pointer: '/execute',
      detail: 'Leave out response, response_texts, layer, pid and parents',
    }])
  }
  const { timeout_ms: timeoutMs, output_bytes: outputBytes } = body.execution ?? {}
  return await site.api.execute(call, { timeoutMs, outputBytes })
}

/** Run it, and answer when it has ended, or line by line meanwhile. */
export async function finish(
  { request, signal, site }: AskedCall,
  { answer }: Outcome,
  run: Run,
  fit: (answer: Answer) => Answer,
): Promise<Reply> {
  const body = ({ answer, execution }: Awaited<ReturnType<Run>>) => ({ ...fit(answer), execution })
  if (!accepts(request.headers.get('accept'))) {
    const done = await run({ signal })
    return { status: done.answer.allowed ? 200 : 403, body: body(done) }
  }
  const lines = streamOf(request.signal, async (say, gone) => {
    say({ type: 'decision', answer: fit(answer) })
    const progress = ({ elapsedMs, bytes }: Progress) =>
      say({ type: 'progress', elapsed_ms: elapsedMs, bytes })
    try {
      say({ type: 'result', answer: body(await run({ signal: gone, progress })) })
    } catch (error) {
      say({ type: 'problem', problem: await problemResponse(error, site.log).json() })
    }
  })
  return { status: 200, body: lines, headers: { 'content-type': 'application/x-ndjson' } }
}

const NDJSON = /(?:^|,)\s*application\/x-ndjson\s*(?:;|,|$)/i

function accepts(accept: string | null): boolean {
  return accept !== null && NDJSON.test(accept)
}

const encoder = new TextEncoder()

/** A body of lines; whoever stops to read it ends the work. */
function streamOf(
  connection: AbortSignal,
  work: (say: (line: unknown) => void, gone: AbortSignal) => Promise<void>,
): ReadableStream<Uint8Array> {
  const gone = new AbortController()
  const leave = () => gone.abort()
  connection.addEventListener('abort', leave, { once: true })
  if (connection.aborted) leave()
  return new ReadableStream({
    start(controller) {
      const say = (line: unknown) => {
        if (!gone.signal.aborted) controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`))
      }
      void work(say, gone.signal).finally(() => {
        connection.removeEventListener('abort', leave)
        if (!gone.signal.aborted) controller.close()
      })
    },
    cancel: leave,
  })
}
