import { namesSet, type readAssignment, remember } from './assign.ts'
import { fromBytes } from './bytes.ts'
import type { Feed } from './feed.ts'
import { formatted } from './format.ts'
import { readArguments } from './options.ts'
import type { Scope } from './scope.ts'
import type { Command } from './syntax.ts'
import { type Field, literalField, valueOf } from './field.ts'

/** Builtins that put text into variables: what can be told of it is their value from then on. */
export const SETTERS: ReadonlySet<string> = new Set(['read', 'mapfile', 'readarray', 'printf'])

/** Such a builtin with what it is given. */
export interface Setter {
  readonly command: Command
  readonly fields: readonly Field[]
  readonly feed: Feed
  readonly assigned: readonly ReturnType<typeof readAssignment>[]
  /** It surely runs. */
  readonly certain: boolean
}

/** Let variables hold what a builtin puts into them, or what printed that where nobody knows it. */
export function setBy(scope: Scope, setter: Setter): void {
  const { command, fields, feed } = setter
  const builtin = fields[0]!.text
  if (builtin === 'printf') return formatInto(scope, setter)
  if (feed.source !== undefined) {
    for (const name of [...namesSet(command), 'REPLY', 'MAPFILE']) {
      scope.outputs.set(name, feed.source)
    }
  }
  if (feed.names !== undefined && feed.names.length > 0) {
    for (const name of namesSet(command)) {
      remember(
        scope,
        feed.names.map((value) => ({
          name,
          value: { ...value, output: undefined },
          values: [valueOf(value)],
          guesses: [],
        })),
        false,
      )
    }
  }
  // A here-document's text is read as code is: what stands in it of expansions is not its value.
  if (feed.text === undefined || /[$`]/.test(feed.text) || feed.text.length > READ_LIMIT) return
  if (builtin === 'read') readInto(scope, setter, feed.text)
  else linesInto(scope, setter, feed.text)
}

/** Longer input is nobody's word. */
const READ_LIMIT = 4096

/** `printf -v x FORMAT …` */
function formatInto(scope: Scope, setter: Setter): void {
  const { fields } = setter
  const [, option, name, ...args] = fields
  if (option?.text !== '-v' || name?.known !== true) return
  if (!args.every(({ known, glob }) => known && !glob)) return
  const bytes = formatted(args.map(({ text }) => text))
  if (bytes === undefined) return
  const text = fromBytes(bytes)
  const tilde = text.startsWith('~') && args.some((arg) => arg.tilde)
  hold(scope, setter, name.text, [valueOf({ text, tilde })])
}

/** `read a b <<< 'x y z'`: the last name holds what is left. */
function readInto(scope: Scope, setter: Setter, text: string): void {
  const { options, operands } = readArguments(setter.fields, { takes: 'adinNptu' }, true)
  const given = (name: string) => options.some((one) => one.name === name)
  const optional = (name: string) => options.findLast((one) => one.name === name)?.value?.text
  const end = given('-d') ? optional('-d')?.[0] : '\n'
  const line = end === undefined ? text : text.split(end, 1)[0]!
  const plain = given('-r') ? line : line.replace(/\\([^])/g, '$1')
  const list = optional('-a')
  const words = splitAt(plain, separatorsFor(scope, setter))
  if (list !== undefined) return hold(scope, setter, list, words.map(([word]) => word))
  const names = operands.map(({ text: name }) => name)
  const [last = 'REPLY', ...before] = names.reverse()
  before.reverse().forEach((name, i) => hold(scope, setter, name, [words[i]?.[0] ?? '']))
  const rest = words[before.length]
  hold(scope, setter, last, [rest === undefined ? '' : plain.slice(rest[1]).trimEnd()])
}

function linesInto(scope: Scope, setter: Setter, text: string): void {
  const { operands } = readArguments(setter.fields, { takes: 'CcdnOsu' }, true)
  hold(scope, setter, operands[0]?.text ?? 'MAPFILE', text.split('\n'))
}

function separatorsFor(scope: Scope, { assigned }: Setter): string {
  const own = assigned.findLast(({ name }) => name === 'IFS')
  const values = own === undefined ? scope.values.get('IFS') : own.values
  return values?.[0] ?? ' \t\n'
}

/** Words with where each begins; blanks among separators count once. */
function splitAt(text: string, separators: string): readonly (readonly [string, number])[] {
  const words: [string, number][] = []
  let from = -1
  for (let at = 0; at <= text.length; at++) {
    const between = at === text.length || separators.includes(text[at]!)
    if (!between) {
      if (from < 0) from = at
    } else if (from >= 0) {
      words.push([text.slice(from, at), from])
      from = -1
    }
  }
  return words
}

/** In a pipe only some shells let the variable live on. */
function hold(scope: Scope, { command, certain }: Setter, name: string, values: string[]): void {
  if (!/^[A-Za-z_]\w*$/.test(name)) return
  const value = literalField(values.join(' '))
  const alone = certain && !/[|&]/.test(command.before) && command.after !== '|'
  remember(scope, [{ name, value, values, guesses: [] }], alone)
}
