import { emitPart, emitSpan } from './emit.ts'
import { kindOf, scriptsIn } from './feed.ts'
import { type Inner, openLauncher } from './launch.ts'
import { DEPTH_LIMIT } from './limits.ts'
import { baseName } from './program.ts'
import { type Around, type Ran } from './ran.ts'
import { readWholeScript } from './run.ts'
import { copyOf, type Reader, type Scope } from './scope.ts'
import { parseScript } from './split.ts'
import { type Field, NOTHING } from './words.ts'

/** Open launchers until a command is left that runs itself. */
export function launch(
  reader: Reader,
  raw: string,
  fields: readonly Field[],
  scope: Scope,
  depth: number,
  around: Around,
): Ran {
  let words = baseName(fields[0]!) ?? fields[0]!.text
  for (let i = 1; i < fields.length; i++) words += ` ${fields[i]!.text}`
  const assigns = around.assigns.map(({ name }) => name)
  const opened = openLauncher(fields)
  const emit = (unresolved: readonly string[], launched: boolean) =>
    emitPart(reader, scope, {
      raw,
      assigns: around.assigns,
      fields,
      targets: around.targets,
      unresolved: unresolved.length === 0
        ? around.unresolved
        : [...around.unresolved, ...unresolved],
      sets: around.sets,
      launched,
    })
  if (opened === undefined) return { parts: [emit([], false)], words, assigns }
  if (depth >= DEPTH_LIMIT) {
    reader.budget.bound = true
    return { parts: [emit(['bound'], false)], words, assigns }
  }
  const inner = opened.inner.map((one) => readInner(reader, one, scope, depth, around))
  const parts = inner.flatMap((one) => one.parts)
  const unknown = inner.flatMap((one) => one.unresolved)
  if (opened.own || unknown.length > 0 || parts.length === 0) {
    return { parts: [...parts, emit(unknown, parts.length > 0)], words, assigns }
  }
  emitSpan(reader, raw, { parts, words, assigns })
  return { parts, words, assigns }
}

interface RanInner {
  readonly parts: readonly number[]
  readonly unresolved: readonly string[]
}

function readInner(
  reader: Reader,
  inner: Inner,
  scope: Scope,
  depth: number,
  around: Around,
): RanInner {
  if (inner.kind === 'argv') {
    const assigns = inner.assigns.map(({ text, known }) => {
      const equals = text.indexOf('=')
      const rest = text.slice(equals + 1)
      const value = { ...NOTHING, text: rest, shown: rest, bare: rest, known }
      return { name: text.slice(0, equals), value }
    })
    for (const { name, value } of assigns) if (name === 'HOME') reader.homes.push(value.text)
    const raw = inner.fields.map(({ shown }) => shown).join(' ')
    const next = { ...around, assigns: [...around.assigns, ...assigns] }
    const { parts } = launch(reader, raw, inner.fields, scope, depth + 1, next)
    return { parts, unresolved: [] }
  }
  if (inner.kind === 'code') {
    return readCode(reader, inner.code, inner.positional, scope, depth, around)
  }
  if (inner.kind === 'file') {
    const text = inner.file.process === undefined
      ? 'script-unreadable'
      : kindOf(inner.file.process.commands)
    return { parts: [], unresolved: [text] }
  }
  const { text, unresolved } = around.feed
  if (text === undefined) return { parts: [], unresolved: unresolved === '' ? [] : [unresolved] }
  const ran = readText(reader, text, scope, depth, around)
  return { parts: ran.parts, unresolved: [] }
}

function readCode(
  reader: Reader,
  code: Field,
  positional: readonly Field[],
  scope: Scope,
  depth: number,
  around: Around,
): RanInner {
  const inner = copyOf(scope)
  positional.forEach(({ text, known }, i) =>
    inner.values.set(String(i), known ? [text] : undefined)
  )
  if (positional.length > 1) {
    const rest = positional.slice(1)
    const all = rest.every(({ known }) => known) ? rest.map(({ text }) => text) : undefined
    inner.values.set('@', all).set('*', all)
  }
  for (const { name, value } of around.assigns) {
    inner.values.set(name, value.known ? [value.text] : undefined)
  }
  const kind = code.known ? undefined : codeKind(code.text)
  // What is one substitution was read already; nobody knows what it prints.
  if (kind?.sole) return { parts: [], unresolved: [kind.text] }
  const { parts } = readText(reader, code.text, inner, depth, around)
  return { parts, unresolved: kind === undefined ? [] : [kind.text] }
}

/** Where code that is not known comes from, when it begins with what only running can tell. */
function codeKind(text: string): { text: string; sole: boolean } | undefined {
  if (!/^\s*["']?[$`]/.test(text)) return undefined
  const { commands } = parseScript(text)
  const [first] = commands
  const pieces = commands.length === 1 && first?.words.length === 1 ? first.words[0]!.pieces : []
  const scripts = first === undefined ? [] : scriptsIn(first)
  const kind = scripts.length === 0
    ? 'text:unknown'
    : kindOf(scripts.flatMap((script) => script.commands))
  return { text: kind, sole: pieces.length === 1 && pieces[0]!.kind === 'script' }
}

function readText(reader: Reader, text: string, scope: Scope, depth: number, around: Around): Ran {
  const script = parseScript(text, reader.budget, depth + 1)
  return readWholeScript(reader, script, scope, depth + 1, { ...around, feed: { unresolved: '' } })
}
