import { emitPart, emitSpan } from './emit.ts'
import { givePositional } from './positional.ts'
import { isRead, readScriptFile, shebangOf } from './script-file.ts'
import { isWritten, writtenText } from './written.ts'
import { type Feed, kindOf, scriptsIn } from './feed.ts'
import { foreignCode } from './interpreters.ts'
import { APPENDED, type Inner, openLauncher } from './launch.ts'
import { afford, BEGIN_COST, CODE_LENGTH, DEPTH_LIMIT } from './limits.ts'
import { feedKinds, readForeign } from './open-foreign.ts'
import { baseName } from './program.ts'
import { type Around, type Ran } from './ran.ts'
import { readWholeScript } from './run.ts'
import { addHomes, copyOf, type Reader, type Scope } from './scope.ts'
import { parseScript } from './split.ts'
import { launchWindows } from '../windows/open.ts'
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
  if (fields[0]!.text.includes('{}') && fields[0]!.known) {
    // Only `find` or `xargs` can tell which program takes this place.
    fields = [{ ...fields[0]!, known: false }, ...fields.slice(1)]
  }
  let words = baseName(fields[0]!) ?? fields[0]!.text
  for (let i = 1; i < fields.length; i++) words += ` ${fields[i]!.text}`
  const assigns = around.assigns.map(({ name }) => name)
  const written = isWritten(reader, scope, fields[0]!)
  const windows = written ? undefined : launchWindows(reader, raw, fields, scope, depth, around)
  if (windows !== undefined) return windows
  const opened = written ? undefined : openLauncher(fields)
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
  if (opened === undefined) {
    const here = { scope, depth, around }
    return { parts: runItself(reader, fields, written, emit, here), words, assigns }
  }
  if (depth >= DEPTH_LIMIT) {
    reader.budget.bound = true
    return { parts: [emit(['bound'], false)], words, assigns }
  }
  const inner = opened.inner.map((one) => readInner(reader, one, scope, depth, around))
  const parts = inner.flatMap((one) => one.parts)
  const unknown = inner.flatMap((one) => one.unresolved)
  if (opened.own || unknown.length > 0 || parts.length === 0) {
    const part = emit(unknown, parts.length > 0)
    for (const { file } of inner) {
      if (file !== undefined) readScriptFile(reader, file, part, { scope, depth, around }, false)
    }
    return { parts: [...parts, part], words, assigns }
  }
  emitSpan(reader, raw, { parts, words, assigns })
  return { parts, words, assigns }
}

interface Here {
  readonly scope: Scope
  readonly depth: number
  readonly around: Around
}

/** A command that launches nothing: what it does itself, as code of its own language or as a script. */
function runItself(
  reader: Reader,
  fields: readonly Field[],
  written: boolean,
  emit: (unresolved: readonly string[], launched: boolean) => number,
  here: Here,
): number[] {
  const { scope, depth, around } = here
  const first = fields[0]!
  const foreign = foreignCode(baseName(first) ?? '', fields)
  if (foreign !== undefined) {
    const part = emit(feedKinds(reader, foreign, around.feed), false)
    if (depth < DEPTH_LIMIT) readForeign(reader, first, foreign, part, here)
    return [part]
  }
  const text = written && depth < DEPTH_LIMIT ? writtenText(reader, scope, first) : undefined
  const script = text !== undefined && shebangOf(text) === 'shell' ? text : undefined
  const part = emit(written && script === undefined ? ['written'] : [], false)
  if (script !== undefined) {
    return [part, ...readCode(reader, known(script), fields, scope, depth, around).parts]
  }
  if (!written && first.text.includes('/')) readScriptFile(reader, first, part, here, true)
  return [part]
}

/** Names under which a command finds its standard input. */
const INPUT = /^(?:-|\/dev\/stdin|\/dev\/fd\/0|\/proc\/self\/fd\/0)$/

/** Why a script file is not read; one that the line itself wrote is nobody's known script (F24). */
function fileKind(reader: Reader, scope: Scope, file: Field): string {
  if (file.process !== undefined) return kindOf(file.process.commands)
  if (/^\/(?:dev|proc\/[^/]+)\/fd\//.test(file.text)) return 'text:unknown'
  return isWritten(reader, scope, file) ? 'written' : 'script-unreadable'
}

interface RanInner {
  readonly parts: readonly number[]
  readonly unresolved: readonly string[]
  /** A script file that it runs. */
  readonly file?: Field | undefined
}

const known = (text: string): Field => ({ ...NOTHING, text, shown: text, bare: text })

function readInner(
  reader: Reader,
  inner: Inner,
  scope: Scope,
  depth: number,
  around: Around,
): RanInner {
  if (inner.kind === 'argv') {
    if (inner.idle === true && around.feed.text?.trim() === '') return { parts: [], unresolved: [] }
    const assigns = inner.assigns.map(({ text, known }) => {
      const equals = text.indexOf('=')
      const rest = text.slice(equals + 1)
      const value = { ...NOTHING, text: rest, shown: rest, bare: rest, known }
      return { name: text.slice(0, equals), value }
    })
    for (const { name, value } of assigns) if (name === 'HOME') addHomes(reader, [value.text])
    const runs = inner.appends === undefined ? [inner.fields] : fed(reader, inner, around.feed)
    const next = { ...around, assigns: [...around.assigns, ...assigns] }
    return {
      parts: runs.flatMap((fields) => {
        const raw = fields.map(({ shown }) => shown).join(' ')
        return launch(reader, raw, fields, scope, depth + 1, next).parts
      }),
      unresolved: [],
    }
  }
  if (inner.kind === 'code') {
    const ran = readCode(reader, inner.code, inner.positional, scope, depth, around)
    if (inner.apart !== true) return ran
    const unresolved = ran.unresolved.map((kind) =>
      kind === 'text:unknown' ? 'script-unreadable' : kind
    )
    return { ...ran, unresolved }
  }
  if (inner.kind === 'file' && !INPUT.test(inner.file.text)) {
    const text = writtenText(reader, scope, inner.file)
    if (text !== undefined) {
      return readCode(
        reader,
        known(text),
        inner.args && [inner.file, ...inner.args],
        scope,
        depth,
        around,
      )
    }
    return { parts: [], unresolved: [fileKind(reader, scope, inner.file)], file: inner.file }
  }
  const { text, unresolved, file } = around.feed
  if (text === undefined && file !== undefined) {
    const written = writtenText(reader, scope, file)
    if (written !== undefined) return readCode(reader, known(written), [], scope, depth, around)
    const kind = isRead(reader, scope, file) ? 'script-unreadable' : unresolved
    return { parts: [], unresolved: [kind], file }
  }
  if (text === undefined) return { parts: [], unresolved: unresolved === '' ? [] : [unresolved] }
  return readCode(reader, known(text), inner.args && [NOTHING, ...inner.args], scope, depth, around)
}

/** What `xargs` makes of its input: words behind the command, or in the place it names. */
function fed(
  { budget }: Reader,
  inner: Inner & { kind: 'argv' },
  { text }: Feed,
): (readonly Field[])[] {
  const { fields, appends = '' } = inner
  if (!isTold(appends, text)) budget.bound = true
  const words = text === undefined || text.length > GUESS_LIMIT
    ? undefined
    : text.split(/[\s\0]+/).filter((word) => word !== '')
  if (appends !== '') {
    const lines = words === undefined ? [] : text!.split('\n').filter((line) => line.trim() !== '')
    const guesses = lines.length === 0 || lines.length > LINE_LIMIT ? ['{}'] : lines
    return guesses.map((guess) =>
      fields.map((field) =>
        field.text.includes(appends)
          ? { ...field, known: false, text: field.text.replaceAll(appends, () => guess.trim()) }
          : field
      )
    )
  }
  const more = words?.map((word) => ({ ...APPENDED, text: word, glob: /[*?[]/.test(word) }))
  return [[...fields, ...(more ?? [APPENDED])]]
}

const GUESS_LIMIT = 4096
/** Lines for each of which `xargs -I` runs its command, as far as they are told apart. */
const LINE_LIMIT = 16

/** Whether input that is known is also short enough to be told apart. */
function isTold(appends: string, text: string | undefined): boolean {
  if (text === undefined) return true
  return text.length <= GUESS_LIMIT && (appends === '' || text.split('\n').length <= LINE_LIMIT + 1)
}

function readCode(
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
    inner.values.set(name, value.known ? [value.text] : undefined)
  }
  const kind = code.known
    ? undefined
    : code.text === '{}'
    ? fedKind(around.feed)
    : codeKind(code.text)
  // What is one substitution was read already; nobody knows what it prints.
  if (kind?.sole) return { parts: [], unresolved: [kind.text] }
  const { parts } = readText(reader, code.text, inner, depth, around)
  // Where a guess stands in it, what is not known is read as well.
  if (!code.known && code.shown !== code.text && code.shown !== '') {
    parts.push(...readText(reader, code.shown, copyOf(inner), depth, around).parts)
  }
  return { parts, unresolved: kind === undefined ? [] : [kind.text] }
}

/** Code that comes in as data. */
function fedKind({ unresolved }: Feed): { text: string; sole: boolean } {
  return { text: unresolved === '' ? 'text:unknown' : unresolved, sole: true }
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

export function readText(
  reader: Reader,
  text: string,
  scope: Scope,
  depth: number,
  around: Around,
): Ran {
  const readable = text.length <= CODE_LENGTH && afford(reader.budget, text.length + BEGIN_COST)
  if (!readable) {
    reader.budget.bound = true
    return { parts: [], words: '', assigns: [] }
  }
  const script = parseScript(text, reader.budget, depth + 1)
  return readWholeScript(reader, script, scope, depth + 1, { ...around, feed: { unresolved: '' } })
}
