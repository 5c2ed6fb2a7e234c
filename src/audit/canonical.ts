/** Deepest nesting that is written: well below what a call stack takes on any runtime. */
const DEEPEST = 512

/**
 * RFC 8785: the one text of a JSON value, so that its hash means something. Keys stand in order of
 * their UTF-16 units, numbers and strings as ECMAScript writes them. Lone surrogates, which no UTF-8
 * can hold, become U+FFFD. Members that are undefined are left out, as in JSON.
 *
 * Throws for what is not JSON: a number that is not finite, nesting that has no end.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0)
}

/** The members of an object in canonical order, each as `"key":value`: for lines that grow by one. */
export function canonicalMembers(value: object): Map<string, string> {
  const members = new Map<string, string>()
  for (const [key, member] of entriesOf(value)) {
    members.set(key, `${JSON.stringify(key)}:${write(member, 1)}`)
  }
  return members
}

function write(value: unknown, depth: number): string {
  if (depth > DEEPEST) throw new RangeError(`JSON is nested deeper than ${DEEPEST}`)
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.toWellFormed())
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`Not a JSON number: ${value}`)
      return JSON.stringify(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      return value === null ? 'null' : writeObject(value, depth)
    default:
      throw new TypeError(`Not a JSON value: ${typeof value}`)
  }
}

function writeObject(value: object, depth: number): string {
  if (Array.isArray(value)) {
    return `[${Array.from(value, (item: unknown) => write(item ?? null, depth + 1)).join(',')}]`
  }
  const members = entriesOf(value).map(([key, member]) =>
    `${JSON.stringify(key)}:${write(member, depth + 1)}`
  )
  return `{${members.join(',')}}`
}

/** Sorted by key. Keys that only lone surrogates told apart stay apart: nothing is dropped. */
function entriesOf(value: object): [string, unknown][] {
  const own: [string, unknown][] = Object.entries(value)
  const entries = own.filter(([, member]) => member !== undefined)
  if (entries.some(([key]) => !key.isWellFormed())) mend(entries)
  return entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

function mend(entries: [string, unknown][]): void {
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  const taken = new Set(entries.map(([key]) => key).filter((key) => key.isWellFormed()))
  for (const entry of entries) {
    if (entry[0].isWellFormed()) continue
    let key = entry[0].toWellFormed()
    while (taken.has(key)) key += '\uFFFD'
    taken.add(key)
    entry[0] = key
  }
}
