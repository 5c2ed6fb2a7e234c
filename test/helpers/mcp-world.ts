import type { Asked, Options, Verdict, World } from '../../src/mcp/ports.ts'
import { LineReader } from '../../src/mcp/lines.ts'
import { Session } from '../../src/mcp/session.ts'
import type { Side } from '../../src/mcp/state.ts'

export const ALLOWED: Verdict = { kind: 'allowed', readsOutput: true }
export const denied = (message: string): Verdict => ({
  kind: 'denied',
  refusal: { message, policy: 'p', rule: null },
})

/** A question that a test answers when it likes. */
export function asking(): { verdict: Verdict; yes: () => void; no: () => void } {
  const settled = Promise.withResolvers<Exclude<Verdict, { kind: 'asking' }>>()
  return {
    verdict: {
      kind: 'asking',
      approvalId: 'a1',
      message: 'May it?',
      answer: (signal) => {
        signal.addEventListener('abort', () => settled.resolve(denied('nobody answered') as never))
        return settled.promise
      },
    },
    yes: () => settled.resolve(ALLOWED as never),
    no: () => settled.resolve(denied('no') as never),
  }
}

export interface Stage {
  readonly session: Session
  readonly world: World
  readonly options: Options
  readonly asked: Asked[]
  readonly notes: string[]
  readonly pins: Map<string, string>
  /** Texts that came out at either side. */
  readonly out: Readonly<Record<Side, string[]>>
  /** Say something and wait until it has gone as far as it goes. */
  say(from: Side, ...messages: unknown[]): Promise<void>
  saidTo(side: Side): unknown[]
}

/** A session between two sides that a test plays, before policies that it plays too. */
export function stage(
  judge: (asked: Asked) => Verdict | Promise<Verdict> = () => ALLOWED,
  options: Partial<Options> = {},
): Stage {
  const asked: Asked[] = []
  const notes: string[] = []
  const pins = new Map<string, string>()
  const out = { host: [] as string[], server: [] as string[] }
  let nonces = 0
  const world: World = {
    judge: {
      ask(one) {
        asked.push(one)
        return Promise.resolve(one).then(judge)
      },
      wouldDeny: async (tool) => (await judge({ tool, params: {} })).kind === 'denied',
    },
    pins: {
      get: (tool) => pins.get(tool),
      set: (definitions) => {
        for (const [tool, text] of definitions) pins.set(tool, text)
        return Promise.resolve()
      },
    },
    toHost: (text) => Promise.resolve(void out.host.push(text)),
    toServer: (text) => Promise.resolve(void out.server.push(text)),
    note: (text) => void notes.push(text),
    pause: (_ms, signal) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
    nonce: () => `n${++nonces}`,
  }
  const all: Options = {
    server: 's',
    denials: 'result',
    hideDenied: false,
    roles: {},
    ...options,
  }
  const session = new Session(world, all)
  const readers = { host: new LineReader(), server: new LineReader() }
  return {
    session,
    world,
    options: all,
    asked,
    notes,
    pins,
    out,
    async say(from, ...messages) {
      const text = messages.map((one) => typeof one === 'string' ? one : JSON.stringify(one))
      const bytes = new TextEncoder().encode(`${text.join('\n')}\n`)
      for (const line of readers[from].read(bytes)) await session.take(line, from)
      await settled()
    },
    saidTo: (side) => out[side].map((text) => JSON.parse(text)),
  }
}

/** All that could happen without the other side has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve, 0))
}

export const call = (id: string | number, name: string, args: unknown = {}): object => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args },
})
export const result = (id: string | number, value: unknown): object => ({
  jsonrpc: '2.0',
  id,
  result: value,
})
export const text = (said: string): object => ({ content: [{ type: 'text', text: said }] })

/** The two have met, and the server has these tools. */
export async function met(
  at: Stage,
  tools: readonly unknown[],
  version = '2025-06-18',
): Promise<void> {
  const hello = {
    protocolVersion: version,
    capabilities: {},
    clientInfo: { name: 'c', version: '1' },
  }
  await at.say('host', { jsonrpc: '2.0', id: 'init', method: 'initialize', params: hello })
  await at.say('server', result('init', { protocolVersion: version, capabilities: { tools: {} } }))
  await at.say('host', { jsonrpc: '2.0', method: 'notifications/initialized' })
  await at.say('host', { jsonrpc: '2.0', id: 'list', method: 'tools/list' })
  await at.say('server', result('list', { tools }))
  at.out.host.length = 0
  at.out.server.length = 0
  at.asked.length = 0
}

export const tool = (name: string, description = 'does it'): object => ({
  name,
  description,
  inputSchema: { type: 'object' },
})
