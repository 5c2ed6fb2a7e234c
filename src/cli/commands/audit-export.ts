import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { trailReader } from '../../adapters/audit-export.ts'
import { systemClock } from '../../adapters/clock.ts'
import { messageOf } from '../../adapters/database-wal.ts'
import { deviceOf } from '../../adapters/device.ts'
import { FORMAT_NAMES, type FormatName } from '../../audit/format/names.ts'
import { momentOf, type Selection } from '../../audit/format/select.ts'
import { FORMATS } from '../../audit/format/table.ts'
import { jsonShown } from '../../audit/format/text.ts'
import { RampartError } from '../../errors.ts'
import { type Invocation, textFlag } from '../command.ts'
import { places } from '../config.ts'
import { isTerminal, type Output, safe } from '../output.ts'
import { trailOf } from '../trail.ts'
import { VERSION } from '../version.ts'

/** The events of a trail as a file, a little of it in memory at a time; no server is needed. */
export async function run(invocation: Invocation): Promise<number> {
  const { operands, out } = invocation
  const dir = await trailOf(invocation, operands[0])
  const format = FORMAT_NAMES.find((name) => name === textFlag(invocation, 'format')) ?? 'jsonl'
  const selection = selectionOf(invocation)
  const file = textFlag(invocation, 'out')
  const tally = { events: 0, passed: 0, unreadable: [] as string[] }
  const pieces = piecesOf(invocation, dir, format, selection, tally)
  if (file === undefined || file === '-') await print(pieces, format, out)
  else {
    await save(pieces, file)
    out.note(safe`${tally.events} events are in ${file}`)
  }
  if (tally.passed > 0) out.note(safe`${tally.passed} lines are no events and were left out`)
  for (const name of tally.unreadable) out.note(safe`${join(dir, name)} cannot be read`)
  const isWhole = tally.passed === 0 && tally.unreadable.length === 0
  if (!isWhole) out.note(safe`Next: rampart audit verify ${dir}`)
  return isWhole ? 0 : 1
}

const FILTERS = ['agent', 'session', 'run', 'tool', 'decision', 'policy', 'kind'] as const

function selectionOf(invocation: Invocation): Selection {
  const now = systemClock().now()
  return {
    since: moment(invocation, 'since', now),
    until: moment(invocation, 'until', now),
    ...Object.fromEntries(FILTERS.map((name) => [name, textFlag(invocation, name)])),
  }
}

function moment(invocation: Invocation, name: string, now: number): string | undefined {
  const text = textFlag(invocation, name)
  if (text === undefined) return undefined
  const found = momentOf(text, now)
  if (found !== undefined) return found
  const wanted = 'expected a day, a time (RFC 3339), or how long ago, such as 24h or 7d'
  throw new RampartError('usage', `--${name} "${text}": ${wanted}`)
}

async function* piecesOf(
  { environment }: Invocation,
  dir: string,
  format: FormatName,
  selection: Selection,
  tally: { events: number; passed: number; unreadable: string[] },
): AsyncGenerator<string> {
  const { head, encode } = FORMATS[format]
  const reader = trailReader(dir, () => deviceOf(places(environment.home).keys, VERSION))
  const device = await reader.device()
  if (head !== '') yield head
  for await (const { lines, passed, unreadable } of reader.lines(selection)) {
    tally.events += lines.length
    tally.passed += passed
    if (unreadable !== undefined) tally.unreadable.push(unreadable)
    if (lines.length > 0) yield lines.map((line) => encode(line, device)).join('')
  }
}

/** On a person's terminal JSON says what cannot be seen in escapes: another text of the same values. */
async function print(
  pieces: AsyncIterable<string>,
  format: FormatName,
  out: Output,
): Promise<void> {
  const isJson = format === 'jsonl' || format === 'ocsf'
  for await (const piece of pieces) {
    const lines = isJson && isTerminal() ? piece.split('\n').map(jsonShown).join('\n') : piece
    out.verbatim(lines)
    await out.drained()
  }
}

/** Into a file beside it first: a file of that name is whole, or the old one. */
async function save(pieces: AsyncIterable<string>, path: string): Promise<void> {
  const made = join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}.tmp`)
  let file: FileHandle | undefined
  try {
    file = await open(made, 'wx', 0o600)
    for await (const piece of pieces) await file.writeFile(piece)
    await file.sync()
    await file.close()
    file = undefined
    await rename(made, path)
  } catch (error) {
    await file?.close()
    await rm(made, { force: true })
    const detail = `Cannot write ${path}: ${messageOf(error)}`
    throw error instanceof RampartError
      ? error
      : new RampartError('state_unusable', detail, { cause: error })
  }
}
