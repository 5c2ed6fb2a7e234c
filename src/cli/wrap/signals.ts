import { closeSync, openSync } from 'node:fs'
import { constants } from 'node:os'
import process from 'node:process'
import { statOf } from './process-mark.ts'

/** What others send to end, wake or tell a program. */
const FORWARDED = [
  'SIGINT',
  'SIGQUIT',
  'SIGTERM',
  'SIGHUP',
  'SIGUSR1',
  'SIGUSR2',
  'SIGCONT',
] as const
/** What a terminal sends to all who are in its foreground. */
const TYPED: readonly string[] = ['SIGINT', 'SIGQUIT']

/** Whether this process has a terminal, be its input and output what they may. */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r+'))
    return true
  } catch {
    return false
  }
}

/**
 * From now on signals end the child and not us. With a terminal the child is in our own group: what is typed
 * reaches it from the kernel, the rest goes to the child. Without one it leads a group, and all of that gets it.
 */
export function forwardSignals(
  child: () => number | undefined,
  isLeader: boolean,
): { readonly stop: () => void } {
  const listeners = FORWARDED.map((signal) => {
    const listener = () => {
      const pid = child()
      if (pid === undefined || TYPED.includes(signal) && !isLeader && isInForeground()) return
      send(isLeader ? -pid : pid, signal) || isLeader && send(pid, signal)
    }
    process.on(signal, listener)
    return { signal, listener }
  })
  return { stop: () => listeners.forEach(({ signal, listener }) => process.off(signal, listener)) }
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal)
    return true
  } catch {
    return false
  }
}

/** Whether the terminal counts our group as its foreground: then what is typed came to the child as well. */
function isInForeground(): boolean {
  const fields = statOf('self')
  return fields === undefined || fields[2] === fields[5]
}

/** Aborted by the first signal that asks us to end; `code` is then what a shell says of it. */
export function untilSignal(): {
  readonly signal: AbortSignal
  readonly code: () => number | undefined
  readonly stop: () => void
} {
  const abort = new AbortController()
  let code: number | undefined
  const listeners = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => {
    const listener = () => {
      code ??= 128 + constants.signals[signal]
      abort.abort()
    }
    process.on(signal, listener)
    return { signal, listener }
  })
  return {
    signal: abort.signal,
    code: () => code,
    stop: () => listeners.forEach(({ signal, listener }) => process.off(signal, listener)),
  }
}
