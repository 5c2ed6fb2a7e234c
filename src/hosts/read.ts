import { parseJson } from '../engine/json.ts'
import type { Json } from '../engine/types.ts'
import { RampartError } from '../errors.ts'
import type { HostNotice } from './host.ts'
import { object, readShape, type Shape, text } from './shape.ts'

/** Names of sessions and calls: any text that is no novel. */
export const name = text(1, 512)
export const toolName = text(1, 256)
export const directory = text(1, 4096, true)

export type Input = Readonly<Record<string, Json>>

/**
 * An event as its shape has it.
 *
 * @throws RampartError `request_invalid` that names what is wrong, never what stands there
 */
export function readEvent<T>(shape: Shape<T>, event: unknown): T {
  const read = readShape(shape, event)
  if ('value' in read) return read.value
  const { at, message } = read.faults[0]!
  throw unreadable(at.length === 0 ? message : `${at.join('.')}: ${message}`)
}

const Notice = object({ hook_event_name: text(0, Infinity), session_id: name })

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
