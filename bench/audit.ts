import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { killRounds } from './audit-kill.ts'
import { benchAuditRead } from './audit-read.ts'
import { makeTrail } from './audit-trail.ts'
import { benchAuditVerify } from './audit-verify.ts'
import { ROOT, RUNTIMES, type Section, spread, table } from './common.ts'
import { fromSource, startServer } from './server.ts'

const CALLERS = [1, 32, 256]
const SECONDS = 3
/** Others use the machine too: the quietest of so many runs counts. */
const RUNS = 3
const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? 100)
const EVENTS = 1_000_000
const STARTS = 5

/** What a durable event costs, what a kill leaves, and what a long history costs a start. */
export async function benchAudit(): Promise<Section> {
  const figures: Record<string, number> = {}
  const rate = throughput(figures)
  const kill = await killRounds(ROUNDS, RUNTIMES['node']!)
  figures['audit.kill.lost'] = kill.lost
  figures['audit.kill.broken'] = kill.broken
  const start = await startOnLong(figures)
  const verify = await benchAuditVerify()
  const read = await benchAuditRead()
  Object.assign(figures, verify.figures, read.figures)
  const { p50, p99 } = await flushes()
  const markdown = [
    `On the disk of ${tmpdir()}, which takes ${p50.toFixed(2)} ms (p50; p99 ${
      p99.toFixed(2)
    } ms) to make one line durable.`,
    '',
    rate,
    '',
    table(['kill -9 of two processes with 16 callers each', 'counted'], [
      ['rounds', String(kill.rounds)],
      ['acknowledged events', String(kill.acknowledged)],
      ['of those lost', String(kill.lost)],
      ['rounds after which the trail did not verify', String(kill.broken)],
      ['half-written lines that a start moved aside', String(kill.torn)],
    ]),
    '',
    start,
    '',
    verify.markdown,
    '',
    read.markdown,
  ].join('\n')
  return { markdown, figures }
}

function throughput(figures: Record<string, number>): string {
  const rows = Object.entries(RUNTIMES).map(([name, runtime]) => {
    const rates = CALLERS.map((callers) => {
      const best = Math.max(...Array.from({ length: RUNS }, () => rateOf(runtime, callers)))
      if (name === 'node') figures[`audit.rate.${callers}`] = best
      return best
    })
    return [name, ...rates.map(String)]
  })
  const head = ['durable events/s', ...CALLERS.map((callers) => `${callers} callers`)]
  return table(head, rows)
}

function rateOf([program = '', ...args]: readonly string[], callers: number): number {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-load-'))
  try {
    const script = join(ROOT, 'bench/audit-load.ts')
    const { stdout, stderr, status } = spawnSync(
      program,
      [...args, script, dir, String(callers), String(SECONDS)],
      { encoding: 'utf8' },
    )
    if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`)
    return Number(stdout)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** A server on a trail of a million events, and on none. */
async function startOnLong(figures: Record<string, number>): Promise<string> {
  const executable = join(ROOT, 'dist/rampart')
  const command = existsSync(executable) ? [executable] : fromSource(RUNTIMES['node']!)
  const rows: string[][] = []
  for (const events of [0, EVENTS]) {
    const home = mkdtempSync(join(tmpdir(), 'rampart-bench-'))
    try {
      const bytes = events === 0 ? 0 : makeTrail(join(home, '.rampart/audit'), events)
      const starts: number[] = []
      for (let count = 0; count < STARTS; count++) {
        const server = await startServer(command, home)
        starts.push(server.startMs)
        await server.stop()
      }
      const ms = spread(starts).p50
      if (events > 0) figures['audit.start'] = ms
      rows.push([String(events), `${Math.round(bytes / 1e6)} MB`, `${ms.toFixed(0)} ms`])
    } finally {
      rmSync(home, { recursive: true, force: true })
    }
  }
  const name = command.length === 1 ? 'dist/rampart' : 'node'
  return table(['events in the trail', 'size', `\`${name} serve\` to its first answer, p50`], rows)
}

/** What the disk itself takes for a line. */
async function flushes(): Promise<ReturnType<typeof spread>> {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-flush-'))
  const file = await open(join(dir, 'file'), 'a')
  const line = new Uint8Array(500).fill(120)
  const samples: number[] = []
  for (let count = 0; count < 500; count++) {
    const from = performance.now()
    await file.write(line)
    await file.datasync()
    samples.push(performance.now() - from)
  }
  await file.close()
  rmSync(dir, { recursive: true, force: true })
  return spread(samples)
}
