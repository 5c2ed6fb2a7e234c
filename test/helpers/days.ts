import type { EventDraft } from '../../src/audit/event.ts'
import { draft, faulty, NOON, type Trail } from './audit.ts'
import type { FileOps } from '../../src/adapters/audit-ops.ts'

export const DAY = 86_400_000

/** Long ago: a clock that runs ahead of the times of a directory is another matter. */
const BEGIN = NOON - 600 * DAY

/** Names of the days of `fillDays`, oldest first. */
export const dayName = (day: number): string =>
  `${new Date(BEGIN + day * DAY).toISOString().slice(0, 10)}.jsonl`

/** So many events on each of the days 0, 1, … from noon of the first, long ago; the clock stands at the last. */
export async function fillDays(
  { clock, open }: Trail,
  days: number,
  each = 3,
  change: (seq: number) => Partial<EventDraft> = () => ({}),
): Promise<void> {
  clock.set(BEGIN)
  const log = await open()
  let seq = 0
  for (let day = 0; day < days; day++) {
    if (day > 0) clock.advance(DAY)
    const time = new Date(BEGIN + day * DAY).toISOString()
    for (let made = 0; made < each; made++) await log.append([draft({ time, ...change(++seq) })])
  }
  await log.close()
}

/** A file system of a process that dies at its nth change: nothing of it works from then on. */
export function dyingAt(nth: number): { readonly ops: FileOps; readonly died: () => boolean } {
  let count = 0
  const changes = new Set(['write', 'datasync', 'remove', 'rename', 'syncDirectory', 'truncate'])
  const ops = faulty((operation, path) => {
    const isChange = changes.has(operation) || operation === 'open' && path.endsWith('.tmp')
    if (count >= nth) return 'EIO'
    if (isChange && ++count >= nth) return 'EIO'
    return undefined
  })
  return { ops, died: () => count >= nth }
}
