import { readdirSync, readFileSync } from 'node:fs'
import process from 'node:process'

/** The variable that marks what an execution started, by the state directory and the execution. */
export const MARK = 'RAMPART_EXECUTION'

/** Rounds of looking for what was started while the last round ended others. */
const ROUNDS = 20

/**
 * End what left its process group: everything that carries the mark, and everything in a session of these
 * leaders. What has given up its environment as well as its session is not found. Returns how many it was.
 */
export function sweep(mark: string, sessions: readonly number[], root = '/proc'): number {
  let ended = 0
  for (let round = 0; round < ROUNDS; round++) {
    const found = pidsOf(root).filter((pid) => belongs(root, pid, mark, sessions))
    if (found.length === 0) return ended
    ended += found.length
    // Stopped first, so that none of them starts another one meanwhile.
    for (const signal of ['SIGSTOP', 'SIGKILL'] as const) for (const pid of found) send(pid, signal)
  }
  return ended
}

function pidsOf(root: string): number[] {
  try {
    return readdirSync(root).filter((name) => /^\d+$/.test(name)).map(Number)
      .filter((pid) => pid > 1 && pid !== process.pid)
  } catch {
    return []
  }
}

function belongs(root: string, pid: number, mark: string, sessions: readonly number[]): boolean {
  try {
    const text = readFileSync(`${root}/${pid}/stat`, 'latin1')
    const [state, , , session] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    // A dead one waits for its parent alone.
    if (state === 'Z' || state === 'X') return false
    if (sessions.includes(Number(session))) return true
    return `\0${readFileSync(`${root}/${pid}/environ`, 'latin1')}`.includes(`\0${MARK}=${mark}`)
  } catch {
    return false
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It is gone, or not ours to end.
  }
}

/** Signal a whole process group; whether there was one. */
export function signalGroup(leader: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-leader, signal)
    return true
  } catch {
    return false
  }
}
