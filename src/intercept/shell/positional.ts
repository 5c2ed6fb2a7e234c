import type { Scope } from './scope.ts'
import { type Field, POSITIONAL, valueOf } from './words.ts'

/** Arguments that are remembered one by one; `$1` … `$9`. */
const NUMBERED = 9

/** What `set` and `shift` make of a shell's arguments. */
export function setPositional(scope: Scope, fields: readonly Field[], certain: boolean): void {
  const args = fields[0]!.text === 'shift' ? shifted(scope, fields[1]) : given(fields)
  if (args === 'kept') return
  assignPositional(scope, certain && args !== undefined ? args : undefined)
}

/** Arguments that are handed to code: each that is known, is known. */
export function givePositional(scope: Scope, fields: readonly Field[]): void {
  assignPositional(scope, knownTexts(fields))
  fields.slice(0, NUMBERED).forEach((field, i) => {
    scope.values.set(String(i + 1), field.known ? [valueOf(field)] : undefined)
    if (!field.known) mayBe(scope, String(i + 1), [field])
  })
  if (!fields.every(({ known }) => known)) { for (const name of '@*') mayBe(scope, name, fields) }
}

/** What `xargs` and `find` hand on is not known, but guessed. */
function mayBe({ guesses }: Scope, name: string, fields: readonly Field[]): void {
  const texts = fields.filter(({ text, shown }) => text !== '{}' && text !== shown || shown === '')
  if (texts.length > 0) guesses.set(name, [texts.map(valueOf).join(' ')])
}

/** Set `$1` …, `$@` and `$*`; undefined where nobody knows them. */
export function assignPositional({ values }: Scope, args: readonly string[] | undefined): void {
  for (const name of POSITIONAL) values.set(name, undefined)
  if (args === undefined) return
  values.set('@', args).set('*', args)
  for (let i = 0; i < NUMBERED; i++) values.set(String(i + 1), args.slice(i, i + 1))
}

/** Operands of `set`: behind `--`, or from the first word that is no option. */
function given(fields: readonly Field[]): readonly string[] | undefined | 'kept' {
  let at = 1
  for (; at < fields.length; at++) {
    const { text } = fields[at]!
    if (text === '--' || text === '-') return knownTexts(fields.slice(at + 1))
    if (!/^[-+]./.test(text)) break
    if (/^[-+][a-z]*o$/.test(text)) at++
  }
  const rest = fields.slice(at)
  return rest.length > 0
    ? knownTexts(rest)
    : fields.every(({ known }) => known)
    ? 'kept'
    : undefined
}

function knownTexts(fields: readonly Field[]): readonly string[] | undefined {
  return fields.every(({ known, glob }) => known && !glob) ? fields.map(valueOf) : undefined
}

function shifted({ values }: Scope, count: Field | undefined): readonly string[] | undefined {
  const by = count === undefined
    ? 1
    : /^\d$/.test(count.text) && count.known
    ? Number(count.text)
    : -1
  const args = values.has('@') ? values.get('@') : []
  return by < 0 || args === undefined ? undefined : by > args.length ? args : args.slice(by)
}
