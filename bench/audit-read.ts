// What reading a million events takes: `node bench/audit-read.ts [EVENTS]`.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeTrail } from './audit-trail.ts'
import { anchorAll } from './audit-verify.ts'
import { ROOT, RUNTIMES, type Section, spread, table } from './common.ts'
import { fromSource, startServer, type Subject } from './server.ts'

const EVENTS = 1_000_000
const TIMES = 20
/** Until a server that has nothing to do has done all that it begins with. */
const SETTLE_MS = 5000

const FILTERS = [
  'agent=codex&action=deny',
  'session=session-77',
  'session=session-77&action=deny',
  'tool_call_id=call-5',
  'policy=standard&tool=exec&kind=decision&after=500000',
  'since=2026-11-01T02:00:00Z&until=2026-11-01T03:00:00Z&agent=ci',
  'agent=nobody',
]

/** Pages of fifty over HTTP, filtered, and what they cost in memory; making the index. */
export async function benchAuditRead(events = EVENTS): Promise<Section> {
  const home = mkdtempSync(join(tmpdir(), 'rampart-read-'))
  try {
    const state = join(home, '.rampart')
    makeTrail(join(state, 'audit'), events)
    await anchorAll(state, events)
    const executable = join(ROOT, 'dist/rampart')
    const command = existsSync(executable) ? [executable] : fromSource(RUNTIMES['node']!)
    const indexing = indexOnce(command, home)
    const server = await startServer(command, home)
    try {
      await sleep(SETTLE_MS)
      return await pages(server, events, indexing)
    } finally {
      await server.stop()
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

async function pages(server: Subject, events: number, indexing: number): Promise<Section> {
  // The first answer loads what answers.
  await ask(server, '/v1/status')
  const before = memoryOf(server.pid)
  let worst = 0
  const rows: string[][] = []
  for (const filter of FILTERS) {
    const times: number[] = []
    for (let count = 0; count < TIMES; count++) {
      times.push(await ask(server, `/v1/audit/events?limit=50&${filter}`))
    }
    const { p50 } = spread(times)
    worst = Math.max(worst, p50)
    rows.push([`\`events?limit=50&${filter}\``, `${p50.toFixed(1)} ms`, times[0]!.toFixed(1)])
  }
  const more = memoryOf(server.pid) - before
  rows.push(['`stats`', `${(await ask(server, '/v1/audit/stats')).toFixed(1)} ms`, ''])
  const markdown = [
    `Reading ${events} events over HTTP, p50 of ${TIMES}; the server's memory grew by ${
      more.toFixed(0)
    } MB. \`rampart audit reindex\` took ${
      indexing.toFixed(0)
    } s, which a server does beside its answers.`,
    '',
    table(['asked for', 'p50', 'first, ms'], rows),
  ].join('\n')
  return { markdown, figures: { 'audit.events': worst, 'audit.events.memory': more } }
}

function indexOnce([program = '', ...args]: readonly string[], home: string): number {
  const env = { PATH: process.env['PATH'], HOME: home, RAMPART_HOME: join(home, '.rampart') }
  const from = performance.now()
  const { status, stderr } = spawnSync(program, [...args, 'audit', 'reindex'], {
    encoding: 'utf8',
    env,
  })
  if (status !== 0) throw new Error(`reindex ended with ${status}: ${stderr}`)
  return (performance.now() - from) / 1000
}

async function ask(server: Subject, path: string): Promise<number> {
  const from = performance.now()
  const answer = await fetch(new URL(path, server.url), {
    headers: { authorization: `Bearer ${server.token}` },
  })
  await answer.arrayBuffer()
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`)
  return performance.now() - from
}

/** Resident memory in MB, where the system tells. */
function memoryOf(pid: number): number {
  const file = `/proc/${pid}/status`
  if (!existsSync(file)) return NaN
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(file, 'utf8'))?.[1]) / 1024
}

if (process.argv[1]?.endsWith('bench/audit-read.ts')) {
  const { markdown } = await benchAuditRead(Number(process.argv[2] ?? EVENTS))
  process.stdout.write(`${markdown}\n`)
}
