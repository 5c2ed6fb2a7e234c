import type { LiveStream } from '../service/live-client.ts'
import type { LiveItem } from '../service/live-item.ts'

/** How long a reader waits before it connects again, ms. */
const RETRY_MS = 2000
/** What stands in a line of the stream ends no line. */
const LINE_END = /\r\n|\r|\n/
const KIND = /^[a-z_]{1,64}$/

/** Batches are sent to many, and encoded once. */
const encoded = new WeakMap<readonly LiveItem[], Uint8Array>()
const encoder = new TextEncoder()

/** Items as server-sent events (WHATWG HTML, 9.2). */
export function encodeItems(items: readonly LiveItem[]): Uint8Array {
  let bytes = encoded.get(items)
  if (bytes === undefined) {
    bytes = encoder.encode(items.map(textOf).join(''))
    encoded.set(items, bytes)
  }
  return bytes
}

function textOf(item: LiveItem): string {
  switch (item.kind) {
    case 'event': {
      const { event, text } = item.line
      return block(nameOf(event.kind), text, event.seq)
    }
    case 'hello': {
      const { seq, from, version, mode } = item
      // With a place of its own: whoever is cut off before the first event goes on from here.
      return `retry: ${RETRY_MS}\n${block('hello', JSON.stringify({ seq, version, mode }), from)}`
    }
    case 'gap':
    case 'lagged':
      return block(item.kind, JSON.stringify({ from: item.from, to: item.to }))
    case 'end':
      return block('end', JSON.stringify({ reason: item.reason }))
    case 'beat':
      // A block without data is no event, yet its id counts: events that were filtered out are not asked for again.
      return `: heartbeat\nid: ${item.seq}\n\n`
    default:
      return item satisfies never
  }
}

function block(event: string, data: string, id?: number): string {
  const lines = data.split(LINE_END).map((line) => `data: ${line}\n`).join('')
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\n${lines}\n`
}

/** Whoever wrote the line: no kind of it ends its line, or passes for a word of ours. */
function nameOf(kind: string): string {
  const isOurs = ['hello', 'gap', 'lagged', 'end', 'error', 'open', 'message'].includes(kind)
  return KIND.test(kind) && !isOurs ? kind : 'unknown'
}

/** A body that is sent as items come, and gives the stream back when nobody reads on. */
export function bodyOf(stream: LiveStream, signal: AbortSignal): ReadableStream<Uint8Array> {
  const close = () => stream.close()
  // Not every runtime tells the body that its reader has gone before there is more to send.
  signal.addEventListener('abort', close, { once: true })
  if (signal.aborted) close()
  return new ReadableStream({
    async pull(controller) {
      const items = await stream.next()
      if (items !== undefined) return controller.enqueue(encodeItems(items))
      signal.removeEventListener('abort', close)
      controller.close()
    },
    cancel: close,
  }, { highWaterMark: 0 })
}
