import { readdirSync, readlinkSync } from 'node:fs'

const MOST_FDS = 256

/** `/dev/fd/63`, and what a shell's own line takes up: `<&7`, `3>&1`. */
const NAMED = /\/(?:dev|proc\/self)\/fd\/(\d{1,3})\b|[<>]&(\d{1,3})\b/g
/** The pipe by which one make tells another how many jobs may run. */
const JOBSERVER = /--jobserver-(?:auth|fds)=(\d{1,3}),(\d{1,3})\b/g

/**
 * Descriptors beside 0, 1 and 2 that a program is to get: those that its command line or make's variable names
 * and that somebody gave us. Runtimes mark all that they inherit as their own, so nobody can ask which those are:
 * one is not ours if it is a file or a terminal, or a pipe of which we have one end only.
 */
export function namedDescriptors(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  table: ReadonlyMap<number, string> = openDescriptors(),
): number[] {
  const jobs = numbersOf(env['MAKEFLAGS'] ?? '', JOBSERVER)
  const named = [...args.flatMap((word) => numbersOf(word, NAMED)), ...jobs]
  const ends = [...table.values()]
  const isGiven = (fd: number) => {
    const target = table.get(fd)
    if (target === undefined || fd <= 2 || fd >= MOST_FDS) return false
    if (target.startsWith('/')) return true
    const count = ends.filter((other) => other === target).length
    // A jobserver is both ends of one pipe.
    const ours = jobs.includes(fd) ? jobs.filter((one) => table.get(one) === target).length : 1
    return target.startsWith('pipe:') && count === ours
  }
  return [...new Set(named)].filter(isGiven).sort((a, b) => a - b)
}

function numbersOf(text: string, pattern: RegExp): number[] {
  return [...text.matchAll(pattern)].flatMap(([, ...digits]) =>
    digits.filter((one) => one !== undefined).map(Number)
  )
}

/** What each open descriptor of this process leads to; empty where there is no `/proc`. */
function openDescriptors(): ReadonlyMap<number, string> {
  const table = new Map<number, string>()
  for (const fd of namesIn('/proc/self/fd')) {
    try {
      table.set(Number(fd), readlinkSync(`/proc/self/fd/${fd}`))
    } catch {
      // The one by which the directory was read.
    }
  }
  return table
}

function namesIn(place: string): readonly string[] {
  try {
    return readdirSync(place)
  } catch {
    return []
  }
}
