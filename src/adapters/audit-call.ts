import type { AuditEvent, EventDraft } from '../audit/event.ts'
import { RampartError } from '../errors.ts'
import type { Batch } from './audit-seal.ts'
import type { TrailWriter } from './audit-writer.ts'
import { messageOf } from './database-wal.ts'
import { codeOf } from './safe-read.ts'

/** One call, from when it came until it is answered. */
export interface Call {
  readonly drafts: readonly EventDraft[]
  readonly since: number
  readonly resolve: (events: readonly AuditEvent[]) => void
  readonly reject: (error: unknown) => void
  open: boolean
}

/** Calls that are written together. */
export interface Group {
  readonly batch: Batch
  readonly calls: { readonly call: Call; readonly events: readonly AuditEvent[] }[]
}

/** Most events that are named where many were late. */
const NAMED = 50

/** An event whose caller was refused meanwhile says something that did not happen: the trail tells. */
export function noteLate({ calls }: Group, writer: TrailWriter): void {
  const late = calls.filter(({ call }) => !call.open).flatMap(({ events }) => events)
  if (late.length === 0) return
  const ids = late.slice(0, NAMED).map(({ id }) => id)
  const message = `${late.length} events became durable after their callers had been refused`
  writer.note('recovery', { late_events: late.length, ids }, message)
}

/** A failure of the disk as callers are told of it: where, why, and what to do. */
export function unavailable(dir: string, error: unknown): RampartError {
  if (error instanceof RampartError) return error
  const detail =
    `The audit trail in ${dir} cannot be written: ${codeOf(error)}: ${messageOf(error)}. ` +
    'Next: make room there, or let this account write to it'
  return new RampartError('audit_unavailable', detail, { cause: error })
}
