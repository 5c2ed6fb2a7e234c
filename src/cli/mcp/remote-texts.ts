import type { IncomingMessage } from 'node:http'
import { LINE_LIMIT } from '../../mcp/lines.ts'
import { type Id, idOf } from '../../mcp/message.ts'
import { type SseEvent, SseReader } from '../watch/sse.ts'

/** What came is no text that is read: asking for it again changes nothing. Its words are fit for the host. */
export class UnreadableAnswer extends Error {}

const TOO_LONG = 'its answer is too long'

/** @throws UnreadableAnswer */
export async function wholeText(answer: IncomingMessage): Promise<string> {
  const decode = decoder()
  const parts: string[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > LINE_LIMIT) throw new UnreadableAnswer(TOO_LONG)
    parts.push(decode(chunk))
  }
  return parts.join('') + decode()
}

/** @throws UnreadableAnswer */
export async function* eventsOf(answer: IncomingMessage): AsyncGenerator<SseEvent> {
  const decode = decoder()
  const reader = new SseReader()
  for await (const chunk of answer as AsyncIterable<Uint8Array>) {
    const text = decode(chunk)
    let events: readonly SseEvent[]
    try {
      events = reader.read(text)
    } catch {
      throw new UnreadableAnswer(TOO_LONG)
    }
    yield* events
  }
}

/** Bytes as text, however they are cut; without bytes the end of it. */
function decoder(): (chunk?: Uint8Array) => string {
  const strict = new TextDecoder('utf-8', { fatal: true })
  return (chunk) => {
    try {
      return chunk === undefined ? strict.decode() : strict.decode(chunk, { stream: true })
    } catch {
      throw new UnreadableAnswer('its answer is not valid UTF-8')
    }
  }
}

/** What a text that has been read as messages before means to the transport. */
export interface Meaning {
  /** Requests in it. */
  readonly ids: readonly Id[]
  readonly answers: readonly Id[]
  readonly isHello: boolean
  readonly isReady: boolean
}

export function meaningOf(text: string): Meaning {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  const messages = (Array.isArray(value) ? value : [value]).filter((one) =>
    typeof one === 'object' && one !== null
  ) as { id?: never; method?: unknown }[]
  const idsOf = (list: typeof messages) =>
    list.map(({ id }) => idOf(id)).filter((id) => id !== undefined)
  return {
    ids: idsOf(messages.filter(({ method }) => method !== undefined)),
    answers: idsOf(messages.filter(({ method }) => method === undefined)),
    isHello: messages.some(({ method }) => method === 'initialize'),
    isReady: messages.some(({ method }) => method === 'notifications/initialized'),
  }
}
