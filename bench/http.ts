import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, RUNTIMES, type Section, spread, table } from './common.ts'
import { rawRate } from './raw-load.ts'
import { BODY, fromSource, load, startServer, type Subject } from './server.ts'

const WARM_UP = 2000
const CALLS = 5000
const RAW_CALLS = 20_000

/** Enforced preflights with durable audit, on every runtime, over both transports. */
export async function benchHttp(): Promise<Section> {
  const rows: string[][] = []
  const rates: string[][] = []
  let best = 0
  for (const [name, command] of subjects()) {
    const server = await startServer(command)
    try {
      for (const over of ['tcp', 'socket'] as const) {
        for (const connections of [1, 32]) {
          await load(server, over, connections, WARM_UP)
          const { micros, seconds } = await load(server, over, connections, CALLS)
          const { p50, p99 } = spread(micros)
          rows.push([
            name,
            over,
            String(connections),
            (p50 / 1000).toFixed(2),
            (p99 / 1000).toFixed(2),
            String(Math.round(CALLS / seconds)),
          ])
        }
      }
      const rate = await bestRate(server)
      best = Math.max(best, rate)
      rates.push([name, String(Math.round(rate))])
    } finally {
      await server.stop()
    }
  }
  const head = ['server', 'over', 'connections', 'p50 ms', 'p99 ms', 'calls/s']
  const markdown = [
    table(head, rows),
    '',
    'The same with a caller that costs little itself, 32 connections over the unix socket, the best of three:',
    '',
    table(['server', 'calls/s'], rates),
  ].join('\n')
  return { markdown, figures: { 'http.best': best } }
}

async function bestRate(server: Subject): Promise<number> {
  let best = 0
  for (let run = 0; run < 3; run++) {
    best = Math.max(best, await rawRate(server, 'socket', 32, RAW_CALLS, BODY))
  }
  return best
}

function subjects(): [string, string[]][] {
  const list: [string, string[]][] = Object.entries(RUNTIMES)
    .map(([name, runtime]) => [name, fromSource(runtime)])
  const executable = join(ROOT, 'dist/rampart')
  if (existsSync(executable)) list.push(['dist/rampart', [executable]])
  return list
}
