// How long test files take, so that the longest begin first and all workers end together.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const TABLE = new URL('./test-costs.json', import.meta.url)
/** Seconds of a file that the table does not name. */
const UNKNOWN = 0.5

type Costs = Record<string, Record<string, number>>

const read = (): Costs => existsSync(TABLE) ? JSON.parse(readFileSync(TABLE, 'utf8')) : {}
const costs = read()

/** Seconds of processor time that a file is likely to take: as long as on Node, if nobody knows more. */
export function costOf(runtime: string, file: string): number {
  return costs[file]?.[runtime] ?? costs[file]?.node ?? UNKNOWN
}

export interface Measured {
  readonly runtime: string
  readonly file: string
  readonly seconds: number
}

/** Keep what was measured, of the files that are there: whole seconds, since no two runs are alike. */
export function recordCosts(measured: readonly Measured[], files: readonly string[]): void {
  const next: Costs = Object.fromEntries(
    Object.entries(read()).filter(([file]) => files.includes(file)),
  )
  for (const { runtime, file, seconds } of measured) {
    const own = next[file] ??= {}
    if (Math.round(seconds) > UNKNOWN) own[runtime] = Math.round(seconds)
    else delete own[runtime]
  }
  const rows = Object.keys(next).sort().filter((file) => Object.keys(next[file]!).length > 0)
    .map((file) => `  ${JSON.stringify(file)}: ${rowOf(next[file]!)}`)
  writeFileSync(TABLE, `{\n${rows.join(',\n')}\n}\n`)
}

const rowOf = (row: Readonly<Record<string, number>>) =>
  `{ ${Object.keys(row).sort().map((name) => `${JSON.stringify(name)}: ${row[name]}`).join(', ')} }`
