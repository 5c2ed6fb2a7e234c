import type { Script } from './syntax.ts'

/** One argument after expansion. */
export interface Field {
  /** What the program gets, as far as it can be known; the rest as it was written. */
  readonly text: string
  /** Nothing in it depends on what only running can tell. */
  readonly known: boolean
  /** As `text`, but what is not known stands as written even where a guess is at hand. */
  readonly shown: string
  /** As `text`, but variables that nobody knows left out: what a hidden program name may hide. */
  readonly bare: string
  /** A `~` in front means a home. */
  readonly tilde: boolean
  /** Holds unquoted `*`, `?` or `[`: names of files may take its place. */
  readonly glob: boolean
  /** What a process substitution runs. */
  readonly process?: Script | undefined
  /** The script whose output stands here, where it is not known. */
  readonly output?: Script | undefined
  /** As `text`, with variables that nothing in the line sets taken for empty. */
  readonly hollow?: string | undefined
}

/** An argument that is known to be this text. */
export function literalField(text: string): Field {
  return {
    text,
    shown: text,
    bare: text,
    known: true,
    tilde: false,
    glob: false,
    // Named though they are not there: every field has one shape, which is what engines are fast with.
    process: undefined,
    output: undefined,
    hollow: undefined,
  }
}

/** An argument that is empty. */
export const NOTHING: Field = literalField('')

/** Text that nobody took apart, in the place of a command's words. */
export function unread(text: string): Field {
  return { ...NOTHING, text, shown: text, known: false }
}

/** In front of a variable's value: the `~` behind it means a home. No shell lets a NUL stand there. */
const HOME_MARK = '\0'

/** A field as the value of a variable: a home stays one wherever it is put. */
export function valueOf({ text, tilde }: Pick<Field, 'text' | 'tilde'>): string {
  return tilde ? HOME_MARK + text : text
}

/** The text of a value, and whether it begins with a home. */
export function textOfValue(value: string): { readonly text: string; readonly tilde: boolean } {
  return value.includes(HOME_MARK)
    ? { text: value.replaceAll(HOME_MARK, ''), tilde: value.startsWith(HOME_MARK) }
    : { text: value, tilde: false }
}

/** A field as the name of a file: a quoted `~` is a file of that name. */
export function spelled({ text, tilde }: Field): string {
  return text.startsWith('~') && !tilde ? `./${text}` : text
}
