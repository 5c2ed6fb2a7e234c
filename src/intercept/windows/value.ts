import { type Field, literalField } from '../shell/field.ts'
import { isHomely, windowsPath } from './paths.ts'

/** What a word, a variable or a command's output holds. */
export interface Value {
  /** As far as it can be known; the rest as it was written. */
  readonly text: string
  readonly known: boolean
  /** What is literal in it: what a hidden program name may hide. */
  readonly bare: string
  /** Where it comes from, if it were run: `text:network`, `text:decoded`, `text:unknown`; '' where it is known. */
  readonly kind: string
  /** The elements of a list. */
  readonly list?: readonly Value[] | undefined
  /** It holds files that a command named, so what takes it takes those. */
  readonly files?: boolean | undefined
}

export const NOTHING: Value = { text: '', known: true, bare: '', kind: '' }

export function literal(text: string): Value {
  return { text, known: true, bare: text, kind: '' }
}

export function unknown(text: string, kind = 'text:unknown', bare = ''): Value {
  return { text, known: false, bare, kind }
}

/** Longer than any line: only variables that are put into themselves get there. */
const TEXT_LIMIT = 300_000
const LIST_LIMIT = 65_536

const KINDS = ['', 'text:unknown', 'text:decoded', 'text:network']

/** The kind that matters most. */
export function worst(values: readonly { readonly kind: string }[]): string {
  return values.reduce(
    (kind, value) => KINDS.indexOf(value.kind) > KINDS.indexOf(kind) ? value.kind : kind,
    '',
  )
}

/** Several values as one list. */
export function listOf(values: readonly Value[]): Value {
  if (values.length === 1) return values[0]!
  const flat = values.flatMap((value) => value.list ?? [value])
  const length = flat.reduce((sum, { text }) => sum + text.length, 0)
  if (flat.length > LIST_LIMIT || length > TEXT_LIMIT) {
    return unknown('…', worst(flat) || 'text:unknown')
  }
  return {
    text: flat.map(({ text }) => text).join(' '),
    known: flat.every(({ known }) => known),
    bare: flat.map(({ bare }) => bare).join(' '),
    kind: worst(flat),
    list: flat,
  }
}

export function joined(values: readonly Value[], between: string): Value {
  const length = values.reduce((sum, { text }) => sum + text.length + between.length, 0)
  if (length > TEXT_LIMIT) return unknown('…', worst(values) || 'text:unknown')
  return {
    text: values.map(({ text }) => text).join(between),
    known: values.every(({ known }) => known),
    bare: values.map(({ bare }) => bare).join(between),
    kind: worst(values),
  }
}

/**
 * The argument that a program gets; a path is spelled as rules spell paths. `globs`: `*` and `?` in it
 * are names of files.
 */
export function fieldOf({ text, known, bare }: Value, path: boolean, globs = path): Field {
  const spelled = path ? windowsPath(text) : text
  return {
    ...literalField(spelled),
    bare: path ? windowsPath(bare) : bare,
    known,
    tilde: isHomely(spelled),
    // A variable that nothing sets may be empty: what is left may be a root.
    hollow: known || !path ? undefined : windowsPath(bare),
    glob: globs && /[*?[]/.test(spelled),
  }
}
