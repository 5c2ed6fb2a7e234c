import type { AuditEvent } from '../event.ts'
import { oneLine } from './text.ts'

/** An event with the line of the trail that it was read from. */
export interface TrailLine {
  readonly event: AuditEvent
  /** The canonical bytes, as text: what its hash is over, the hash itself included. */
  readonly text: string
}

/** Who tells: what formats say of this installation. */
export interface Device {
  readonly host: string
  /** Tells two trails of one host apart. */
  readonly id: string
  readonly version: string
}

/** Turns one event into what a receiver reads. */
export type Encode = (line: TrailLine, device: Device) => string

/** What a call is about, in the order in which it is looked for in its parameters. */
const SUBJECTS = ['command', 'url', 'path', 'file_path'] as const
export type SubjectKind = (typeof SUBJECTS)[number]

/** The command, URL or path of a call; undefined for an event that has none. */
export function subjectOf(
  { request }: AuditEvent,
): { kind: SubjectKind; text: string } | undefined {
  for (const holder of holdersOf(request)) {
    for (const kind of SUBJECTS) {
      const value = member(holder, kind)
      if (typeof value === 'string' && value !== '') return { kind, text: value }
    }
  }
  return undefined
}

/** A large request is kept as `{compacted, kept}`. */
function holdersOf(request: unknown): unknown[] {
  const kept = member(request, 'kept')
  return [member(request, 'params'), member(kept, 'params'), request]
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}

/** Longest part of a summary, in characters. */
const MOST = 4000

/** One line for a person: what was answered, for which tool, about what, and why. */
export function summaryOf(event: AuditEvent): string {
  const { kind, tool, decision } = event
  const subject = subjectOf(event)?.text.slice(0, MOST)
  const what = kind === 'decision' ? decision.action : `${kind} ${decision.action}`
  const about = subject === undefined ? '' : `: ${subject}`
  const why = decision.message === undefined || decision.message === ''
    ? ''
    : ` (${decision.message.slice(0, MOST)})`
  return oneLine(`${what}${tool === '' ? '' : ` ${tool}`}${about}${why}`)
}

/** A value of an event that may be missing: a damaged line is still told of. */
export function textOr(value: unknown, fallback = ''): string {
  return typeof value === 'string' ? value : value === undefined ? fallback : String(value)
}

/** Milliseconds since the epoch; 0 where the time of a line cannot be read. */
export function msOf({ time }: AuditEvent): number {
  const ms = Date.parse(time)
  return Number.isNaN(ms) ? 0 : ms
}
