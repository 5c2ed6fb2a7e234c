import { type Bytes, fromBytes, toBytes } from './bytes.ts'
import { filtered, isFilter } from './decode.ts'
import { unescaped } from './escapes.ts'
import { formatted } from './format.ts'
import { madeOf } from './kinds.ts'
import { afford } from './limits.ts'
import { baseName } from './program.ts'
import type { Command, Redirect, Script, Word } from './syntax.ts'
import { expandOne, expandWords, type Expansion } from './words.ts'

const PRINTERS = new Set(['echo', 'printf'])
/** Pipes through more programs are nobody's, and each member would ask about all in front of it. */
const PIPE_LIMIT = 12
/** Longer output is nobody's literal. */
const PRINTED_LIMIT = 65_536

/** What a script prints where that can be told without running it: a pipe of printers and filters. */
export function printedBy(script: Script, expansion: Expansion): string | undefined {
  const { commands, pipelines, broken } = script
  const piped = commands.length === 1 ||
    (pipelines.length === 1 && pipelines[0]!.members.length === commands.length)
  return broken || !piped ? undefined : printedByPipe(commands, expansion)
}

/** The same for commands joined by pipes; the newline at the end is left on. */
export function printedByPipe(
  commands: readonly Command[],
  expansion: Expansion,
): string | undefined {
  if (commands.length > PIPE_LIMIT) return undefined
  if (commands.some((command) => madeOf(command, expansion) !== undefined)) return undefined
  let bytes: Bytes | undefined
  for (const [index, command] of commands.entries()) {
    // A printer takes no notice of what stands in front of it.
    bytes = index === 0 || PRINTERS.has(literalName(command) ?? '')
      ? printedByFirst(command, expansion)
      : bytes === undefined
      ? undefined
      : filteredBy(command, bytes, expansion)
    if (bytes === undefined) continue
    if (bytes.length > PRINTED_LIMIT || !afford(expansion.budget, bytes.length)) return undefined
  }
  return bytes === undefined ? undefined : fromBytes(bytes)
}

function printedByFirst(command: Command, expansion: Expansion): Bytes | undefined {
  const name = literalName(command)
  if (name === undefined) return undefined
  const fed = command.redirects.filter(({ operator }) => operator.startsWith('<<'))
  if (fed.length === 1 && isFilter(name)) {
    const text = fedText(fed[0]!, expansion)
    return text === undefined ? undefined : filteredBy(command, toBytes(text), expansion)
  }
  return fed.length === 0 ? printedByCommand(name, command, expansion) : undefined
}

/** The name as it is written, so that most commands cost nothing here. */
function literalName({ kind, bound, words: [first], redirects }: Command): string | undefined {
  const piece = first?.pieces[0]
  if (kind !== 'simple' || bound || piece?.kind !== 'text') return undefined
  const quiet = redirects.every(({ operator, raw }) => operator.startsWith('<<') || /^2>/.test(raw))
  return quiet ? piece.text.slice(piece.text.lastIndexOf('/') + 1) : undefined
}

/** What a here-document or here-string holds, where nothing in it depends on what is not known. */
export function fedText({ body, target }: Redirect, expansion: Expansion): string | undefined {
  const { pieces } = body ?? target
  const quoted = pieces.map((piece) => ({ ...piece, quoted: true }))
  const field = expandOne(quoted, expansion)
  if (pieces.length === 0) return ''
  return field.known ? field.text + (body === undefined ? '\n' : '') : undefined
}

function filteredBy(command: Command, input: Bytes, expansion: Expansion): Bytes | undefined {
  const name = literalName(command)
  if (name === undefined || !isFilter(name)) return undefined
  const args = argumentsOf(command.words, expansion)
  return args === undefined ? undefined : filtered(name, args, input)
}

function argumentsOf(words: readonly Word[], expansion: Expansion): readonly string[] | undefined {
  const fields = expandWords(words, expansion)
  return fields.every(({ known, glob, tilde }) => known && !glob && !tilde)
    ? fields.slice(1).map(({ text }) => text)
    : undefined
}

function printedByCommand(
  name: string,
  { words, redirects }: Command,
  expansion: Expansion,
): Bytes | undefined {
  if (redirects.length > 0 || !/^(?:echo|printf|which|command)$/.test(name)) return undefined
  const args = knownWords(words, expansion)
  if (args === undefined) return undefined
  if (name === 'echo') return echoed(args)
  return name === 'printf' ? formatted(args) : located(name, args)
}

function knownWords(words: readonly Word[], expansion: Expansion): readonly string[] | undefined {
  const fields = expandWords(words, expansion)
  const name = fields[0] === undefined ? undefined : baseName(fields[0])
  if (name === undefined || !fields.every(({ known, glob }) => known && !glob)) return undefined
  return fields.slice(1).map(({ text }) => text)
}

/** Where a program lies nobody knows here, but it ends in its name. */
function located(name: string, args: readonly string[]): string | undefined {
  const [program, ...others] = name === 'command' && args[0] === '-v' ? args.slice(1) : args
  if (program === undefined || others.length > 0 || !/^[\w.+-]+$/.test(program)) return undefined
  return program.startsWith('-') || (name === 'command' && args[0] !== '-v')
    ? undefined
    : `/usr/bin/${program}\n`
}

function echoed(args: readonly string[]): Bytes | undefined {
  const flags = args.findIndex((text) => !/^-[neE]+$/.test(text))
  const rest = flags < 0 ? [] : args.slice(flags)
  const options = (flags < 0 ? args : args.slice(0, flags)).join('')
  const text = toBytes(rest.join(' '))
  const end = options.includes('n') ? '' : '\n'
  // Escapes are read by some shells unasked, so a text that holds any is not certain.
  if (!text.includes('\\') || options.includes('E')) return text + end
  const read = options.includes('e') ? unescaped(text, 'echo') : undefined
  return read === undefined ? undefined : read + end
}
