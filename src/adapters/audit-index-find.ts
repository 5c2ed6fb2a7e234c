import type { AuditFilter } from '../ports.ts'
import { cut } from '../audit/stats.ts'
import type { IndexFile } from './audit-index-file.ts'
import { type Place, stateOf } from './audit-index-place.ts'
import { idKeyOf, keyOf } from './audit-index-row.ts'

/** A row that may be what is asked for: the line it leads to says whether it is. */
export interface Hit {
  readonly n: number
  readonly seq: number
  readonly file: number
  readonly start: number
  readonly bytes: number
}

/** Rows that one statement looks at: a few ms, so that answers do not wait. */
const WINDOW = 1 << 16
const FIRST_WINDOW = 1 << 12
/** Most facets that are looked up one by one. */
const FACETS = 1000

interface Plan {
  /** The index that is walked; undefined for the rows themselves. */
  readonly by: string | undefined
  readonly where: readonly string[]
  readonly values: readonly (number | string)[]
  /** Few rows have such a key: no need to look at them in windows. */
  readonly isNarrow: boolean
}

/**
 * Rows in the order of the filter, some at a time, from the part of the index that counts. Between two pieces
 * others may work; when the index was changed meanwhile it ends with an error.
 */
export async function* hitsOf(
  index: IndexFile,
  place: Place,
  filter: AuditFilter,
  limit: number,
): AsyncGenerator<readonly Hit[]> {
  const ascending = filter.order === 'asc'
  let [low, high] = boundsOf(index, place, filter)
  const plan = planOf(index, place, filter)
  if (plan === undefined) return
  const statement = index.sql(textOf(plan, ascending))
  let width = FIRST_WINDOW
  while (low < high) {
    const from = ascending || plan.isNarrow ? low : Math.max(low, high - width)
    const to = !ascending || plan.isNarrow ? high : Math.min(high, low + width)
    const hits = statement.all(from, to, limit, ...plan.values) as unknown as Hit[]
    if (hits.length > 0) yield hits
    const last = hits.length < limit ? undefined : hits.at(-1)!.n
    if (ascending) low = last === undefined ? to : last + 1
    else high = last ?? from
    if (last === undefined) width = Math.min(WINDOW, width * 4)
    if (low < high) await breath()
    if (stateOf(index).generation !== place.generation) throw new Error('The index has changed')
  }
}

function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Numbers of rows, the first and the one behind the last, as far as order tells. */
export function boundsOf(
  index: IndexFile,
  place: Place,
  { after, order, since, until }: AuditFilter,
): [number, number] {
  let low = place.good[0]?.first ?? place.next
  let high = place.next
  const span = [low, high] as const
  if (place.seqRises && after !== undefined) {
    if (order === 'asc') low = Math.max(low, firstWith(index, span, 'seq', after + 1))
    else high = Math.min(high, firstWith(index, span, 'seq', after))
  }
  if (place.timeRises && since !== undefined) {
    low = Math.max(low, firstWith(index, span, 'at', since))
  }
  if (place.timeRises && until !== undefined) {
    high = Math.min(high, firstWith(index, span, 'at', until))
  }
  return [low, high]
}

/** The first row whose value is no smaller, where values only rise. */
function firstWith(
  index: IndexFile,
  [low, high]: readonly [number, number],
  column: 'seq' | 'at',
  value: number,
): number {
  const statement = index.sql(`SELECT ${column} AS value FROM events WHERE n = ?`)
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (Number(statement.get(middle)?.['value'] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}

function textOf({ by, where }: Plan, ascending: boolean): string {
  const hint = by === undefined ? '' : `INDEXED BY events_${by}`
  const all = ['n >= ?1', 'n < ?2', ...where].join(' AND ')
  return `SELECT n, seq, file, start, bytes FROM events ${hint} WHERE ${all}
    ORDER BY n ${ascending ? 'ASC' : 'DESC'} LIMIT ?3`
}

/** The narrowest way to what is asked for; undefined where there can be no such row. */
function planOf(index: IndexFile, place: Place, filter: AuditFilter): Plan | undefined {
  const facets = facetsOf(index, filter)
  if (facets?.length === 0) return undefined
  const where: string[] = []
  const values: (number | string)[] = []
  const also = (text: string, value: number | string) => {
    values.push(value)
    where.push(text.replace('?', `?${values.length + 3}`))
  }
  const { id, session, runId, toolCallId } = filter
  if (id !== undefined) also('id = ?', idKeyOf(id))
  if (toolCallId !== undefined) {
    also(
      'file IN (SELECT value FROM json_each(?))',
      JSON.stringify(place.good.map((row) => row.id)),
    )
    also('call = ?', keyOf(toolCallId))
  }
  if (runId !== undefined) also('run = ?', keyOf(runId))
  if (session !== undefined) also('session = ?', keyOf(session))
  const isMany = facets !== undefined && facets.length > FACETS
  if (facets !== undefined && !isMany) {
    also('facet IN (SELECT value FROM json_each(?))', JSON.stringify(facets))
  }
  const by = id !== undefined
    ? 'id'
    : toolCallId !== undefined
    ? 'call'
    : runId !== undefined
    ? 'run'
    : session !== undefined
    ? 'session'
    : facets !== undefined && !isMany
    ? 'facet'
    : undefined
  return { by, where, values, isNarrow: id !== undefined || toolCallId !== undefined }
}

/** The facets that fit, up to one more than are looked up one by one; undefined where all do. */
function facetsOf(index: IndexFile, filter: AuditFilter): readonly number[] | undefined {
  const wanted = (['agent', 'tool', 'policy', 'action', 'kind'] as const).flatMap((name) => {
    const value = filter[name]
    return value === undefined ? [] : [[name, cut(value)] as const]
  })
  if (wanted.length === 0) return undefined
  const where = wanted.map(([name]) => `${name} = ?`).join(' AND ')
  return index.sql(`SELECT id FROM facets WHERE ${where} LIMIT ${FACETS + 1}`)
    .all(...wanted.map(([, value]) => value)).map((row) => Number(row['id']))
}
