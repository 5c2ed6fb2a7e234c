import process from 'node:process'

let callers: number | undefined

/** From now on what we write is ours alone. */
export function closeUmask(): void {
  callers ??= process.umask(0o077)
}

/** Start a program of the caller's: what it writes is as open as the caller wants it. */
export function withCallersUmask<T>(start: () => T): T {
  if (callers === undefined) return start()
  const ours = process.umask(callers)
  try {
    return start()
  } finally {
    process.umask(ours)
  }
}

/** The mode of a new file as the caller would make it. */
export function callersFileMode(): number {
  return 0o666 & ~(callers ?? 0o022)
}
