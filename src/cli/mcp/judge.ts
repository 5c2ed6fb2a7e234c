import process from 'node:process'
import { kindsNamed } from '../../engine/response-kinds.ts'
import { denialReason } from '../../mcp/denial.ts'
import type { Asked, Judge, Settled, Verdict } from '../../mcp/ports.ts'
import { approvalStatus } from '../approval-wait.ts'
import type { Invocation } from '../command.ts'
import { decideLocally, type Told } from '../shim/local.ts'
import type { KeptSocket } from '../kept-socket.ts'
import { objectOf } from '../wrap/ask-for-object.ts'

/** Who asks, and where. */
export interface Seat {
  readonly socket: string
  /** The agent's. */
  readonly name: string
  readonly session: string
  readonly run: string
  readonly timeoutMs: number
  /** Calls follow each other: connections are kept. */
  readonly server: KeptSocket
}

/** Longest answer with an output in it: the output itself is no longer than 8 MiB. */
const OUTPUT_LIMIT = 16 << 20
/** Where no output comes back. */
const ANSWER_LIMIT = 1 << 20
/** Of a yes that is taken back at once nobody asks for ever. */
const ROUNDS = 3

/**
 * Asks the server over its socket; where that does not answer, this process decides, recorded all the same.
 * Whatever fails is a denial with the reason.
 */
export function createJudge(invocation: Invocation, seat: Seat): SeatedJudge {
  let calls = 0
  const leaving = new Set<Promise<void>>()
  /** What nobody wants any more is nothing that a person should say yes to. */
  const takeBack = (id: string | undefined) => {
    if (id === undefined) return Promise.resolve()
    const done = withdraw(seat, id)
    leaving.add(done)
    return done.finally(() => leaving.delete(done))
  }
  const ask = async (asked: Asked, signal?: AbortSignal, round = 0): Promise<Verdict> => {
    calls++
    const body = { ...bodyOf(seat, asked, calls), enforce: true }
    const asking = answerTo(invocation, seat, asked.tool, body)
    const told = await unless(signal, asking)
    if (told === undefined) {
      // Whoever asked is gone; the server answers all the same, and may have asked a person.
      const left = asking.then((late) => takeBack(questionOf(late)))
      leaving.add(left)
      void left.finally(() => leaving.delete(left))
      return { kind: 'denied', refusal: denialReason(TAKEN_BACK) }
    }
    if (told.allowed) return { kind: 'allowed', readsOutput: outputsOf(told) }
    const { approval_id: approvalId } = told
    const shown = asked.texts === undefined ? undefined : told.response_texts
    const denied = { kind: 'denied', refusal: denialReason(told), shown } as const
    if (told.decision !== 'require_approval' || approvalId === undefined) return denied
    if (told.approval_status !== 'pending' || round >= ROUNDS) return denied
    return {
      kind: 'asking',
      approvalId,
      message: told.message,
      async answer(until) {
        const status = await statusOf(seat, approvalId, until)
        if (until.aborted) await takeBack(approvalId)
        if (status !== 'approved' || until.aborted) return deniedAs(told, status)
        // What was approved is looked at once more, and spent on this call.
        const again = await ask(asked, until, round + 1)
        return again.kind === 'asking' ? await again.answer(until) : again
      },
    }
  }
  return {
    ask,
    async settled() {
      while (leaving.size > 0) await Promise.allSettled([...leaving])
    },
    async wouldDeny(tool) {
      calls++
      const body = bodyOf(seat, { tool, params: {} }, calls)
      const told = await answerTo(invocation, seat, tool, body)
      return told.decision === 'deny' && !told.allowed
    },
  }
}

/** A judge that still has to tell the server of what was taken back. */
export interface SeatedJudge extends Judge {
  settled(): Promise<void>
}

const TAKEN_BACK = refusedAs('It was taken back before it was decided')

/** What comes of it, or undefined once the signal is there first. */
async function unless<T>(
  signal: AbortSignal | undefined,
  work: Promise<T>,
): Promise<T | undefined> {
  if (signal === undefined) return await work
  const gone = Promise.withResolvers<undefined>()
  const leave = () => gone.resolve(undefined)
  if (signal.aborted) leave()
  signal.addEventListener('abort', leave, { once: true })
  try {
    return await Promise.race([work, gone.promise])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

function questionOf({ approval_status: status, approval_id: id }: Told): string | undefined {
  return status === 'pending' ? id : undefined
}

/** A server that is gone has nobody left to say yes. */
async function withdraw({ server, timeoutMs }: Seat, id: string): Promise<void> {
  const path = `/v1/approvals/${encodeURIComponent(id)}/withdraw`
  await server.ask(path, { body: '{}', timeoutMs, limit: ANSWER_LIMIT }).catch(() => {})
}

/** All outputs where anything of the answer is not understood. */
function outputsOf({ reads_output: reads, output_kinds: kinds }: Told): Allowed['readsOutput'] {
  if (reads === false) return false
  return Array.isArray(kinds) ? kindsNamed(kinds) ?? true : true
}

type Allowed = Extract<Verdict, { readonly kind: 'allowed' }>

function bodyOf(seat: Seat, asked: Asked, call: number): Record<string, unknown> {
  return {
    agent: seat.name,
    session: seat.session,
    run_id: seat.run,
    tool_call_id: `${seat.run}-${call}`,
    cwd: process.cwd(),
    layer: 'mcp',
    ...(asked.tool.startsWith('mcp__') ? { pid: process.pid, parents: [process.ppid] } : {}),
    params: asked.params,
    ...(asked.roles === undefined || Object.keys(asked.roles).length === 0
      ? {}
      : { roles: asked.roles }),
    ...(asked.texts === undefined ? {} : { response_texts: asked.texts }),
  }
}

async function answerTo(
  invocation: Invocation,
  { server, timeoutMs }: Seat,
  tool: string,
  call: Record<string, unknown>,
): Promise<Told> {
  try {
    const path = `/v1/preflight/${encodeURIComponent(tool)}`
    const limit = call['response_texts'] === undefined ? ANSWER_LIMIT : OUTPUT_LIMIT
    const asking = { body: JSON.stringify(call), timeoutMs, limit }
    const { status, text } = await server.ask(path, asking)
    const body = objectOf(text) ?? {}
    if (status === 200 && typeof body['allowed'] === 'boolean') return body as unknown as Told
    // It was read, and refused as what it is.
    if (status >= 400 && status < 500) return refusedAs(String(body['detail'] ?? status))
  } catch {
    // Decided here.
  }
  return await decideLocally(invocation, JSON.stringify({ ...call, enforce: true }), {
    layer: 'mcp',
    tool,
  })
}

function refusedAs(message: string): Told {
  return { allowed: false, decision: 'deny', message, policy: null }
}

function deniedAs(told: Told, status: string): Settled {
  const { message } = told
  return { kind: 'denied', refusal: denialReason({ ...told, message: `${message} (${status})` }) }
}

/** What a person says; `nobody answered` where the signal comes first. */
async function statusOf(
  { socket, timeoutMs }: Seat,
  id: string,
  signal: AbortSignal,
): Promise<string> {
  try {
    return await approvalStatus(socket, id, { patienceMs: timeoutMs, signal })
  } catch {
    return signal.aborted ? 'nobody answered in time' : 'the question is lost'
  }
}
