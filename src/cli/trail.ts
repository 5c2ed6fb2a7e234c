import { existsSync } from 'node:fs'
import type { AuditEvent } from '../audit/event.ts'
import { subjectOf as saidOf } from '../audit/format/said.ts'
import { momentOf } from '../audit/format/select.ts'
import { type Action, ACTIONS } from '../engine/types.ts'
import { RampartError } from '../errors.ts'
import type { TimeSpan } from '../ports.ts'
import { type Invocation, textFlag } from './command.ts'
import { auditDirectory, loadConfig } from './config.ts'
import { abridge } from './display.ts'
import { type Output, safe, Shown } from './output.ts'
import { actionText } from './tree.ts'

/** The directory of the trail that a command is about, there or not. */
export async function trailDirectory(
  { environment, flags }: Invocation,
  operand?: string,
): Promise<string> {
  return operand ??
    auditDirectory(environment.home, await loadConfig(environment, { serving: false, flags }))
}

/** The same, where there has to be a trail. */
export async function trailOf(invocation: Invocation, operand?: string): Promise<string> {
  const dir = await trailDirectory(invocation, operand)
  if (existsSync(dir)) return dir
  throw new RampartError('not_found', `There is no trail in ${dir}`)
}

export function countFlag(invocation: Invocation, name: string, otherwise: number): number {
  const text = textFlag(invocation, name)
  if (text === undefined) return otherwise
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new RampartError('usage', `--${name} "${text}": expected a number from 1 to 999999`)
}

/** `--since` and `--until`: a day, a time (RFC 3339), or how long ago. */
export function spanFlags(invocation: Invocation, now: number): TimeSpan {
  const [since, until] = ['since', 'until'].map((name) => instantFlag(invocation, name, now))
  return {
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  }
}

function instantFlag(invocation: Invocation, name: string, now: number): number | undefined {
  const text = textFlag(invocation, name)
  if (text === undefined) return undefined
  const moment = momentOf(text, now)
  if (moment !== undefined) return Date.parse(moment)
  const expected = 'expected a day, a time (RFC 3339) or how long ago, such as 24h'
  throw new RampartError('usage', `--${name} "${text}": ${expected}`)
}

/** One event as a line for people, or as JSON. */
export function printEvent(event: AuditEvent, out: Output): void {
  if (out.json) return out.row(event)
  const { time, kind, agent, tool, decision, request, enforced } = asWritten(event)
  const who = [agent, tool].filter((word) => word !== '').join(' ')
  const rule = decision.rule === undefined ? '' : ` (${decision.rule})`
  const dry = kind === 'decision' && !enforced ? ' dry' : ''
  const about = new Shown(abridge(JSON.stringify(request), 160))
  out.line(
    safe`${time}  ${kind}  ${shownAction(decision.action, out)}${dry}${rule}  ${who}  ${about}`,
  )
}

/** Whoever wrote the line: what must be text is text. Reading trusts nothing of an event but its shape. */
export function asWritten(event: AuditEvent): AuditEvent {
  const { agent, session, tool, decision } = event
  const { action, policy, rule, message } = decision
  const optional = Object.entries({ policy, rule, message }).map(([name, value]) =>
    [name, value === undefined ? undefined : worded(value)] as const
  )
  return {
    ...event,
    agent: worded(agent),
    session: worded(session),
    tool: worded(tool),
    decision: { ...decision, action: worded(action), ...Object.fromEntries(optional) },
  }
}

function worded(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value) ?? ''
}

export function shownAction(text: string, out: Output): Shown | string {
  const known = ACTIONS.find((action): action is Action => action === text)
  return known === undefined ? text : actionText(known, out)
}

/** What the call was about; all its parameters where none of them says it. */
export function subjectOf(event: AuditEvent): string {
  const { request } = event
  return saidOf(event)?.text ??
    JSON.stringify((request as { params?: unknown } | null)?.params ?? request ?? null)
}

/** Says how far the index is, on a person's terminal. */
export function indexing(out: Output): {
  readonly show: (done: number, total: number) => void
  readonly end: () => void
} {
  return {
    show: (done, total) =>
      out.progress(`Indexing: ${Math.floor(done / 1e6)} of ${Math.ceil(total / 1e6)} MB`),
    end: () => out.progress(undefined),
  }
}
