// One job of `npm test` as a process: what it printed, what it cost, and an end for all that it started.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { argvOf, type Job, root } from './test-jobs.ts'
import type { Place } from './test-place.ts'
import { type Case, casesOf } from './test-report.ts'

/** Longest that one job may take. */
const JOB_MINUTES = 8
/** What Linux counts by. */
const TICKS_PER_SECOND = 100

export interface Ran {
  readonly job: Job
  readonly status: number | string | null
  readonly output: string
  readonly cases: readonly Case[]
  /** By the clock on the wall. */
  readonly seconds: number
  /** Processor time of it and of what it waited for; 0 where the system does not say. */
  readonly cpu: number
}

/** What still runs, each the leader of a group with all that it started: a failure ends them all. */
const children = new Set<ChildProcess>()
let jobs = 0

/** Run a job to its end; what hangs is ended, and told with all that it printed. */
export async function runJob(job: Job, place: Place): Promise<Ran> {
  const started = performance.now()
  let cpu = 0
  const report = join(place.dir, `report-${++jobs}.xml`)
  const child = spawn(job.command, argvOf(job, report), {
    cwd: root,
    env: place.envOf(job.tests?.quick === true) as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  children.add(child)
  child.on('exit', () => {
    cpu = cpuSinceLast()
    // What a test left running ends with it, and holds no pipe open.
    killGroup(child)
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => void (output += text))
  }
  const hung = setTimeout(() => {
    output += `\nStopped: it takes longer than ${JOB_MINUTES} minutes\n`
    killGroup(child)
  }, JOB_MINUTES * 60_000)
  const status = await new Promise<number | string | null>((resolve, reject) =>
    child.on('error', reject).on('close', (code, signal) => resolve(signal ?? code))
  )
  clearTimeout(hung)
  children.delete(child)
  const cases = existsSync(report) ? casesOf(readFileSync(report, 'utf8')) : []
  rmSync(report, { force: true })
  return { job, status, output, cases, seconds: (performance.now() - started) / 1000, cpu }
}

let counted = 0

/** Processor time of what has ended since the last call: the one that ends now, with all it waited for. */
function cpuSinceLast(): number {
  if (!existsSync('/proc/self/stat')) return 0
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)!.split(' ')
  // cutime and cstime of proc(5).
  const all = (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND
  const since = all - counted
  counted = all
  return since
}

export function killAll(): void {
  for (const child of children) killGroup(child)
}

function killGroup({ pid }: ChildProcess): void {
  try {
    process.kill(-pid!, 'SIGKILL')
  } catch {
    // Gone by itself.
  }
}
