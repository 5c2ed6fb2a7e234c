import { RampartError } from '../../errors.ts'
import { notification, request } from '../../mcp/denial.ts'
import { failure } from '../../mcp/denial.ts'
import { type Definition, sortTools } from '../../mcp/definitions.ts'
import { isFields, keyOf, type Message, readMessage } from '../../mcp/message.ts'
import { starterPolicy } from '../../mcp/starter.ts'
import type { Json } from '../../engine/types.ts'
import { afterInput } from './ending.ts'
import type { Ready } from './run.ts'
import { VERSION } from '../version.ts'

const PROTOCOL = '2025-06-18'
const PATIENCE_MS = 30_000
const PAGES = 50
const UNKNOWN = -32601

/** What a server lists, as a policy to start from. It is ended afterwards. */
export async function scanned(ready: Ready): Promise<string> {
  const { choice: { options: { server } }, upstream, world, remote } = ready
  const client = clientOf(ready)
  const timer = setTimeout(
    () => client.fail(`no answer within ${PATIENCE_MS / 1000} s`),
    PATIENCE_MS,
  )
  try {
    const agreed = await client.ask('initialize', {
      protocolVersion: PROTOCOL,
      capabilities: {},
      clientInfo: { name: 'rampart-mcp-scan', version: VERSION },
    })
    const version = isFields(agreed) ? agreed['protocolVersion'] : undefined
    if (remote !== undefined && typeof version === 'string') remote.version = () => version
    await upstream.write(notification('notifications/initialized'))
    const tools: Definition[] = []
    let cursor: Json | undefined
    for (let page = 0; page < PAGES; page++) {
      const got = await client.ask('tools/list', cursor === undefined ? {} : { cursor })
      const sorted = sortTools(server, got)
      for (const { name, why } of sorted.unfit) world.note(`tool ${name}: left out, ${why}`)
      tools.push(...sorted.tools.filter(({ full }) => !tools.some((one) => one.full === full)))
      cursor = isFields(got) ? got['nextCursor'] : undefined
      if (typeof cursor !== 'string') break
    }
    return starterPolicy(server, tools)
  } finally {
    clearTimeout(timer)
    await afterInput(upstream, { open: 0 }, AbortSignal.abort())
  }
}

interface Client {
  ask(method: string, params: Json): Promise<Json>
  fail(why: string): void
}

function clientOf({ upstream }: Ready): Client {
  const waiting = new Map<string, { resolve(value: Json): void; reject(error: Error): void }>()
  let calls = 0
  const fail = (why: string) => {
    for (const one of waiting.values()) {
      one.reject(new RampartError('unavailable', `The server: ${why}`))
    }
    waiting.clear()
  }
  const hear = async (message: Message) => {
    if (message.kind === 'request') {
      await upstream.write(failure(message.id, UNKNOWN, 'Nothing but a list of tools is wanted'))
    } else if (message.kind !== 'notification' && message.id !== null) {
      const one = waiting.get(keyOf(message.id))
      waiting.delete(keyOf(message.id))
      if (message.kind === 'result') one?.resolve(message.result)
      else {one?.reject(
          new RampartError(
            'unavailable',
            `The server: ${JSON.stringify(message.error).slice(0, 500)}`,
          ),
        )}
    }
  }
  void upstream.read(async (line) => {
    const read = 'text' in line ? readMessage(line.text) : undefined
    if (read !== undefined && read.kind !== 'fault' && read.kind !== 'batch') await hear(read)
  }).then(() => fail('it ended before it answered'))
  return {
    fail,
    ask: (method, params) =>
      new Promise((resolve, reject) => {
        const id = ++calls
        waiting.set(keyOf(id), { resolve, reject })
        upstream.write(request(id, method, params)).catch(reject)
      }),
  }
}
