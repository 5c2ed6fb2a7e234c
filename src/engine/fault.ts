import type { Fault } from './types.ts'

/** Where a key path of the file stands; lines and columns from 1. */
export type Locate = (path: readonly PropertyKey[]) => { line: number; col: number }

/** What a file says, or everything that is wrong with it. */
export type Parsed<T> =
  | { readonly value: T; readonly locate: Locate }
  | { readonly faults: readonly Fault[] }

/** By place, equal ones once. */
export function sortFaults(faults: readonly Fault[]): Fault[] {
  const seen = new Set<string>()
  return [...faults]
    .sort((a, b) =>
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.col - b.col
    )
    .filter((fault) => {
      const id = formatFault(fault)
      return seen.has(id) ? false : (seen.add(id), true)
    })
}

/** `file:line:col: message`. */
export function formatFault({ file, line, col, message }: Fault): string {
  return `${file}:${line}:${col}: ${message}`
}
