import type { Feed } from './feed.ts'
import type { Field } from './field.ts'
import { kindOf, scriptsIn } from './kinds.ts'
import { parseScript } from './split.ts'
import type { Command } from './syntax.ts'
import type { Expansion } from './words.ts'

/** What is not known of code that is not known, and why. */
export interface CodeKind {
  readonly text: string
  /** It is nothing but one substitution. */
  readonly sole: boolean
  /** What runs in that. */
  readonly printed?: readonly Command[] | undefined
}

/** Code that comes in as data. */
export function fedKind({ unresolved }: Feed): CodeKind {
  return { text: unresolved === '' ? 'text:unknown' : unresolved, sole: true }
}

/** Where code that is not known comes from, when it begins with what only running can tell. */
export function codeKind({ text, output }: Field, expansion: Expansion): CodeKind | undefined {
  if (!/^\s*["']?[$`]/.test(text)) return undefined
  // `$DIR/bin/x`: what lies below a directory is a program, though nobody knows which.
  if (output === undefined && /^\s*"?\$\{?\w+\}?(?:\/[\w.-]+)+(?=[\s"]|$)/.test(text)) {
    return { text: 'program', sole: false }
  }
  const { commands } = parseScript(text)
  const [first] = commands
  const pieces = commands.length === 1 && first?.words.length === 1 ? first.words[0]!.pieces : []
  const scripts = first === undefined ? [] : scriptsIn(first)
  const printed = output === undefined || scripts.length > 0 ? scripts : [output]
  const inside = printed.flatMap((script) => script.commands)
  const kind = printed.length === 0 ? 'text:unknown' : kindOf(inside, expansion)
  const sole = pieces.length === 1 && pieces[0]!.kind === 'script'
  return { text: kind, sole, printed: inside }
}
