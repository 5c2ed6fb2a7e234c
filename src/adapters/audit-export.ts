import { join } from 'node:path'
import { trailLineOf } from '../audit/format/line.ts'
import type { Device, TrailLine } from '../audit/format/said.ts'
import { isSelected, type Selection } from '../audit/format/select.ts'
import { readEvent } from '../audit/read.ts'
import type { TrailBatch, TrailLines } from '../ports.ts'
import { type TrailFile, trailFiles } from './audit-files.ts'
import { trailFileOps } from './audit-gzip.ts'
import { type Line, linesForward, textOf } from './audit-lines.ts'
import type { FileOps, OpenFile } from './audit-ops.ts'
import { codeOf } from './safe-read.ts'

/** The trail of a directory from its first file to where its last one ends when it is reached. */
export function trailReader(
  dir: string,
  device: () => Promise<Device>,
  ops: FileOps = trailFileOps,
): TrailLines {
  return { device, lines: (selection) => readTrail(dir, selection, ops) }
}

async function* readTrail(
  dir: string,
  selection: Selection,
  ops: FileOps,
): AsyncGenerator<TrailBatch> {
  const files = await behind(dir, trailFiles(ops.list(dir)), selection.since, ops)
  const may = mayBe(selection)
  for (const [index, { name }] of files.entries()) {
    let file: OpenFile | undefined
    try {
      file = await ops.open(join(dir, name), 'read')
      const { size } = await file.stat()
      let isFirst = true
      for await (const lines of linesForward(file)) {
        const whole = lines.filter(({ end }) => end <= size)
        const batch = select(whole, selection, may, index === files.length - 1)
        // Times never go back along the chain: what follows is later still.
        if (isFirst && isBeyond(batch.first, selection.until)) return
        isFirst &&= batch.first === undefined
        if (batch.lines.length > 0 || batch.passed > 0) yield batch
        if (whole.length < lines.length) break
      }
    } catch (error) {
      // One that was pruned since it was listed holds nothing any more.
      if (file === undefined && codeOf(error) === 'ENOENT') continue
      if (codeOf(error) !== 'EBADARCHIVE') throw error
      yield { lines: [], passed: 0, unreadable: name }
    } finally {
      await file?.close()
    }
  }
}

interface Selected extends TrailBatch {
  /** When the first event of the batch was, whether it is asked for or not. */
  readonly first: string | undefined
}

function select(
  lines: readonly Line[],
  selection: Selection,
  may: (text: string) => boolean,
  isNewest: boolean,
): Selected {
  const found: TrailLine[] = []
  let passed = 0
  let first: string | undefined
  for (const line of lines) {
    // The end of the newest file may be on its way.
    if (!line.terminated && isNewest) continue
    const text = line.terminated ? textOf(line) : undefined
    if (text !== undefined && first !== undefined && !may(text)) continue
    const one = text === undefined ? undefined : trailLineOf(text)
    if (one === undefined) passed += 1
    else {
      first ??= one.event.time
      if (isSelected(one.event, selection)) found.push(one)
    }
  }
  return { lines: found, passed, first }
}

function isBeyond(first: string | undefined, until: string | undefined): boolean {
  return first !== undefined && until !== undefined && first >= until
}

/** A look at the text spares parsing it: what does not occur in it is not in the event. */
function mayBe({ since: _, until: __, ...wanted }: Selection): (text: string) => boolean {
  const texts = Object.values(wanted).filter((value) => value !== undefined)
    .map((value) => JSON.stringify(value.toWellFormed()))
  return (text) => texts.every((one) => text.includes(one))
}

/** Without the files that end before `since`: the one behind them starts no later. */
async function behind(
  dir: string,
  files: readonly TrailFile[],
  since: string | undefined,
  ops: FileOps,
): Promise<readonly TrailFile[]> {
  if (since === undefined) return files
  let low = 0
  let high = files.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const first = await firstTime(join(dir, files[middle]!.name), ops)
    if (first !== undefined && first < since) low = middle
    else high = middle - 1
  }
  return files.slice(low)
}

async function firstTime(path: string, ops: FileOps): Promise<string | undefined> {
  let file: OpenFile | undefined
  try {
    file = await ops.open(path, 'read')
    for await (const [line] of linesForward(file)) {
      const text = line === undefined ? undefined : textOf(line)
      return text === undefined ? undefined : readEvent(text)?.time
    }
  } catch {
    // Told of when it is read.
  } finally {
    await file?.close()
  }
  return undefined
}
