import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'

/** One event of a stream; `event` and `data` are empty in a block that has none. */
export interface SseBlock {
  readonly id: string | undefined
  readonly event: string
  readonly data: string
  readonly comments: readonly string[]
}

/** Whole blocks of a stream, strictly: every line is a field that exists, or a comment. */
export function parseSse(text: string): SseBlock[] {
  const blocks = text.split('\n\n')
  assert.equal(blocks.pop(), '', 'the last block is not ended')
  return blocks.map((block) => {
    const lines = block.split('\n')
    const of = (name: string) =>
      lines.filter((line) => line.startsWith(`${name}: `)).map((line) =>
        line.slice(name.length + 2)
      )
    for (const line of lines) assert.match(line, /^(?:id|event|data|retry)?: /)
    assert.ok(of('id').length <= 1 && of('event').length <= 1)
    return {
      id: of('id')[0],
      event: of('event')[0] ?? '',
      data: of('data').join('\n'),
      comments: lines.filter((line) => line.startsWith(': ')).map((line) => line.slice(2)),
    }
  })
}

export interface OpenStream {
  readonly request: ClientRequest
  readonly response: IncomingMessage
  /** The next block that is an event. */
  next(): Promise<SseBlock>
  /** All events until the other side ends the stream. */
  rest(): Promise<SseBlock[]>
  /** Read no more, and tell nobody. */
  leave(): void
}

/** Ask a server for its stream, over TCP or a socket. */
export async function openStream(
  where: { readonly port?: number; readonly socketPath?: string },
  path = '/v1/events/stream',
  headers: Readonly<Record<string, string>> = {},
): Promise<OpenStream> {
  const request = get({
    host: '127.0.0.1',
    ...where,
    path,
    agent: false,
    headers: { authorization: 'Bearer admin-token', ...headers },
  })
  const [response] = await once(request, 'response') as [IncomingMessage]
  request.on('error', () => {})
  let text = ''
  const blocks: SseBlock[] = []
  const pieces = response.setEncoding('utf8')[Symbol.asyncIterator]()

  async function more(): Promise<boolean> {
    const { value, done } = await pieces.next()
    if (done) return false
    text += value
    const end = text.lastIndexOf('\n\n')
    if (end < 0) return true
    blocks.push(...parseSse(text.slice(0, end + 2)).filter(({ event }) => event !== ''))
    text = text.slice(end + 2)
    return true
  }

  return {
    request,
    response,
    async next() {
      while (blocks.length === 0) assert.ok(await more(), 'the stream has ended')
      return blocks.shift()!
    },
    async rest() {
      while (await more());
      assert.equal(text, '')
      return blocks.splice(0)
    },
    leave: () => void request.destroy(),
  }
}
