import { z } from 'zod'
import { parseJson } from '../engine/json.ts'
import type { Json } from '../engine/types.ts'
import { RampartError } from '../errors.ts'
import type { HostNotice } from './host.ts'

/** Names of sessions and calls: any text that is no novel. */
export const name = z.string().min(1).max(512)
export const toolName = z.string().min(1).max(256)
export const directory = z.string().min(1).max(4096).refine((text) => !text.includes('\0'), {
  error: 'holds a NUL character',
})
/** What need not be there; hosts also write null for it. */
export function maybe<T>(schema: z.ZodType<T>): z.ZodType<T | undefined> {
  return z.union([schema, z.null(), z.undefined()]).transform((value) => value ?? undefined)
    .optional() as z.ZodType<T | undefined>
}

/** Read from JSON already, so there is nothing to check of it. */
export const json = z.unknown() as z.ZodType<Json>
/** The arguments of a tool. */
export const input = z.record(z.string(), json)

export type Input = Readonly<Record<string, Json>>

/**
 * An event as its schema has it. Keys that are not in the schema are left alone: hosts add some with every
 * version.
 *
 * @throws RampartError `request_invalid` that names what is wrong, never what stands there
 */
export function readEvent<T>(schema: z.ZodType<T>, event: unknown): T {
  const read = schema.safeParse(event)
  if (read.success) return read.data
  const { path, message } = read.error.issues[0]!
  throw unreadable(path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`)
}

const Notice = z.object({ hook_event_name: z.string(), session_id: name })

/**
 * An event that decides nothing, of hosts that name theirs as Claude Code does; undefined for any other.
 *
 * @throws RampartError `request_invalid` for one without a session
 */
export function noticeOf(
  names: readonly string[],
  event: Readonly<Record<string, Json>>,
): HostNotice | undefined {
  if (!names.some((one) => one === event['hook_event_name'])) return undefined
  return { kind: 'notice', event: readEvent(Notice, event).hook_event_name }
}

/**
 * The arguments of a tool: an object, or the text of one as some hosts write it.
 *
 * @throws RampartError `request_invalid`
 */
export function inputOf(value: Json | undefined): Input {
  const read = typeof value === 'string' ? parseJson(value) : value
  if (read === undefined || read === null) return {}
  if (typeof read !== 'object' || Array.isArray(read)) {
    throw unreadable('The arguments of the tool are no object')
  }
  return read as Input
}

export function unreadable(detail: string): RampartError {
  return new RampartError('request_invalid', detail)
}
