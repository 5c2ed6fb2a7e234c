import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT, RUNTIMES, type Section, spread, table } from './common.ts'
import { fromSource, load, startServer, type Subject } from './server.ts'

const CLIENTS = 200
const WARM_UP = 800
const CALLS = 1000
/** Calls a second of an ordinary day of many agents. */
const PACE = 100
const PACED = 200
const ROUNDS = 3

/** What many who watch cost those who ask. */
export async function benchStream(): Promise<Section> {
  const rows: string[][] = []
  const figures: Record<string, number> = {}
  for (const [name, runtime] of Object.entries(RUNTIMES)) {
    const server = await startServer(fromSource(runtime))
    try {
      await load(server, 'tcp', 1, WARM_UP)
      const runs = { idle: [], watched: [], pacedIdle: [], pacedWatched: [] } as Record<
        string,
        number[]
      >
      // In turns, so that what else the machine does meets both.
      for (let round = 0; round < ROUNDS; round++) {
        runs['idle']!.push(await flatOut(server))
        runs['pacedIdle']!.push(await paced(server))
        await watched(server, async () => {
          runs['watched']!.push(await flatOut(server))
          runs['pacedWatched']!.push(await paced(server))
        })
      }
      const [idle, busy, pacedIdle, pacedBusy] = ['idle', 'watched', 'pacedIdle', 'pacedWatched']
        .map((key) => spread(runs[key]!).p50) as [number, number, number, number]
      figures[`stream.${name}.flat`] = busy / idle
      figures[`stream.${name}.growth`] = pacedBusy / pacedIdle
      rows.push([
        name,
        ...[pacedIdle, pacedBusy].map((ms) => ms.toFixed(2)),
        (pacedBusy / pacedIdle).toFixed(2),
        ...[idle, busy].map((ms) => ms.toFixed(2)),
        (busy / idle).toFixed(2),
      ])
    } finally {
      await server.stop()
    }
  }
  const head = [
    'server',
    `preflight p50, ms, at ${PACE}/s`,
    `with ${CLIENTS} streams`,
    'ratio',
    'one caller flat out, p50 ms',
    `with ${CLIENTS} streams`,
    'ratio',
  ]
  return { markdown: table(head, rows), figures }
}

/** One caller after the other, each call an event for every stream; median in milliseconds. */
async function flatOut(server: Subject): Promise<number> {
  const { micros } = await load(server, 'tcp', 1, CALLS)
  return spread(micros).p50 / 1000
}

async function paced(server: Subject): Promise<number> {
  const micros: number[] = []
  const from = performance.now()
  for (let call = 0; call < PACED; call++) {
    const wait = from + call * 1000 / PACE - performance.now()
    if (wait > 0) await sleep(wait)
    micros.push(...(await load(server, 'tcp', 1, 1)).micros)
  }
  return spread(micros).p50 / 1000
}

/** The work while so many streams are open in a process of their own, each of which has to get what happens. */
async function watched(server: Subject, work: () => Promise<void>): Promise<void> {
  const [program = '', ...flags] = RUNTIMES['node']!
  const argv = [...flags, join(ROOT, 'bench/stream-clients.ts'), server.url.port, server.token]
  const child = spawn(program, [...argv, String(CLIENTS)], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdout.setEncoding('utf8')
  const [said] = await once(child.stdout, 'data') as [string]
  if (said !== 'open\n') throw new Error(`the streams say ${said}`)
  await work()
  child.stdin.end()
  const [bytes] = await once(child.stdout, 'data') as [string]
  const least = CLIENTS * (CALLS + PACED) * 300
  if (!(Number(bytes) > least)) throw new Error(`the streams got ${bytes.trim()} bytes only`)
  await once(child, 'exit')
}
