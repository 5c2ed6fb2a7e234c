import { RampartError } from '../errors.ts'
import type { Captured, ExecutedTool, Task, TaskLimits } from '../ports.ts'
import { decide, decideCall } from './decide.ts'
import { type Executed, executionOf, type RanChain, textsOf } from './execution-answer.ts'
import { runFetch } from './execution-fetch.ts'
import { type Entry, joined, keep, KEPT_MS, keptOf, keyOf, takePlace } from './execution-kept.ts'
import { withOwnClaims } from './execution-claims.ts'
import { recordIntent, recordOutcome } from './execution-record.ts'
import { executedTool, taskOf } from './execution-task.ts'
import { judge, type Judged } from './judge.ts'
import { readCall } from './read-call.ts'
import type { Answer, DecideRequest, Outcome, Services } from './services.ts'
import { isSameCall } from './tell.ts'

/** What a caller may say of how a call is executed; never more than the server's own limits. */
export interface ExecutionAsk {
  readonly timeoutMs?: number | undefined
  readonly outputBytes?: number | undefined
}

/** How far a run is: how many bytes came, never which. */
export interface Progress {
  readonly elapsedMs: number
  readonly bytes: Readonly<Partial<Record<Captured['name'], number>>>
}

export interface Told {
  readonly signal?: AbortSignal | undefined
  readonly progress?: ((progress: Progress) => void) | undefined
}

/** A decision, and what runs the call where it is allowed. */
export interface Executing {
  readonly outcome: Outcome
  readonly run?: ((told: Told) => Promise<Executed>) | undefined
}

export const TIMEOUT_MS = 120_000
export const MOST_TIMEOUT_MS = 600_000
export const OUTPUT_BYTES = 262_144
/** Two of them are no more than what rules for outputs look at. */
export const MOST_OUTPUT_BYTES = 500_000
const PROGRESS_MS = 1000

/**
 * Decide a call that the server is to execute, and hand back what executes it. Who may ask for it is the
 * edge's to know; what is executed here is this function's.
 *
 * @throws RampartError `forbidden` where the server does not execute such a call, `request_invalid` where
 * it could not, `already_executed` where it did and the answer is gone.
 */
export async function beginExecution(
  request: DecideRequest,
  ask: ExecutionAsk,
  services: Services,
): Promise<Executing> {
  const tool = enabledTool(request, services)
  const kept = keptOf(services)
  const key = keyOf(request)
  // What cannot be done is refused before anybody is asked about it.
  taskOf(tool, request, (await readCall(request, services)).call)
  const before = await earlier(key, request, services)
  if (before !== undefined) {
    return { outcome: before.outcome, run: ({ signal }) => joined(before, signal) }
  }
  takePlace(kept, request.identity.principal)()
  const { outcome, judged } = await decideCall(request, services)
  if (!mayRun(outcome)) return { outcome }
  const task = taskOf(tool, request, judged.call)
  return {
    outcome,
    run: (told) =>
      started({ request, outcome, judged, task, limits: limitsOf(ask), key }, told, services),
  }
}

function enabledTool(request: DecideRequest, { executor }: Services): ExecutedTool {
  if (executor === undefined) throw disabled('This server decides and never executes')
  const tool = executedTool(request)
  if (executor.tools.includes(tool)) return tool
  throw disabled(`This server executes ${executor.tools.join(', ')}`)
}

function disabled(detail: string): RampartError {
  return new RampartError('forbidden', 'Execution is not enabled on this server', {
    errors: [{ pointer: '/execute', detail }],
  })
}

/** In a mode that lets everything pass, what the policies would not allow is not done by our own hand. */
export function mayRun({ answer, state }: Outcome): boolean {
  const { allowed, decision, approval_status: status } = answer
  return allowed && state === 'answered' &&
    (decision === 'allow' || decision === 'log' || status === 'approved')
}

/** The same call, if it was executed already. A server that started anew has no answer to give again. */
async function earlier(
  key: string | undefined,
  request: DecideRequest,
  services: Services,
): Promise<Entry | undefined> {
  if (key === undefined) return undefined
  const { toolCallId, identity: { principal } } = request
  const since = services.clock.now() - KEPT_MS
  const { events } = await services.reader.page({
    kind: 'execution',
    toolCallId,
    since,
    limit: 100,
  })
  const entry = keptOf(services).entries.get(key)
  if (entry !== undefined && services.clock.monotonic() - entry.at <= KEPT_MS) return entry
  if (!events.some((event) => event.principal === principal)) return undefined
  throw new RampartError('already_executed', 'A call of this tool_call_id was executed already')
}

function limitsOf(
  { timeoutMs = TIMEOUT_MS, outputBytes = OUTPUT_BYTES }: ExecutionAsk,
): TaskLimits {
  return {
    timeoutMs: Math.min(timeoutMs, MOST_TIMEOUT_MS),
    outputBytes: Math.min(outputBytes, MOST_OUTPUT_BYTES),
  }
}

interface Allowed {
  readonly request: DecideRequest
  readonly outcome: Outcome
  readonly judged: Judged
  readonly task: Task
  readonly limits: TaskLimits
  readonly key: string | undefined
}

async function started(allowed: Allowed, told: Told, services: Services): Promise<Executed> {
  const kept = keptOf(services)
  const { key, request, outcome } = allowed
  // Nothing is awaited from here to where it is kept: of two that come at once one runs.
  const first = key === undefined ? undefined : kept.entries.get(key)
  if (first !== undefined && services.clock.monotonic() - first.at <= KEPT_MS) {
    return await joined(first, told.signal)
  }
  const release = takePlace(kept, request.identity.principal)
  const stop = new AbortController()
  kept.stops.add(stop)
  const answer = execute(allowed, stop.signal, told, services)
  const ended = answer.catch(() => {}).finally(() => {
    kept.stops.delete(stop)
    kept.ends.delete(ended)
    release()
  })
  kept.ends.add(ended)
  const entry: Entry = {
    outcome,
    answer,
    at: services.clock.monotonic(),
    stop,
    waiters: 0,
    letters: 0,
  }
  if (key !== undefined) {
    keep(kept, key, entry, entry.at)
    answer.then((done) => {
      entry.letters = JSON.stringify(done).length
      keep(kept, key, entry, services.clock.monotonic())
    }, () => {})
  }
  return await joined(entry, told.signal)
}

/** Intent on record, everything looked at once more, done, outcome on record, output scanned: in this order. */
async function execute(
  allowed: Allowed,
  signal: AbortSignal,
  told: Told,
  services: Services,
): Promise<Executed> {
  const { request, outcome: { answer } } = allowed
  const id = services.ids.next()
  await recordIntent(allowed, id, services)
  const from = services.clock.monotonic()
  const ran = await runAgain(allowed, id, signal, told, services).catch((error: unknown) => {
    services.log.error('Defect: an execution failed', error)
    const failed: RanChain = { state: 'failed', detail: 'Internal error', outputs: [], hops: [] }
    return failed
  })
  const duration = Math.max(0, Math.round(services.clock.monotonic() - from))
  await recordOutcome(request, ran, id, duration, services)
  const refused = ran.state === 'refused' && ran.outputs.length === 0
  return {
    answer: refused ? refusal(answer, ran.detail) : answer,
    execution: await scanned(allowed, ran, { audit_id: id, duration_ms: duration }, services),
  }
}

function refusal(answer: Answer, detail = answer.message): Answer {
  return { ...answer, allowed: false, decision: 'deny', message: detail }
}

/** The policies and the facts once more, now that nobody is waited for (security.md F39). */
async function runAgain(
  { request, judged, task, limits }: Allowed,
  id: string,
  signal: AbortSignal,
  { progress }: Told,
  services: Services,
): Promise<RanChain> {
  const again = await judge(request, withOwnClaims(judged, services), 'past')
  if (again.decision.action === 'deny') return refusedNow(again.decision.message)
  if (!isSameCall(again, judged)) return refusedNow('What it leads to changed: ask again')
  const bytes: Partial<Record<Captured['name'], number>> = {}
  const seen = (name: Captured['name'], count: number) => {
    bytes[name] = (bytes[name] ?? 0) + count
  }
  const ticking = new AbortController()
  if (progress !== undefined) void tick(bytes, progress, ticking.signal, services)
  try {
    const how = { id, limits, signal, seen }
    if (task.kind === 'fetch') return await runFetch(task, request, how, services)
    return { ...await services.executor!.run(task, how), hops: [] }
  } finally {
    ticking.abort()
  }
}

function refusedNow(detail: string): RanChain {
  return { state: 'refused', detail, outputs: [], hops: [] }
}

async function tick(
  bytes: Progress['bytes'],
  progress: (progress: Progress) => void,
  signal: AbortSignal,
  { clock }: Services,
): Promise<void> {
  const from = clock.monotonic()
  while (!signal.aborted) {
    progress({ elapsedMs: Math.round(clock.monotonic() - from), bytes: { ...bytes } })
    await clock.sleep(PROGRESS_MS, signal).catch(() => {})
  }
}

/** No byte of an output leaves before all of it was judged. */
async function scanned(
  { request, outcome, judged }: Allowed,
  ran: RanChain,
  about: { readonly audit_id: string; readonly duration_ms: number },
  services: Services,
): Promise<Executed['execution']> {
  const texts = textsOf(ran)
  if (texts.every((text) => text === '')) {
    return executionOf(ran, texts, { ...about, withheld: false })
  }
  const { answer } = await decide({
    ...request,
    response: texts.join('\n'),
    texts,
    waitMs: 0,
    explain: false,
    signal: undefined,
    // A person's yes was for this call.
    ...(outcome.answer.approval_status === 'approved'
      ? { askedBy: [outcome.answer.audit_id] }
      : {}),
  }, withOwnClaims(judged, services))
  if (answer.allowed) return executionOf(ran, texts, { ...about, withheld: false })
  const { policy, rule, response_texts: shown } = answer
  return executionOf(ran, shown, { ...about, withheld: true, policy, rule })
}
