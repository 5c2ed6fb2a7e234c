import { resolve } from 'node:path'
import { PARSED } from '../embedded/policies-parsed.ts'
import { PACKS, POLICIES } from '../embedded/policies.ts'
import type { ParsedFile, ParseStore } from '../engine/assemble.ts'
import { shellQuote } from '../intercept/shell/quote.ts'
import { clientOf, ownProgram } from './setup/program.ts'

const PROTECTION = 'self-protection'

/** Every built-in text as it stands, for commands that ask what is wrong and not what is in force. */
export const BUILTINS: Readonly<Record<string, string>> = { ...POLICIES, ...PACKS }

/** Where a server answers, as self-protection names it. */
export interface OwnPlaces {
  readonly home: string
  readonly ports: readonly number[]
  /** Other names it is reached by: the address it listens on, and that of a proxy in front of it. */
  readonly origins: readonly string[]
}

/** What stands for the names in self-protection. */
type Names = Readonly<Record<typeof NAMES[number], readonly string[]>>

const NAMES = ['{{state}}', '{{hook}}', '{{client}}', '{{port}}', '{{origin}}'] as const

function namesOf({ home, ports, origins }: OwnPlaces): Names {
  const program = ownProgram(home)
  return {
    '{{state}}': [globEscape(resolve(home))],
    '{{hook}}': inLines(program),
    '{{client}}': inLines(clientOf(home)),
    '{{port}}': [...new Set(ports)].map(String),
    '{{origin}}': [...new Set(origins)].map(globEscape),
  }
}

/** A program as it stands in a line, and as it is once a shell has read it. */
function inLines(program: string): string[] {
  return [...new Set([program, shellQuote(program)])].map(globEscape)
}

/** The built-ins for a server: self-protection names the places in use, wherever they are. */
export function builtinsFor(own: OwnPlaces): Readonly<Record<string, string>> {
  const names = namesOf(own)
  // The text quotes with '.
  const quote = (values: readonly string[]) => values.map((value) => value.replaceAll("'", "''"))
  const quoted: Names = {
    '{{state}}': quote(names['{{state}}']),
    '{{hook}}': quote(names['{{hook}}']),
    '{{client}}': quote(names['{{client}}']),
    '{{port}}': names['{{port}}'],
    '{{origin}}': quote(names['{{origin}}']),
  }
  return { ...BUILTINS, [PROTECTION]: filledLines(BUILTINS[PROTECTION] ?? '', quoted) }
}

/**
 * A store that knows what the built-ins say since Rampart was built, and asks `inner` for all other texts:
 * reading them is most of what a command takes to start.
 */
export function withBuiltins(
  own: OwnPlaces | undefined,
  inner?: ParseStore,
  texts: Readonly<Record<string, string>> = own === undefined ? BUILTINS : builtinsFor(own),
): ParseStore {
  function known(name: string): ParsedFile | undefined {
    const json = PARSED[name]
    if (json === undefined) return undefined
    return JSON.parse(
      name === PROTECTION && own !== undefined ? filledIn(json, namesOf(own)) : json,
    )
  }

  return {
    get(source) {
      const { file, layer, text } = source
      const name = /^builtin:(.+)$/.exec(file)?.[1]
      const isOurs = name !== undefined && Object.hasOwn(texts, name) && texts[name] === text &&
        layer !== 'overlay' && layer !== 'project'
      return (isOurs ? known(name) : undefined) ?? inner?.get(source)
    },
    set: (source, file) => inner?.set(source, file),
  }
}

const OPENS = '{{'

/** The lines that name a place, once for each that there is, but for those that are there for people. */
function filledLines(text: string, names: Names): string {
  let filled = ''
  let from = 0
  for (let at = text.indexOf(OPENS); at >= 0; at = text.indexOf(OPENS, from)) {
    const start = text.lastIndexOf('\n', at) + 1
    const end = endOf(text, text.indexOf('\n', at))
    const line = text.slice(start, end)
    const lines = line.trimStart().startsWith('#') ? [line] : placed(line, names)
    filled += text.slice(from, start) + lines.map((one) => `${one}\n`).join('')
    from = end + 1
  }
  return filled + text.slice(from)
}

const endOf = (text: string, at: number): number => at < 0 ? text.length : at

/** A text that names a place, once for each that there is. */
function placed(text: string, names: Names): string[] {
  let texts = [text]
  for (const name of NAMES) {
    if (!text.includes(name)) continue
    // As a replacement a path would have `$&` in it mean something.
    texts = texts.flatMap((one) => names[name].map((value) => one.replaceAll(name, () => value)))
  }
  return texts
}

/**
 * The same for all texts in lists of a file as it was read. It is JSON without blanks, of which few places are
 * named: to walk through all that it says would take longer than to read it.
 */
function filledIn(json: string, names: Names): string {
  let filled = ''
  let from = 0
  for (let at = json.indexOf(OPENS); at >= 0; at = json.indexOf(OPENS, from)) {
    const [start, end] = [quoteBefore(json, at), quoteBehind(json, at) + 1]
    const isListed = json[end] !== ':' && json[start - 1] !== ':'
    const text = json.slice(start, end)
    const texts = isListed
      ? placed(JSON.parse(text), names).map((one) => JSON.stringify(one))
      : [text]
    filled += json.slice(from, start) + texts.join()
    from = end
    if (texts.length > 0) continue
    // Nothing took its place: one of the commas beside it goes, too.
    if (json[end] === ',') from += 1
    else if (filled.endsWith(',')) filled = filled.slice(0, -1)
  }
  return filled + json.slice(from)
}

function quoteBefore(json: string, at: number): number {
  let quote = json.lastIndexOf('"', at)
  while (isEscaped(json, quote)) quote = json.lastIndexOf('"', quote - 1)
  return quote
}

function quoteBehind(json: string, at: number): number {
  let quote = json.indexOf('"', at)
  while (isEscaped(json, quote)) quote = json.indexOf('"', quote + 1)
  return quote
}

function isEscaped(json: string, at: number): boolean {
  let before = at
  while (json[before - 1] === '\\') before--
  return (at - before) % 2 === 1
}

/** A path as a glob that means itself. */
function globEscape(path: string): string {
  return path.replace(/[\\*?[\]{}()!+@|]/g, '\\$&')
}
