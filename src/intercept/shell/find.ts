import type { Effect, Touched } from './effects.ts'
import type { Field } from './words.ts'

/** `find` looks into its starting points and, with `-delete`, deletes below them. */
export function findEffects(fields: readonly Field[]): Touched {
  // To look for names is not to read what is in the files.
  const effects: Effect[] = []
  for (let i = 1; i < fields.length; i++) {
    const { text } = fields[i]!
    if (!text.startsWith('-')) continue
    const file = fields[i + 1]
    if (text === '-delete') {
      const access = isFiltered(fields) ? 'write' : 'delete'
      for (const field of startsOf(fields)) effects.push({ kind: 'path', access, field })
    }
    if (/^-f(?:print|print0|printf|ls)$/.test(text) && file !== undefined) {
      effects.push({ kind: 'path', access: 'write', field: file })
    }
  }
  return { effects, complete: true }
}

function startsOf(fields: readonly Field[]): readonly Field[] {
  let at = 1
  while (/^-(?:[HLP]|O\d)$/.test(fields[at]?.text ?? '')) at++
  const starts: Field[] = []
  while (at < fields.length && !/^(?:-.|[(!,])/.test(fields[at]!.text)) starts.push(fields[at++]!)
  return starts
}

const FILTER =
  /^-(?:i?name|i?path|i?wholename|i?regex|[acm](?:time|min)|newer.*|maxdepth|size|empty|user|uid|group|gid|perm|inum|links|lname|samefile|nouser|nogroup)$/

/** Names that are found near the top stand for all below them to who deletes them. */
const DEEP = new RegExp(FILTER.source.replace('maxdepth|', ''))

/** Whether it takes less than everything below its starting points. */
function isFiltered(fields: readonly Field[], filter = FILTER): boolean {
  return fields.some(({ text }, i) =>
    filter.test(text) && !/^(?:!|-not)$/.test(fields[i - 1]?.text ?? '')
  )
}

/** What `{}` may stand for: the starting points, or names below them; undefined where none is clear. */
export function foundBy(fields: readonly Field[]): string | undefined {
  const starts = startsOf(fields).map(({ text }) => text)
  if (starts.length === 0 || starts.length > 8) return undefined
  const rooted = starts.every((start) => /^[/~]/.test(start))
  if (!isFiltered(fields, DEEP)) return rooted ? starts.join(' ') : undefined
  const name = fields.findIndex(({ text }) => /^-i?name$/.test(text))
  const pattern = fields[name + 1]?.text
  if (name < 0 || pattern === undefined || starts.length > 1) return undefined
  // A pattern says little of names anywhere, and something of those in one directory.
  if (/[*?[]/.test(pattern) && !(rooted && /^~?\/\S/.test(starts[0]!))) return undefined
  return `${starts[0]!.replace(/\/$/, '')}/…/…/${pattern}`
}
