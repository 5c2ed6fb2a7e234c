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
      // What stands behind it is asked when it is too late.
      const before = fields.slice(0, i)
      const access = isFiltered(before) ? 'write' : 'delete'
      for (const field of startsOf(before)) effects.push({ kind: 'path', access, field })
      if (access === 'write') effects.push(...deletedBy(before))
    }
    if (/^-f(?:print|print0|printf|ls)$/.test(text) && file !== undefined) {
      effects.push({ kind: 'path', access: 'write', field: file })
    }
  }
  return { effects, complete: true }
}

/** The names that a filtered `-delete` is about. */
function deletedBy(fields: readonly Field[]): readonly Effect[] {
  const text = foundBy(fields)
  const [start] = startsOf(fields)
  if (text === undefined || start === undefined) return []
  const glob = /[*?[]/.test(text)
  return [{ kind: 'path', access: 'delete', field: { ...start, text, known: false, glob } }]
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

/** Patterns that every name meets, which take nothing away. */
const ALL: readonly (readonly [option: RegExp, pattern: RegExp])[] = [
  [/^-i?name$/, /^[*?]*\*[*?]*$/],
  [/^-i?(?:path|wholename)$/, /^[*?/]*\*[*?/]*$/],
  [/^-i?regex$/, /^\^?\/?\(?\.[*+]\)?\$?$/],
]

const OR = /^(?:-o|-or|,)$/

/** Whether it takes less than everything below its starting points, on each side of every `-o`. */
function isFiltered(fields: readonly Field[], filter = FILTER): boolean {
  let filtered = false
  for (const [i, { text }] of fields.entries()) {
    if (OR.test(text)) {
      if (!filtered) return false
      filtered = false
    } else filtered ||= filter.test(text) && !isNegated(fields, i) && !takesAll(fields, i)
  }
  return filtered
}

function isNegated(fields: readonly Field[], at: number): boolean {
  return /^(?:!|-not)$/.test(fields[at - 1]?.text ?? '')
}

function takesAll(fields: readonly Field[], at: number): boolean {
  const { text } = fields[at]!
  const pattern = fields[at + 1]?.text ?? ''
  return ALL.some(([option, all]) => option.test(text) && all.test(pattern))
}

/** What `{}` may stand for: the starting points, or names below them; undefined where none is clear. */
export function foundBy(fields: readonly Field[]): string | undefined {
  const starts = startsOf(fields).map(({ text }) => text)
  if (starts.length === 0 || starts.length > 8) return undefined
  const rooted = starts.every((start) => /^[/~]/.test(start))
  if (!isFiltered(fields, DEEP)) return rooted ? starts.join(' ') : undefined
  const start = starts[0]!.replace(/\/$/, '')
  const name = nameOf(fields)
  if (name === undefined || starts.length > 1) return undefined
  // A pattern says little of names anywhere, and something of those in one directory, or of those that begin alike.
  if (/[*?[]/.test(name) && !BEGINS.test(name) && !(rooted && /^~?\/\S/.test(starts[0]!))) {
    return undefined
  }
  return `${start}/…/…/${name}`
}

const BEGINS = /^[^*?[]{4}/

/** The name, or the end of the path, that is looked for first. */
function nameOf(fields: readonly Field[]): string | undefined {
  const at = fields.findIndex(({ text }, i) =>
    /^-i?(?:name|path|wholename)$/.test(text) && !isNegated(fields, i) && !takesAll(fields, i)
  )
  const pattern = at < 0 ? undefined : fields[at + 1]?.text
  if (pattern === undefined || /^-i?name$/.test(fields[at]!.text)) return pattern
  const end = pattern.replace(/^[*?/]+/, '')
  return BEGINS.test(end) ? end : undefined
}
