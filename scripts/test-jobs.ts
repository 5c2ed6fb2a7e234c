// What `npm test` runs: one job is one process, with some test files on one runtime.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { costOf } from './test-costs.ts'

export const root = fileURLToPath(new URL('..', import.meta.url))

export interface Job {
  readonly label: string
  readonly command: string
  readonly argv: readonly string[]
  /** Seconds that it is likely to take. */
  readonly cost: number
  /** Absent where the job is no test. */
  readonly tests?: {
    readonly runtime: string
    readonly files: readonly string[]
    /** Its temporary files may lie in memory. */
    readonly quick: boolean
  }
}

export const bin = (name: string): string => join(root, 'node_modules', '.bin', name)
const deno = join(root, 'node_modules', 'deno', 'deno')

export const CHECKS: readonly Job[] = [
  { label: 'types', command: bin('tsc'), argv: ['-p', '.'], cost: 20 },
  { label: 'format', command: deno, argv: ['fmt', '--check', '--quiet'], cost: 5 },
  { label: 'lint', command: deno, argv: ['lint', '--quiet'], cost: 8 },
]

interface Runner {
  readonly command: string
  readonly argv: readonly string[]
  /** The option with the file into which it writes what became of each test. */
  readonly reports: (file: string) => readonly string[]
}

/** All three run the files of a job in one process, so that the sources are read once for all of them. */
const RUNNERS: Readonly<Record<string, Runner>> = {
  node: {
    command: bin('node'),
    argv: [
      '--test',
      '--test-isolation=none',
      '--test-reporter=dot',
      '--test-reporter-destination=stdout',
    ],
    reports: (file) => ['--test-reporter=junit', `--test-reporter-destination=${file}`],
  },
  bun: {
    command: bin('bun'),
    argv: ['test', '--timeout=300000', '--only-failures'],
    reports: (file) => ['--reporter=junit', `--reporter-outfile=${file}`],
  },
  deno: {
    command: deno,
    argv: ['test', '-A', '--no-check', '--quiet'],
    reports: (file) => [`--junit-path=${file}`],
  },
}
export const RUNTIMES: readonly string[] = Object.keys(RUNNERS)

/** Seconds and files of a job: enough that starting it costs little, few enough that all end together. */
const JOB_COST = 12
const JOB_FILES = 16

/**
 * Tests of whether something is flushed, not of how long a disk takes for it. Elsewhere paths are judged,
 * and those below /dev are special to Rampart.
 */
const QUICK = /^test\/adapters\/(?:audit|sink|store|database|state|notif|grants)/

const roomOf = (file: string) => file.split('/')[1] ?? ''

/** Jobs in the order to start them, longest first; `alone` gives each file a process of its own. */
export function jobsOf(
  runtimes: readonly string[],
  filesOn: (runtime: string) => readonly string[],
  alone: boolean,
): readonly Job[] {
  const jobs = runtimes.flatMap((runtime) => {
    const kinds = Map.groupBy(filesOn(runtime), (file) => `${roomOf(file)} ${QUICK.test(file)}`)
    return [...kinds.values()].flatMap((files) =>
      parts(runtime, files, alone ? 1 : JOB_FILES).map((part) => jobOf(runtime, part))
    )
  })
  return jobs.toSorted((a, b) => b.cost - a.cost)
}

/** Neighbours together, as long as that makes no long job: they import much the same. */
function parts(runtime: string, files: readonly string[], most: number): readonly string[][] {
  const full: string[][] = []
  let part: string[] = []
  let cost = 0
  for (const file of files) {
    const own = costOf(runtime, file)
    if (part.length === most || (part.length > 0 && cost + own > JOB_COST)) {
      full.push(part)
      part = []
      cost = 0
    }
    part.push(file)
    cost += own
  }
  return part.length > 0 ? [...full, part] : full
}

function jobOf(runtime: string, files: readonly string[]): Job {
  const { command, argv } = RUNNERS[runtime]!
  const more = files.length > 1 ? ` and ${files.length - 1} more` : ''
  return {
    label: `${runtime} ${files[0]}${more}`,
    command,
    argv,
    cost: files.reduce((sum, file) => sum + costOf(runtime, file), 0),
    tests: { runtime, files, quick: QUICK.test(files[0]!) },
  }
}

/** The words after the command, with a report of each test in `file`. */
export function argvOf({ argv, tests }: Job, file: string): readonly string[] {
  if (tests === undefined) return argv
  const { reports } = RUNNERS[tests.runtime]!
  return [...argv, ...reports(file), ...tests.files.map((one) => `./${one}`)]
}

/**
 * What `npm test` leaves to CI on Bun and Deno; Node runs everything, and CI runs everything everywhere
 * (`npm test -- --whole`). These rooms start programs over and over: ours, whose code the other rooms meet
 * on all three, or those in C, which the runtime of their test does not change; or they read some ten
 * thousand lines with the pure code that test/engine and test/intercept hold on all three.
 */
const DEAR = ['bench', 'dashboard', 'detection', 'e2e', 'fuzz', 'policies', 'preload', 'shim']
/** Single files of that kind: many processes at one trail or one store, or every command with every text. */
const DEAR_FILES = [
  ...['audit-matrix', 'audit-processes', 'overlay', 'sink-kill', 'store-processes']
    .map((name) => `test/adapters/${name}.test.ts`),
  ...['answers', 'audit-proof', 'audit-prune'].map((name) => `test/cli/${name}.test.ts`),
]
/** Of the dear ones, what a runtime itself may get wrong: serving, streams, state on disk, signals. */
const MEANT = ['kill', 'readers', 'serve', 'stream'].map((name) => `test/e2e/${name}.test.ts`)

export function isLeftToCi(runtime: string, file: string): boolean {
  const isDear = DEAR.includes(roomOf(file)) || DEAR_FILES.includes(file)
  return runtime !== 'node' && isDear && !MEANT.includes(file)
}
