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
  return writtenByRuntime(value, 0) ?? write(value, 0)
}

/**
 * The runtime's own text, several times as fast as ours, where it is the same: names in order, plain
 * values, and no lone surrogate, which it would escape.
 */
function writtenByRuntime(value: unknown, depth: number): string | undefined {
  if (!isPlain(value, depth)) return undefined
  const text = JSON.stringify(value)
  return text.includes('\\ud') ? undefined : text
}

/** Whether RFC 8785 and ECMAScript write the value alike; what cannot be written at all is not plain. */
function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value)
    case 'object':
      return value === null || (depth <= DEEPEST && isPlainObject(value, depth))
    default:
      return false
  }
}

function isPlainObject(value: object, depth: number): boolean {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (!isPlain(value[i], depth + 1)) return false
    return true
  }
  if ('toJSON' in value) return false
  let last = ''
  const keys = Object.keys(value)
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    const member = (value as Record<string, unknown>)[key]
    if (key < last || (member !== undefined && !isPlain(member, depth + 1))) return false
    last = key
  }
  return true
}

/** The canonical text of an object without its member `left`: what a hash covers that is itself a member. */
export function canonicalWithout(value: object, left: string): string {
  return canonicalJson({ ...value, [left]: undefined })
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
    let list = '['
    for (let i = 0; i < value.length; i++) {
      list += (i === 0 ? '' : ',') + write((value as unknown[])[i] ?? null, depth + 1)
    }
    return `${list}]`
  }
  if (!Object.keys(value).every((key) => key.isWellFormed())) {
    const members = mended(value).map(([key, member]) =>
      `${JSON.stringify(key)}:${write(member, depth + 1)}`
    )
    return `{${members.join(',')}}`
  }
  let text = '{'
  for (const key of keysOf(value)) {
    const member = (value as Record<string, unknown>)[key]
    if (member === undefined) continue
    text += `${text.length > 1 ? ',' : ''}${JSON.stringify(key)}:${write(member, depth + 1)}`
  }
  return `${text}}`
}

/** Names in order; most objects of ours are made in it. */
function keysOf(value: object): string[] {
  const keys = Object.keys(value)
  for (let i = 1; i < keys.length; i++) if (keys[i - 1]! > keys[i]!) return keys.sort(byUnits)
  return keys
}

const byUnits = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0

/** Keys that only lone surrogates told apart stay apart: nothing is dropped. */
function mended(value: object): [string, unknown][] {
  const own: [string, unknown][] = Object.entries(value)
  const entries = own.filter(([, member]) => member !== undefined)
  mend(entries)
  return entries.sort(([a], [b]) => byUnits(a, b))
}

function mend(entries: [string, unknown][]): void {
  entries.sort(([a], [b]) => byUnits(a, b))
  const taken = new Set(entries.map(([key]) => key).filter((key) => key.isWellFormed()))
  for (const entry of entries) {
    if (entry[0].isWellFormed()) continue
    let key = entry[0].toWellFormed()
    while (taken.has(key)) key += '\uFFFD'
    taken.add(key)
    entry[0] = key
  }
}
