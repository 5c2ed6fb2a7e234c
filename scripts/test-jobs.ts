// What `npm test` runs: one job is one process, with a few test files on one runtime.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

export interface Job {
  readonly label: string
  readonly command: string
  readonly argv: readonly string[]
  /** Absent where the job is no test. */
  readonly tests?: {
    readonly runtime: string
    readonly files: readonly string[]
    /** Its temporary files may lie in memory. */
    readonly quick: boolean
  }
}

const bin = (name: string) => join(root, 'node_modules', '.bin', name)
const deno = join(root, 'node_modules', 'deno', 'deno')

export const CHECKS: readonly Job[] = [
  { label: 'types', command: bin('tsc'), argv: ['-p', '.'] },
  { label: 'format', command: deno, argv: ['fmt', '--check', '--quiet'] },
  { label: 'lint', command: deno, argv: ['lint', '--quiet'] },
]

interface Runner {
  readonly command: string
  readonly argv: readonly string[]
  /** Files a process: Node runs one script; the others need not read the sources again for the next. */
  readonly files: number
}

const RUNNERS: Readonly<Record<string, Runner>> = {
  node: { command: bin('node'), argv: ['--test-reporter=dot'], files: 1 },
  bun: { command: bin('bun'), argv: ['test', '--timeout=120000', '--only-failures'], files: 8 },
  deno: { command: deno, argv: ['test', '-A', '--no-check', '--quiet'], files: 8 },
}
export const RUNTIMES: readonly string[] = Object.keys(RUNNERS)

/** Rooms that start processes, dearest first: what takes long begins early, so that all end together. */
const DEAR = ['docs', 'e2e', 'dashboard', 'cli', 'clients', 'detection', 'adapters', 'engine']
/** Of these rooms each file is a job: some take as long as all of a cheap one. */
const ALONE = DEAR.slice(0, 3)

/**
 * Tests of whether something is flushed, not of how long a disk takes for it. Elsewhere paths are judged,
 * and those below /dev are special to Rampart.
 */
const QUICK = /^test\/adapters\/(?:audit|sink|store|database|state|notif|grants)/

const roomOf = (file: string) => file.split('/')[1] ?? ''

/** Jobs in the order to start them; `alone` gives each file a process of its own. */
export function jobsOf(
  runtimes: readonly string[],
  files: readonly string[],
  alone: boolean,
): readonly Job[] {
  const rooms = [...DEAR.map((room) => files.filter((file) => roomOf(file) === room))]
  rooms.push(files.filter((file) => !DEAR.includes(roomOf(file))))
  return rooms.flatMap((own) =>
    runtimes.flatMap((runtime) => {
      const size = alone || ALONE.includes(roomOf(own[0] ?? '')) ? 1 : RUNNERS[runtime]!.files
      return [true, false].flatMap((quick) =>
        parts(own.filter((file) => QUICK.test(file) === quick), size).map((part) =>
          jobOf(runtime, part, quick)
        )
      )
    })
  )
}

function parts(list: readonly string[], size: number): readonly (readonly string[])[] {
  const count = Math.ceil(list.length / size)
  return Array.from({ length: count }, (_, at) => list.slice(at * size, (at + 1) * size))
}

function jobOf(runtime: string, files: readonly string[], quick: boolean): Job {
  const { command, argv } = RUNNERS[runtime]!
  const more = files.length > 1 ? ` and ${files.length - 1} more` : ''
  return {
    label: `${runtime} ${files[0]}${more}`,
    command,
    argv: [...argv, ...files.map((file) => `./${file}`)],
    tests: { runtime, files, quick },
  }
}

/** How many tests passed and how many were skipped, by what the runtime printed. */
export function countOf(
  runtime: string,
  output: string,
): { readonly passed: number; readonly skipped: number } {
  // The `dot` reporter prints a dot a test and no summary; the other two print one.
  if (runtime === 'node') {
    const dots = output.split('\n').filter((line) => /^[.X]+$/.test(line)).join('')
    return { passed: dots.length, skipped: 0 }
  }
  const number = (pattern: RegExp) => Number(pattern.exec(output)?.[1] ?? 0)
  return runtime === 'bun'
    ? { passed: number(/^\s*(\d+) pass$/m), skipped: number(/^\s*(\d+) skip$/m) }
    : { passed: number(/(\d+) passed/), skipped: number(/(\d+) ignored/) }
}
