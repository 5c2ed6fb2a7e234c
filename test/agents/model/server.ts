import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chat } from './chat.ts'
import { generate } from './generate.ts'
import { messages } from './messages.ts'
import { responses } from './responses.ts'
import { asJson, type Asked, type Call, type Declared, isBody, type Reply } from './wire.ts'

const WIRES = [messages, responses, chat, generate]

/** Which call the model makes, of the tools that it is offered; undefined where none of them does it. */
export type Plan = (tools: readonly Declared[]) => Call | undefined

/** What a model saw in one run of an agent. */
export interface Seen {
  readonly tools: Set<string>
  /** The call that it made. */
  call?: Call
  /** What it was told came of the call; absent while the agent said nothing of it. */
  told?: string
  /** Where else the agent wanted to go. */
  readonly elsewhere: Set<string>
}

export interface Model {
  readonly url: string
  /** From now on it makes this call once, then says that it is done. */
  play(plan: Plan): Seen
  close(): Promise<void>
}

/**
 * A model that does what it is told, on loopback. It keeps no count of a conversation: a request without the
 * result of a call is answered by the call, so that what an agent asks twice or beside does not confuse it.
 */
export async function startModel(): Promise<Model> {
  let plan: Plan = () => undefined
  let seen = fresh()
  const server = createServer((request, response) => {
    // As a proxy it goes nowhere.
    if (/^https?:/.test(request.url ?? '')) return refuse(request, response, seen)
    bodyOf(request).then((body) => {
      const { type, body: text } = answer(new URL(request.url ?? '/', 'http://x').pathname, body)
      response.writeHead(200, { 'content-type': type, connection: 'close' }).end(text)
    }, () => response.destroy())
  })
  server.on('connect', (request, socket) => {
    seen.elsewhere.add(request.url ?? '')
    socket.on('error', () => {})
    socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n')
  })
  server.on('clientError', (_, socket) => socket.destroy())
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo

  function answer(path: string, body: unknown): Reply {
    const wire = WIRES.find((one) => one.fits(path))
    if (wire === undefined || !isBody(body)) return other(path)
    const asked = wire.read(body, path)
    return wire.reply(next(asked), asked)
  }

  function next({ tools, results }: Asked) {
    for (const { name } of tools) seen.tools.add(name)
    const told = results.at(-1)
    if (told !== undefined) seen.told = told
    // A title or a summary is asked for without tools.
    const call = tools.length === 0 || told !== undefined ? undefined : plan(tools)
    if (call === undefined) return { kind: 'text', text: 'done' } as const
    seen.call = call
    const tool = tools.find(({ name }) => name === call.name)!
    return { kind: 'call', call, tool } as const
  }

  return {
    url: `http://127.0.0.1:${port}`,
    play(next) {
      plan = next
      return seen = fresh()
    },
    close() {
      server.closeAllConnections()
      return new Promise((done) => server.close(() => done()))
    },
  }
}

const fresh = (): Seen => ({ tools: new Set(), elsewhere: new Set() })

/** Lists of models and counts of tokens; whatever else is asked is none of ours. */
function other(path: string): Reply {
  if (!/\/models$/.test(path)) return asJson({ input_tokens: 9, totalTokens: 9 })
  const data = [{ id: 'model', object: 'model', type: 'model', display_name: 'model' }]
  return asJson({ object: 'list', data, has_more: false, models: [] })
}

function refuse(request: IncomingMessage, response: ServerResponse, seen: Seen): void {
  seen.elsewhere.add(new URL(request.url!).host)
  response.writeHead(403, { connection: 'close' }).end()
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk)
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    return undefined
  }
}
