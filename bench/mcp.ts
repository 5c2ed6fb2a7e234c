import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Figures, RUNTIMES, type Section, type Spread, spread, table } from './common.ts'
import { shipped, startServer, warmed } from './server.ts'

const ROUNDS = 500
const WARM = 100

/** A server that answers at once: what is measured is the way to it. */
const SERVER = `
import { createInterface } from 'node:readline'
const say = (id, result) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n')
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line)
  if (method === 'initialize') say(id, { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } })
  else if (method === 'tools/list') say(id, { tools: [{ name: 'get_note', inputSchema: { type: 'object' } }] })
  else if (id !== undefined) say(id, { content: [{ type: 'text', text: 'a note of a few words' }] })
})
`

/** What a call of a tool and a message that nobody is asked about cost more through `rampart mcp`. */
export async function benchMcp(): Promise<Section> {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-bench-mcp-'))
  const node = RUNTIMES.node!
  const server = await startServer(shipped())
  await warmed(server)
  const script = join(dir, 'server.mjs')
  writeFileSync(script, SERVER)
  const home = dirname(dirname(server.socket))
  const plain = start([...node, script], home)
  const governed = start([...shipped(), 'mcp', '--', ...node, script], home)
  try {
    const rows: string[][] = []
    const figures: Record<string, number> = {}
    for (const one of [plain, governed]) {
      await one.call('initialize', { protocolVersion: '2025-06-18' })
    }
    for (const [name, method] of [['call', 'tools/call'], ['pass', 'ping']] as const) {
      const params = method === 'ping' ? {} : { name: 'get_note', arguments: { title: 'a' } }
      const [direct, through] = await inTurn([plain, governed], method, params)
      const added = through!.p50 - direct!.p50
      Object.assign(figures, {
        [`mcp.${name}.p50`]: added,
        [`mcp.${name}.p99`]: through!.p99 - direct!.p99,
      })
      const ms = (value: number) => value.toFixed(2)
      rows.push([
        method,
        ms(direct!.p50),
        ms(direct!.p99),
        ms(through!.p50),
        ms(through!.p99),
        ms(added),
      ])
    }
    const head = ['ms', 'direct p50', 'p99', 'through `rampart mcp` p50', 'p99', 'added at p50']
    const note =
      'A call is decided before it goes on, its audit event on disk. Its answer is looked through for the kinds that ' +
      'rules of `standard` name (`response_holds`) by the proxy itself, and asked about only where it holds one, or ' +
      'where a rule has `response_matches`; the answers here hold none.'
    return { markdown: `${table(head, rows)}\n\n${note}`, figures: figures as Figures }
  } finally {
    await Promise.all([plain.end(), governed.end()])
    await server.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

interface Peer {
  call(method: string, params: unknown): Promise<void>
  end(): Promise<void>
}

async function inTurn(peers: readonly Peer[], method: string, params: unknown): Promise<Spread[]> {
  const samples: number[][] = peers.map(() => [])
  for (let round = 0; round < ROUNDS + WARM; round++) {
    for (const [at, peer] of peers.entries()) {
      const from = performance.now()
      await peer.call(method, params)
      if (round >= WARM) samples[at]!.push(performance.now() - from)
    }
  }
  return samples.map(spread)
}

function start(command: readonly string[], home: string): Peer {
  const [program = '', ...args] = command
  const env = { PATH: process.env['PATH'], HOME: tmpdir(), RAMPART_HOME: home }
  const child: ChildProcess = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'inherit'] })
  let id = 0
  let heard = (_line: string) => {}
  createInterface({ input: child.stdout! }).on('line', (line) => heard(line))
  return {
    call: (method, params) =>
      new Promise((resolve, reject) => {
        const wanted = ++id
        heard = (line) => {
          const answer = JSON.parse(line) as {
            id?: number
            error?: unknown
            result?: { isError?: boolean }
          }
          if (answer.id !== wanted) return
          if (answer.error !== undefined || answer.result?.isError) reject(new Error(line))
          else resolve()
        }
        child.stdin!.write(`${JSON.stringify({ jsonrpc: '2.0', id: wanted, method, params })}\n`)
      }),
    end: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.stdin!.end()
      }),
  }
}
