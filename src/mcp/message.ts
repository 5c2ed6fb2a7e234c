import { parseJson } from '../engine/json.ts'
import type { Json } from '../engine/types.ts'
import { RampartError } from '../errors.ts'
import { elementsOf } from './batch.ts'

/** What a request is known by; `1` and `"1"` are two. */
export type Id = string | number
export type Fields = Readonly<Record<string, Json>>

/** A message with the very text that was read: that is what goes on. */
export type Message =
  | {
    readonly kind: 'request'
    readonly id: Id
    readonly method: string
    readonly params: Fields
    readonly text: string
  }
  | {
    readonly kind: 'notification'
    readonly method: string
    readonly params: Fields
    readonly text: string
  }
  | { readonly kind: 'result'; readonly id: Id; readonly result: Json; readonly text: string }
  | { readonly kind: 'error'; readonly id: Id | null; readonly error: Json; readonly text: string }

export type Read =
  | Message
  | { readonly kind: 'batch'; readonly messages: readonly (Message | Fault)[] }
  | Fault

/** A text that is no message, and the id that it seems to have, to answer whoever waits for it. */
export interface Fault {
  readonly kind: 'fault'
  /** Of JSON-RPC. */
  readonly code: -32700 | -32600
  readonly why: string
  readonly id: Id | null
  /** Of one in a batch. */
  readonly text?: string | undefined
}

/** Most messages of a batch. */
const BATCH_LIMIT = 100
/** Every key of the protocol that says what a message is, what it calls or what answer it is. */
const KEYS = [
  'jsonrpc',
  'id',
  'method',
  'params',
  'result',
  'error',
  'name',
  'arguments',
  'uri',
  'ref',
  '_meta',
]

/**
 * Read a text as every reader would, or not at all: what is forwarded has to be what was judged, whatever
 * reads it next. Keys that come twice, and keys that some readers take for another one (`Method`), are faults.
 */
export function readMessage(text: string): Read {
  let value: Json
  try {
    value = parseJson(text)
  } catch (error) {
    if (!(error instanceof RampartError)) throw error
    const at = error.errors[0]
    const why = at === undefined
      ? error.message
      : `${at.detail}${at.pointer && ` at ${at.pointer}`}`
    return { kind: 'fault', code: -32700, why, id: guessedId(text, text) }
  }
  if (!Array.isArray(value)) return messageOf(value, text)
  if (value.length === 0 || value.length > BATCH_LIMIT) {
    return invalid(`A batch has 1 to ${BATCH_LIMIT} messages`, null)
  }
  const texts = elementsOf(text)
  const messages = value.map((one, at) => ({ ...messageOf(one, texts[at]!), text: texts[at]! }))
  return { kind: 'batch', messages }
}

function messageOf(value: Json, text: string): Message | Fault {
  if (!isFields(value)) return invalid('A message is an object', null)
  const id = idOf(value['id'])
  const twin = twinIn(value, KEYS)
  if (twin !== undefined) {
    return invalid(`The key ${JSON.stringify(twin)} may be read as another one`, id ?? null)
  }
  if (value['jsonrpc'] !== '2.0') return invalid('jsonrpc must be "2.0"', id ?? null)
  if (id === undefined && 'id' in value && !('error' in value && value['id'] === null)) {
    return invalid('An id is a text or a whole number', null)
  }
  if ('method' in value) return calling(value, id, text)
  if (('result' in value) === ('error' in value)) {
    return invalid('Neither a call nor one answer', id ?? null)
  }
  if ('params' in value) return invalid('An answer has no params', id ?? null)
  if ('error' in value) return { kind: 'error', id: id ?? null, error: value['error']!, text }
  return id === undefined
    ? invalid('An answer has an id', null)
    : { kind: 'result', id, result: value['result']!, text }
}

function calling(value: Fields, id: Id | undefined, text: string): Message | Fault {
  const { method, params = {} } = value
  if (typeof method !== 'string' || method === '') return invalid('A method is a text', id ?? null)
  if ('result' in value || 'error' in value) return invalid('Both a call and an answer', id ?? null)
  if (!isFields(params)) return invalid('params must be an object', id ?? null)
  const twin = twinIn(params, KEYS)
  if (twin !== undefined) {
    return invalid(
      `The key ${JSON.stringify(twin)} in params may be read as another one`,
      id ?? null,
    )
  }
  return id === undefined
    ? { kind: 'notification', method, params, text }
    : { kind: 'request', id, method, params, text }
}

export function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A key that a reader without regard to letter case takes for one of these. */
export function twinIn(value: Fields, keys: readonly string[]): string | undefined {
  return Object.keys(value).find((key) => !keys.includes(key) && keys.includes(folded(key)))
}

/** Letter case aside as Go and others fold it: the Kelvin sign is a k, the long s an s. */
export function folded(key: string): string {
  return key.toUpperCase().toLowerCase()
}

export function idOf(value: Json | undefined): Id | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined
}

/** One text for one id. */
export function keyOf(id: Id): string {
  return typeof id === 'number' ? `n${id}` : `s${id}`
}

function invalid(why: string, id: Id | null): Fault {
  return { kind: 'fault', code: -32600, why, id }
}

const ID = String.raw`"id"\s*:\s*("(?:[^"\\]|\\.){0,200}"|-?\d{1,15})`
const AT_START = new RegExp(String.raw`^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?${ID}\s*,`)
const AT_END = new RegExp(String.raw`,\s*${ID}\s*\}\s*$`)

/** The id that a text which cannot be read seems to have. Only ever used to say that it was not read. */
export function guessedId(start: string, end: string): Id | null {
  const found = AT_START.exec(start.slice(0, 512)) ?? AT_END.exec(end.slice(-512))
  if (found === null) return null
  try {
    return idOf(JSON.parse(found[1]!)) ?? null
  } catch {
    return null
  }
}
