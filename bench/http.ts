import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
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
  const figures: Record<string, number> = {}
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
      rates.push(await beside(name, server, figures))
    } finally {
      await server.stop()
    }
  }
  const head = ['server', 'over', 'connections', 'p50 ms', 'p99 ms', 'calls/s']
  const markdown = [
    table(head, rows),
    '',
    'The same with a caller that costs little itself, 32 connections over the unix socket, the best of three; beside ' +
    'it a bare hono app that reads the body and writes it back, on the same runtime and listener, the two in turn:',
    '',
    table(['server', 'calls/s', 'bare hono', 'ratio'], rates),
  ].join('\n')
  return { markdown, figures }
}

/** The rates of a server and of one that does nothing, in turn, so that what the machine does meets both. */
async function beside(
  name: string,
  server: Subject,
  figures: Record<string, number>,
): Promise<string[]> {
  const runtime = RUNTIMES[name] ?? RUNTIMES['bun']!
  const echo = await startEcho(runtime)
  try {
    let [ours, bare] = [0, 0]
    for (let run = 0; run < 3; run++) {
      ours = Math.max(ours, await rawRate(server, 32, RAW_CALLS, BODY))
      bare = Math.max(bare, await rawRate(echo, 32, RAW_CALLS, BODY))
    }
    figures[`http.${name}.rate`] = ours
    figures[`http.${name}.ratio`] = ours / bare
    figures['http.best'] = Math.max(figures['http.best'] ?? 0, ours)
    return [name, ...[ours, bare].map((rate) => String(Math.round(rate))), (ours / bare).toFixed(2)]
  } finally {
    echo.stop()
  }
}

async function startEcho([program = '', ...args]: readonly string[]) {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-bench-'))
  const socket = join(dir, 'echo.sock')
  const child = spawn(program, [...args, join(ROOT, 'bench/echo.ts'), socket], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const stop = () => {
    child.stdin.end()
    rmSync(dir, { recursive: true, force: true })
  }
  return { socket, token: '', stop }
}

function subjects(): [string, string[]][] {
  const list: [string, string[]][] = Object.entries(RUNTIMES)
    .map(([name, runtime]) => [name, fromSource(runtime)])
  const executable = join(ROOT, 'dist/rampart')
  if (existsSync(executable)) list.push(['dist/rampart', [executable]])
  return list
}
