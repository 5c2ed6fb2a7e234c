import type { CommandForms } from '../../engine/types.ts'
import { kindOf } from './feed.ts'
import { GIT_GLOBAL } from './git-options.ts'
import { readArguments } from './options.ts'
import { baseName, programKnown } from './program.ts'
import type { Field } from './words.ts'

/** `name=value` in front of a command, or alone. */
export interface Assign {
  readonly name: string
  readonly value: Field
}

/** A redirection that touches something: `>` and where it leads. */
export interface Target {
  readonly operator: string
  readonly field: Field
}

export interface Parts {
  readonly raw: string
  readonly assigns: readonly Assign[]
  readonly fields: readonly Field[]
  readonly targets: readonly Target[]
  readonly unresolved: readonly string[]
  /** Names it sets by what it does: `export X`. */
  readonly sets: readonly string[]
}

/** The spellings of one simple command (semantics.md 4). */
export function formsOf(parts: Parts): CommandForms {
  const { raw, assigns, fields, targets, unresolved, sets } = parts
  const program = fields[0] === undefined ? undefined : baseName(fields[0])
  const kinds = new Set(unresolved)
  const [first] = fields
  if (first !== undefined && !programKnown(first)) {
    const printed = first.output === undefined ? 'text:unknown' : kindOf(first.output.commands)
    kinds.add(printed === 'text:unknown' ? 'program' : printed)
  }
  const argv = fields.map(({ text }) => text)
  const name = program ?? (first?.known === false && first.bare !== '' ? first.bare : argv[0])
  return {
    raw,
    words: name === undefined ? '' : [name, ...plainArguments(program, fields, argv)].join(' '),
    ...wholeOf(assigns, fields, targets, kinds),
    program,
    argv,
    assigns: assigns.length + sets.length === 0
      ? []
      : [...new Set([...assigns.map(({ name }) => name), ...sets])],
    unresolved: kinds.size === 0 ? [] : [...kinds],
  }
}

/** `git -C x -c k=v reset` is `git reset`: what stands in front of the subcommand says how, not what. */
function plainArguments(
  program: string | undefined,
  fields: readonly Field[],
  argv: readonly string[],
): readonly string[] {
  if (program !== 'git' || argv[1]?.startsWith('-') !== true) return argv.slice(1)
  const { rest } = readArguments(fields, GIT_GLOBAL, true)
  return rest >= argv.length ? argv.slice(1) : argv.slice(rest)
}

function joined(fields: readonly Field[]): string {
  let text = ''
  for (const { shown } of fields) text = text === '' ? shown : `${text} ${shown}`
  return text
}

/**
 * What a permissive rule must match, and where its wildcards may not reach: redirections, a program
 * that nobody knows, and all of a text that was not read to its end.
 */
function wholeOf(
  assigns: readonly Assign[],
  fields: readonly Field[],
  targets: readonly Target[],
  kinds: ReadonlySet<string>,
): { whole: string; fences: readonly (readonly [number, number])[] } {
  if (assigns.length + targets.length + kinds.size === 0) {
    return { whole: joined(fields), fences: [] }
  }
  let whole = ''
  const fences: (readonly [number, number])[] = []
  const add = (text: string, fenced: boolean) => {
    const start = whole === '' ? 0 : whole.length + 1
    whole = whole === '' ? text : `${whole} ${text}`
    if (fenced && whole.length > start) fences.push([start, whole.length])
  }
  for (const { name, value } of assigns) add(`${name}=${value.shown}`, false)
  fields.forEach((field, index) => add(field.shown, index === 0 && !programKnown(field)))
  for (const { operator, field } of targets) add(`${operator} ${field.shown}`, true)
  const unread = kinds.has('bound') || [...kinds].some((kind) => kind.startsWith('text:'))
  return { whole, fences: unread && whole !== '' ? [[0, whole.length]] : fences }
}

/** A text in which several commands stand: its own words, nothing permits it. */
export function spanForms(raw: string, words: string, assigns: readonly string[]): CommandForms {
  return {
    raw,
    words,
    whole: words,
    fences: [],
    program: undefined,
    argv: [],
    assigns: [...new Set(assigns)],
    unresolved: [],
  }
}
