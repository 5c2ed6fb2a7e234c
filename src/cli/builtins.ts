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
type Names = Readonly<
  Record<'{{state}}' | '{{hook}}' | '{{client}}' | '{{port}}' | '{{origin}}', readonly string[]>
>

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
  const lines = (BUILTINS[PROTECTION] ?? '').split('\n')
    .flatMap((line) => isPlain(line) ? [line] : placed(line, quoted))
  return { ...BUILTINS, [PROTECTION]: lines.join('\n') }
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
    const file = JSON.parse(json)
    return name === PROTECTION && own !== undefined ? filledIn(file, namesOf(own)) : file
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

/** A line that names no place, or is there for people. */
function isPlain(line: string): boolean {
  return !line.includes('{{') || line.trimStart().startsWith('#')
}

/** A text that names a place, once for each that there is. */
function placed(text: string, names: Names): string[] {
  if (!text.includes('{{')) return [text]
  let texts = [text]
  for (const [name, values] of Object.entries(names)) {
    // As a replacement a path would have `$&` in it mean something.
    if (text.includes(name)) {
      texts = texts.flatMap((one) => values.map((value) => one.replaceAll(name, () => value)))
    }
  }
  return texts
}

/** The same for all lists of texts in a file as it was read. */
function filledIn<T>(value: T, names: Names): T {
  if (Array.isArray(value)) {
    return value.flatMap((one) =>
      typeof one === 'string' ? placed(one, names) : [filledIn(one, names)]
    ) as T
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, one]) => [key, filledIn(one, names)])
  return Object.fromEntries(entries) as T
}

/** A path as a glob that means itself. */
function globEscape(path: string): string {
  return path.replace(/[\\*?[\]{}()!+@|]/g, '\\$&')
}
