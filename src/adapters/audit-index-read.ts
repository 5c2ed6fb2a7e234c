import { join } from 'node:path'
import type { AuditEvent } from '../audit/event.ts'
import { readEvent } from '../audit/read.ts'
import type { AuditFilter, EventPage } from '../ports.ts'
import { matchesFilter } from './audit-filter.ts'
import type { IndexFile } from './audit-index-file.ts'
import { boundsOf, type Hit, hitsOf } from './audit-index-find.ts'
import type { Place } from './audit-index-place.ts'
import { readAt } from './audit-lines.ts'
import type { FileOps, OpenFile } from './audit-ops.ts'
import { Scan, type Stretch } from './audit-query.ts'

/** So much of the trail is looked at for one page of a text that may stand anywhere: under a second. */
export const TEXT_BYTES = 64 << 20

/** The index leads to a line that is not what it says: it is of no use. */
export class WrongIndex extends Error {}

export interface Source {
  readonly dir: string
  readonly ops: FileOps
}

/**
 * A page of events: the index for what it covers, the files themselves for what is behind it. Each event comes
 * from its line in the trail and is held against the filter again.
 */
export async function pageOf(
  source: Source,
  index: IndexFile,
  place: Place,
  filter: AuditFilter,
): Promise<EventPage> {
  const { dir, ops } = source
  const isAnywhere = filter.text !== undefined && [
    filter.id,
    filter.session,
    filter.runId,
    filter.toolCallId,
  ].every((value) => value === undefined)
  const scan = new Scan(dir, filter, ops, isAnywhere ? TEXT_BYTES : Infinity)
  if (isAnywhere) {
    await scan.read(stretchesOf(index, place, filter))
    return scan.page()
  }
  if (filter.order !== 'asc') await scan.read(place.tail)
  if (!scan.isDone) await takeHits(source, index, place, filter, scan.found)
  if (filter.order === 'asc' && !scan.isDone) await scan.read(place.tail)
  return scan.page()
}

/** The part of the trail that can hold what is asked for, as far as the index tells. */
function stretchesOf(index: IndexFile, place: Place, filter: AuditFilter): Stretch[] {
  const [low, high] = boundsOf(index, place, filter)
  const covered = place.good.map(({ name, bytes }) => ({ name, from: 0, to: bytes }))
  const lastName = place.good.at(-1)?.name
  const [first, behind] = [placeAt(index, place, low), placeAt(index, place, high)]
  const from = first === undefined ? -1 : covered.findIndex(({ name }) => name === first.name)
  const to = behind === undefined ? -1 : covered.findIndex(({ name }) => name === behind.name)
  const stretches: Stretch[] = low >= high ? [] : covered.flatMap((one, at) => {
    if (from >= 0 && at < from || to >= 0 && at > to) return []
    return [{
      name: one.name,
      from: at === from ? first!.start : one.from,
      to: at === to ? behind!.start : one.to,
    }]
  })
  const tail = high < place.next ? [] : place.tail
  // Where the covered part ends and the tail begins lies in one file, and no line between them is lost.
  return [...stretches.filter(({ name, from, to }) => name !== lastName || from < to!), ...tail]
}

function placeAt(
  index: IndexFile,
  place: Place,
  n: number,
): { readonly name: string; readonly start: number } | undefined {
  const row = n >= place.next
    ? undefined
    : index.sql('SELECT file, start FROM events WHERE n = ?').get(n)
  const file = place.good.find(({ id }) => id === row?.['file'])
  return file && { name: file.name, start: Number(row!['start']) }
}

async function takeHits(
  { dir, ops }: Source,
  index: IndexFile,
  place: Place,
  filter: AuditFilter,
  found: AuditEvent[],
): Promise<void> {
  const lines = new Lines(dir, place, ops)
  try {
    for await (const hits of hitsOf(index, place, filter, filter.limit - found.length)) {
      for (const hit of hits) {
        const event = await lines.eventOf(hit)
        if (event === undefined) throw new WrongIndex(`Row ${hit.n} is not what its line says`)
        if (matchesFilter(event, filter)) found.push(event)
        if (found.length >= filter.limit) return
      }
    }
  } finally {
    await lines.close()
  }
}

/** The events of rows, in the order that is given. */
export async function eventsAt(
  { dir, ops }: Source,
  index: IndexFile,
  place: Place,
  rows: readonly number[],
): Promise<readonly AuditEvent[]> {
  const lines = new Lines(dir, place, ops)
  const row = index.sql('SELECT n, seq, file, start, bytes FROM events WHERE n = ?')
  const events: AuditEvent[] = []
  try {
    for (const n of rows) {
      const hit = row.get(n) as unknown as Hit | undefined
      const event = hit && await lines.eventOf(hit)
      if (event === undefined) throw new WrongIndex(`Row ${n} is not what its line says`)
      events.push(event)
    }
    return events
  } finally {
    await lines.close()
  }
}

/** Lines by their places, each file opened once. */
class Lines {
  readonly #dir: string
  readonly #names: ReadonlyMap<number, string>
  readonly #ops: FileOps
  readonly #open = new Map<number, OpenFile>()

  constructor(dir: string, { good }: Place, ops: FileOps) {
    this.#dir = dir
    this.#names = new Map(good.map(({ id, name }) => [id, name]))
    this.#ops = ops
  }

  async eventOf({ file, start, bytes, seq }: Hit): Promise<AuditEvent | undefined> {
    const from = await this.#file(file)
    if (from === undefined) return undefined
    const line = await readAt(from, start, Math.min(bytes, 2 << 20))
    const event = readEvent(new TextDecoder().decode(line))
    return event?.seq === seq ? event : undefined
  }

  async close(): Promise<void> {
    for (const file of this.#open.values()) await file.close()
  }

  async #file(id: number): Promise<OpenFile | undefined> {
    const known = this.#open.get(id)
    if (known !== undefined) return known
    const name = this.#names.get(id)
    if (name === undefined) return undefined
    // Few are held at once: what is asked for lies close together or in order.
    if (this.#open.size >= 32) await this.close().finally(() => this.#open.clear())
    const file = await this.#ops.open(join(this.#dir, name), 'read')
    this.#open.set(id, file)
    return file
  }
}
