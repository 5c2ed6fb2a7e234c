import { emitPart, emitSpan } from './emit.ts'
import { kindOf, scriptsIn } from './feed.ts'
import { type Inner, openLauncher } from './launch.ts'
import { DEPTH_LIMIT } from './limits.ts'
import { baseName } from './program.ts'
import { type Around, expansion, type Ran } from './ran.ts'
import { readWholeScript } from './run.ts'
import { copyOf, type Reader, type Scope } from './scope.ts'
import { parseScript } from './split.ts'
import { expandOne, type Field } from './words.ts'

/** Open launchers until a command is left that runs itself. */
export function launch(
  reader: Reader,
  raw: string,
  fields: readonly Field[],
  scope: Scope,
  depth: number,
  around: Around,
): Ran {
  const words = fields.map(({ text }, i) => i === 0 ? baseName(fields[0]!) ?? text : text).join(' ')
  const assigns = around.assigns.map(({ name }) => name)
  const opened = openLauncher(fields)
  if (opened === undefined) {
    const part = emitPart(
      reader,
      scope,
      raw,
      around.assigns,
      fields,
      around.targets,
      around.unresolved,
    )
    return { parts: [part], words, assigns }
  }
  if (depth >= DEPTH_LIMIT) {
    reader.budget.bound = true
    const kinds = [...around.unresolved, 'bound']
    const part = emitPart(reader, scope, raw, around.assigns, fields, around.targets, kinds)
    return { parts: [part], words, assigns }
  }
  const inner = opened.inner.map((one) => readInner(reader, one, scope, depth, around))
  const unknown = inner.flatMap((one) => one.unresolved)
  const own = opened.own || unknown.length > 0 || inner.every((one) => one.parts.length === 0)
  const parts = inner.flatMap((one) => one.parts)
  if (own) {
    const kinds = [...around.unresolved, ...unknown]
    const part = emitPart(reader, scope, raw, around.assigns, fields, around.targets, kinds)
    return { parts: [...parts, part], words, assigns }
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
    const expand = expansion(reader, scope)
    const assigns = inner.assigns.map(({ text, known }) => {
      const equals = text.indexOf('=')
      const value = {
        ...expandOne([], expand),
        text: text.slice(equals + 1),
        shown: text.slice(equals + 1),
        known,
      }
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
  const { parts } = readText(reader, code.text, inner, depth, around)
  const whole = !code.known && /^\s*["']?(?:\$|`)/.test(code.text)
  return {
    parts,
    unresolved: whole
      ? [code.text.includes('$(') || code.text.includes('`') ? codeKind(code.text) : 'text:unknown']
      : [],
  }
}

function codeKind(text: string): string {
  const script = parseScript(text)
  const kinds = script.commands.flatMap(scriptsIn).map(({ commands }) => kindOf(commands))
  return kinds.find((kind) => kind === 'text:network') ?? kinds[0] ?? 'text:unknown'
}

function readText(reader: Reader, text: string, scope: Scope, depth: number, around: Around): Ran {
  const script = parseScript(text, reader.budget, depth + 1)
  return readWholeScript(reader, script, scope, depth + 1, { ...around, feed: { unresolved: '' } })
}
