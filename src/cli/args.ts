import { RampartError } from '../errors.ts'
import type { Command, Flag } from './command.ts'
import { COMMON_FLAGS } from './table.ts'
import { suggest } from './suggest.ts'

export interface ParsedLine {
  readonly command: Command | undefined
  /** Help was asked for the commands that begin with this word. */
  readonly group?: string | undefined
  readonly operands: readonly string[]
  readonly flags: ReadonlyMap<string, string | true>
  readonly help: boolean
}

/**
 * Read a command line against the table. Flags may stand anywhere behind the command's name, `--` ends
 * them, and whatever is not in the table is refused with the word that was most likely meant.
 */
export function parseLine(argv: readonly string[], table: readonly Command[]): ParsedLine {
  const asksHelp = (word: string | undefined) => word === '--help' || word === '-h'
  const [first, second] = argv
  if (first === undefined || asksHelp(first)) return noCommand()
  if (asksHelp(second) && !table.some(({ name }) => name === first) && isGroup(first, table)) {
    return noCommand(first)
  }
  const command = commandOf(argv, table)
  const rest = argv.slice(command.name.split(' ').length)
  const stop = rest.indexOf('--')
  if (rest.slice(0, stop < 0 ? rest.length : stop).some(asksHelp)) {
    return { command, operands: [], flags: new Map(), help: true }
  }
  const { operands, flags } = readWords(rest, command)
  checkCount(command, operands)
  return { command, operands, flags, help: false }
}

function noCommand(group?: string): ParsedLine {
  return { command: undefined, group, operands: [], flags: new Map(), help: true }
}

function isGroup(word: string, table: readonly Command[]): boolean {
  return table.some(({ name }) => name.startsWith(`${word} `))
}

function usage(message: string, command?: Command): RampartError {
  const see = command === undefined ? 'rampart --help' : `rampart ${command.name} --help`
  return new RampartError('usage', `${message}\nSee: ${see}`)
}

/** The row whose name is the longest start of the line. */
function commandOf(argv: readonly string[], table: readonly Command[]): Command {
  const [first = '', second] = argv
  const two = table.find(({ name }) => name === `${first} ${second}`)
  const one = table.find(({ name }) => name === first)
  if (two !== undefined) return two
  const group = table.filter(({ name }) => name.startsWith(`${first} `))
  if (group.length > 0 && one === undefined) {
    const words = group.map(({ name }) => name.split(' ')[1]!)
    const meant = second === undefined ? undefined : suggest(second, words)
    const said = second === undefined || second.startsWith('-')
      ? `"${first}" needs one of: ${words.join(', ')}`
      : `Unknown command "${first} ${second}"${meant ? `: did you mean "${first} ${meant}"?` : ''}`
    throw usage(said)
  }
  if (one !== undefined) return one
  const meant = suggest(first, [...new Set(table.map(({ name }) => name.split(' ')[0]!))])
  throw usage(`Unknown command "${first}"${meant ? `: did you mean "${meant}"?` : ''}`)
}

function readWords(
  words: readonly string[],
  command: Command,
): { operands: string[]; flags: Map<string, string | true> } {
  const operands: string[] = []
  const flags = new Map<string, string | true>()
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    if (word === '--') {
      operands.push(...words.slice(i + 1))
      break
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push(word)
      continue
    }
    const { name, value } = splitFlag(word)
    const flag = flagOf(name, word, command)
    const before = flags.get(flag.name)
    if (before !== undefined && flag.many !== true) {
      throw usage(`--${flag.name} is given twice`, command)
    }
    if (flag.value === undefined) {
      if (value !== undefined) throw usage(`--${flag.name} takes no value`, command)
      flags.set(flag.name, true)
      continue
    }
    const bare = flag.alone !== undefined && !flag.alone.value.test(words[i + 1] ?? '')
    const given = value ?? (bare ? flag.alone!.means : words[++i])
    if (given === undefined) throw usage(`--${flag.name} needs a value: ${flag.value}`, command)
    const checked = checkChoice(flag, given, command)
    flags.set(flag.name, before === undefined ? checked : `${before}\n${checked}`)
  }
  return { operands, flags }
}

function splitFlag(word: string): { name: string; value: string | undefined } {
  const equals = word.indexOf('=')
  return equals < 0
    ? { name: word, value: undefined }
    : { name: word.slice(0, equals), value: word.slice(equals + 1) }
}

function flagOf(name: string, word: string, command: Command): Flag {
  const known = [...command.flags, ...COMMON_FLAGS]
  const flag = known.find((one) =>
    name === `--${one.name}` || one.short !== undefined && name === `-${one.short}`
  )
  if (flag !== undefined) return flag
  const meant = suggest(name, known.map((one) => `--${one.name}`))
  const hint = meant === undefined ? '' : `: did you mean "${meant}"?`
  throw usage(`Unknown flag "${word}" of "rampart ${command.name}"${hint}`, command)
}

function checkChoice(flag: Flag, value: string, command: Command): string {
  if (flag.choices === undefined || flag.choices.includes(value)) return value
  throw usage(`--${flag.name} is one of: ${flag.choices.join(', ')}`, command)
}

function checkCount(command: Command, operands: readonly string[]): void {
  const { least, most, text } = command.operands
  if (operands.length < least) throw usage(`"rampart ${command.name}" needs ${text}`, command)
  if (operands.length > most) {
    throw usage(`"rampart ${command.name}" does not take "${operands[most]}"`, command)
  }
}
