import { readFileSync, readlinkSync } from 'node:fs'
import process from 'node:process'

/**
 * Names a process for as long as the machine runs: its number, when it started, and whose numbers they are.
 * A number alone is given again. Where there is no /proc, the number has to do.
 */
export function markOf(pid: number): string {
  return `${pid}-${startOf(pid) ?? 0}-${namespace()}`
}

/** Whether a name still stands for a running process; one of another container does as far as we can tell. */
export function isAlive(mark: string): boolean {
  const [, pid, start, space] = /^(\d+)-(\d+)-(\d+)$/.exec(mark) ?? []
  if (pid === undefined) return false
  if (Number(space) !== namespace()) return true
  const now = startOf(Number(pid))
  if (now !== undefined && start !== '0') return now === Number(start)
  return isThere(Number(pid))
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Fields of `/proc/PID/stat` behind the program's name, which may hold anything. */
export function statOf(pid: number | 'self'): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(')') + 2).trim().split(' ')
  } catch {
    return undefined
  }
}

/** Ticks between the start of the machine and that of the process; a dead one that is not buried counts as gone. */
function startOf(pid: number): number | undefined {
  const fields = statOf(pid)
  return fields === undefined ? undefined : fields[0] === 'Z' ? -1 : Number(fields[19])
}

function namespace(): number {
  try {
    return Number(/\[(\d+)\]/.exec(readlinkSync('/proc/self/ns/pid'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
