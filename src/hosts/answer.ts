import { parseJson } from '../engine/json.ts'
import type { Json } from '../engine/types.ts'
import type { Via } from '../audit/event.ts'
import { RampartError } from '../errors.ts'
import type { Sighting } from '../service/edge.ts'
import type { HookService } from '../service/hooked.ts'
import { answerAfter } from './after.ts'
import { answerBefore } from './before.ts'
import type { Host, HostCall } from './host.ts'
import { hostName, loadHost, recogniseHost } from './load.ts'
import { blanked } from './output.ts'
import { DEADLINES } from './refusals.ts'
import { defect, EVENT_LIMIT, type HookAnswer, printed, refused } from './refused.ts'
import { unreadable } from './read.ts'
import { isInput } from './targets.ts'
import { refusedText } from './texts.ts'

/** Who asks, and how long the answer may take. */
export interface HookContext {
  readonly service: HookService
  readonly principal: string
  /** The agent that the credential is bound to; else an agent is called by its host's name. */
  readonly agent?: string | undefined
  readonly via: Via
  readonly seen?: Sighting | undefined
  /** From now on, ms; absent, the host's own default. */
  readonly deadlineMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Answer one event of a host. `format` names the host, `auto` has it found by the event's shape. Total: what
 * cannot be read, judged or answered in time is a denial in the host's own form; a defect ends with 2 where
 * the host takes that for a denial. Never rejects.
 */
export async function answerHook(
  format: string,
  bytes: Uint8Array,
  context: HookContext,
): Promise<HookAnswer> {
  let name = hostName(format)
  try {
    const event = eventOf(bytes)
    const host = format === 'auto' ? await recogniseHost(event) : await loadHost(format)
    name = host?.name
    if (host === undefined) throw unreadable('Nobody knows which agent it comes from')
    const call = host.decode(event, { home: context.service.home() })
    if (call.kind === 'notice') {
      // The answer to one lets go on whatever stands in it.
      if (call.ofCall !== true && holdsCall(event)) throw unreadable('It is a notice and a call')
      return printed({})
    }
    return printed(await inTime(host, call, context))
  } catch (error) {
    if (!(error instanceof RampartError) || error.code === 'internal') return defect(name)
    const { principal, via } = context
    const agent = context.agent ?? name ?? 'unknown'
    await context.service.unreadable(error.message, { principal, agent, session: '', via })
    return refused(name, error.message)
  }
}

function eventOf(bytes: Uint8Array): Readonly<Record<string, Json>> {
  if (bytes.length > EVENT_LIMIT) throw unreadable('The event is larger than 8 MiB')
  if (bytes.length === 0) throw unreadable('The event is empty')
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw unreadable('The event is not UTF-8')
  }
  const event = parseJson(text)
  if (!isInput(event)) throw unreadable('The event is no JSON object')
  return event
}

/** Whether an event names a tool or what it is to do, in whichever spelling. */
function holdsCall(event: Readonly<Record<string, Json>>): boolean {
  return Object.keys(event).some((key) => /^(?:pre|post)?_?tool/i.test(key))
}

/** The answer to a call, or a denial once the time is up; what was asked meanwhile stays asked. */
async function inTime(host: Host, call: HostCall, context: HookContext): Promise<Json> {
  const late = new AbortController()
  const stop = new AbortController()
  const leave = () => late.abort()
  context.signal?.addEventListener('abort', leave, { once: true })
  const deadlineMs = Math.max(1, context.deadlineMs ?? DEADLINES[host.name].byDefault)
  const timer = context.service.sleep(deadlineMs, stop.signal).then(() => {
    late.abort()
    return tooLate(host, call)
  })
  timer.catch(() => {})
  // A person has most of the time: the rest is for the answer.
  const waitMs = Math.max(0, Math.floor(deadlineMs * 0.9) - 250)
  const within = { ...context, signal: late.signal, waitMs }
  const work = call.when === 'before'
    ? answerBefore(host, call, within)
    : answerAfter(host, call, within)
  try {
    return await Promise.race([work, timer])
  } finally {
    work.catch(() => {})
    stop.abort()
    context.signal?.removeEventListener('abort', leave)
  }
}

function tooLate(host: Host, call: HostCall): Json {
  const reason = refusedText('it took too long')
  if (call.when === 'before') return host.before({ kind: 'deny', reason }, call)
  const output = hiddenOf(call)
  return host.after({ kind: 'hide', output, all: true, reason, exposed: reason }, call)
}

function hiddenOf({ output }: HostCall): Json {
  return output === undefined ? null : blanked(output)
}
