import { codeAt } from '../../engine/match/code-at.ts'
import type { CommandForms } from '../../engine/types.ts'
import { kindOf } from './kinds.ts'
import { GIT_GLOBAL } from './git-options.ts'
import { readArguments } from './options.ts'
import { programKnown } from './program.ts'
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
  /** The base name of the first, where it is known. */
  readonly program: string | undefined
  readonly targets: readonly Target[]
  readonly unresolved: readonly string[]
  /** Names it sets by what it does: `export X`. */
  readonly sets: readonly string[]
}

/** The spellings of one simple command (semantics.md 4). */
export function formsOf(parts: Parts): CommandForms {
  const { raw, assigns, fields, program, targets, unresolved, sets } = parts
  const first = fields[0]
  const kinds = kindsOf(first, unresolved)
  const argv = fields.map(({ text }) => text)
  const name = program ?? (first?.known === false && first.bare !== '' ? first.bare : argv[0])
  const words = wordsOf(name, program, fields, argv, raw)
  const bare = assigns.length + targets.length + kinds.length === 0
  const { whole, fences } = bare
    ? { whole: shownAs(fields, name, words), fences: [] }
    : wholeOf(assigns, fields, targets, kinds)
  return {
    raw,
    words,
    whole,
    fences,
    program,
    argv,
    assigns: assigns.length + sets.length === 0
      ? []
      : [...new Set([...assigns.map(({ name }) => name), ...sets])],
    unresolved: kinds,
  }
}

/** Kinds of what is not known, the program's own behind those that are given. */
function kindsOf(first: Field | undefined, unresolved: readonly string[]): readonly string[] {
  if (first === undefined || programKnown(first)) {
    return unresolved.length < 2 ? unresolved : [...new Set(unresolved)]
  }
  const printed = first.output === undefined ? 'text:unknown' : kindOf(first.output.commands)
  return [...new Set([...unresolved, printed === 'text:unknown' ? 'program' : printed])]
}

function wordsOf(
  name: string | undefined,
  program: string | undefined,
  fields: readonly Field[],
  argv: readonly string[],
  raw: string,
): string {
  return name === undefined
    ? ''
    : joinedTexts(name, fields, argumentsFrom(program, fields, argv), raw)
}

/** A name and the texts of fields joined by blanks: `raw` itself where it says the same. */
export function joinedTexts(
  name: string,
  fields: readonly Field[],
  from: number,
  raw: string,
): string {
  if (spells(raw, name, fields, from)) return raw
  let words = name
  for (let i = from; i < fields.length; i++) words += ` ${fields[i]!.text}`
  return words
}

/** Whether a text is nothing but these words with single blanks between them. */
function spells(raw: string, name: string, fields: readonly Field[], from: number): boolean {
  if (!raw.startsWith(name)) return false
  let at = name.length
  for (let i = from; i < fields.length; i++) {
    const { text } = fields[i]!
    if (at >= raw.length || codeAt(raw, at) !== 32 || !raw.startsWith(text, at + 1)) return false
    at += text.length + 1
  }
  return at === raw.length
}

/** `git -C x -c k=v reset` is `git reset`: what stands in front of the subcommand says how, not what. */
function argumentsFrom(
  program: string | undefined,
  fields: readonly Field[],
  argv: readonly string[],
): number {
  if (program !== 'git' || argv[1]?.startsWith('-') !== true) return 1
  const { rest } = readArguments(fields, GIT_GLOBAL, true)
  return rest >= argv.length ? 1 : rest
}

/** The words as they are shown, which mostly is the text that was made of them already. */
function shownAs(fields: readonly Field[], name: string | undefined, words: string): string {
  let same = fields.length > 0 && name === fields[0]!.shown
  let text = ''
  let length = 0
  for (const field of fields) {
    same &&= field.shown === field.text
    length += field.shown.length + 1
  }
  // Options that `git` takes in front of its subcommand are left out of the words.
  if (same && length - 1 === words.length) return words
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
  kinds: readonly string[],
): { whole: string; fences: readonly (readonly [number, number])[] } {
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
  const unread = kinds.some((kind) => kind === 'bound' || kind.startsWith('text:'))
  return { whole, fences: unread && whole !== '' ? [[0, whole.length]] : fences }
}

/** A text in which several commands stand: its own words, nothing permits it. */
export function spanForms(raw: string, words: string, assigns: readonly string[]): CommandForms {
  return {
    raw,
    words: words === raw ? raw : words,
    whole: words === raw ? raw : words,
    fences: [],
    program: undefined,
    argv: [],
    assigns: assigns.length < 2 ? assigns : [...new Set(assigns)],
    unresolved: [],
  }
}
