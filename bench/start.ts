import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { type Figures, ROOT, type Section, spread, table } from './common.ts'
import { load, startServer, warmed } from './server.ts'

const RUNS = 40
const STARTS = 10
const CALLS = 100_000

/** What the executable costs to start, to hold and to keep. */
export async function benchStart(): Promise<Section> {
  const executable = join(ROOT, 'dist/rampart')
  if (!existsSync(executable)) {
    return { markdown: 'dist/rampart is not built: `npm run build` first.', figures: {} }
  }
  const home = mkdtempSync(join(tmpdir(), 'rampart-bench-'))
  const rows: string[][] = []
  const figures: Record<string, number> = {}
  try {
    // The cache is sealed with a secret of the state directory.
    wall(executable, ['init'], home, 1)
    const version = wall(executable, ['version'], home)
    const oneShot = wall(executable, ['test', 'git status'], home)
    figures['start.version'] = spread(version).p50
    figures['start.test'] = spread(oneShot).p50
    rows.push(['`rampart version`, p50 / p99', both(version)])
    rows.push(['`rampart test "git status"` from a warm cache, p50 / p99', both(oneShot)])
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
  const starts: number[] = []
  for (let i = 0; i < STARTS; i++) {
    const server = await startServer([executable])
    starts.push(server.startMs)
    await server.stop()
  }
  const serve = spread(starts).p50
  const size = statSync(executable).size / 1e6
  Object.assign(figures, { 'start.serve': serve, 'start.size': size } satisfies Figures)
  rows.push(['`rampart serve` to its first answer, p50', `${serve.toFixed(0)} ms`])
  rows.push(['size', `${size.toFixed(0)} MB`])
  const server = await startServer([executable])
  rows.push(['RSS at its first answer', mib(rss(server.pid))])
  await warmed(server)
  const idle = rss(server.pid)
  if (idle !== undefined) figures['start.rss'] = idle / 1e6
  rows.push(['RSS idle, warmed up', mib(idle)])
  await load(server, 'socket', 32, CALLS)
  rows.push([`RSS after ${CALLS} calls`, mib(rss(server.pid))])
  await server.stop()
  return { markdown: table(['dist/rampart', 'measured'], rows), figures }
}

function wall(program: string, args: readonly string[], home: string, runs = RUNS): number[] {
  const env = { PATH: process.env['PATH'], HOME: home, RAMPART_HOME: join(home, '.rampart') }
  const samples: number[] = []
  for (let i = 0; i < runs; i++) {
    const from = performance.now()
    const { status, stderr } = spawnSync(program, args, { env, cwd: home, encoding: 'utf8' })
    if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
    // The first runs fill the caches of the disk and of the policies.
    if (i >= runs / 4) samples.push(performance.now() - from)
  }
  return samples
}

function both(samples: readonly number[]): string {
  const { p50, p99 } = spread(samples)
  return `${p50.toFixed(1)} / ${p99.toFixed(1)} ms`
}

/** Resident memory in bytes, where the system tells it; proc(5). */
function rss(pid: number): number | undefined {
  try {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return line === null ? undefined : Number(line[1]) * 1024
  } catch {
    return undefined
  }
}

function mib(bytes: number | undefined): string {
  return bytes === undefined ? 'not known' : `${Math.round(bytes / 2 ** 20)} MiB`
}
