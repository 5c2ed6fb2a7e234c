import { codeKind, fedKind } from './code-kind.ts'
import { type Feed, NOT_FED } from './feed.ts'
import { afford, BEGIN_COST, CODE_LENGTH } from './limits.ts'
import { type RanInner, readInner } from './open.ts'
import { givePositional } from './positional.ts'
import { printedFile } from './printed-file.ts'
import { type Around, expansion, type Ran } from './ran.ts'
import { readWholeScript } from './run.ts'
import { copyOf, type Reader, type Scope } from './scope.ts'
import { parseScript } from './split.ts'
import { type Field, valueOf } from './field.ts'

/** Read code that a launcher holds; where it came from standard input, `around` has no feed left. */
export function readCode(
  reader: Reader,
  code: Field,
  positional: readonly Field[] | undefined,
  scope: Scope,
  depth: number,
  around: Around,
): RanInner {
  const inner = copyOf(scope)
  if (positional !== undefined) {
    const [zero, ...args] = positional
    inner.values.set('0', zero?.known ? [zero.text] : undefined)
    givePositional(inner, args)
  }
  for (const { name, value } of around.assigns) {
    inner.values.set(name, value.known ? [valueOf(value)] : undefined)
  }
  const kind = code.known
    ? undefined
    : code.text === '{}'
    ? fedKind(around.feed)
    : codeKind(code, expansion(reader, scope))
  // What is one substitution was read already; nobody knows what it prints, unless it is a file.
  if (kind?.sole) {
    const file = kind.printed && printedFile(kind.printed, expansion(reader, scope))
    return file === undefined
      ? { parts: [], unresolved: [kind.text] }
      : readInner(reader, { kind: 'file', file, args: undefined }, inner, depth, around)
  }
  let { parts } = readText(reader, code.text, inner, depth, around, around.feed)
  // Where a guess stands in it, what is not known is read as well.
  if (!code.known && code.shown !== code.text && code.shown !== '') {
    const guess = readText(reader, code.shown, copyOf(inner), depth, around, around.feed)
    parts = [...parts, ...guess.parts]
  }
  return { parts, unresolved: kind === undefined ? [] : [kind.text] }
}

/**
 * Read a text of code that runs in a shell.
 *
 * @param input - what it finds on standard input, where that is not what the text came from.
 */
export function readText(
  reader: Reader,
  text: string,
  scope: Scope,
  depth: number,
  around: Around,
  input?: Feed,
): Ran {
  const readable = text.length <= CODE_LENGTH && afford(reader.budget, text.length + BEGIN_COST)
  if (!readable) {
    reader.budget.bound = true
    return { parts: [], words: '', assigns: [] }
  }
  const script = parseScript(text, reader.budget, depth + 1)
  const feed = input === undefined || input.taken === true ? NOT_FED : input
  return readWholeScript(reader, script, scope, depth + 1, { ...around, feed: NOT_FED }, feed)
}
