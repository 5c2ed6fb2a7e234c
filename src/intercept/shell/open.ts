import { emitPart, emitSpan } from './emit.ts'
import { isRead, kindOfFeed, readScriptFile, shebangOf } from './script-file.ts'
import { isWritten, writtenText } from './written.ts'
import { fed } from './fed.ts'
import { readCode } from './code.ts'
import { feedFrom, NOT_FED } from './feed.ts'
import { joinedTexts } from './forms.ts'
import { kindOf } from './kinds.ts'
import { foreignCode, isInput } from './interpreters.ts'
import { type Inner, openLauncher } from './launch.ts'
import { DEPTH_LIMIT } from './limits.ts'
import { feedKinds, readForeign, withWritten } from './open-foreign.ts'
import { printedByPipe } from './printed.ts'
import { printedFile } from './printed-file.ts'
import { baseName } from './program.ts'
import { type Around, expansion, type Ran } from './ran.ts'
import { addHomes, type Reader, type Scope, seenBy } from './scope.ts'
import { launchWindows } from '../windows/open.ts'
import { type Field, literalField, NOTHING } from './field.ts'

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
  const name = baseName(fields[0]!)
  const words = joinedTexts(name ?? fields[0]!.text, fields, 1, raw)
  const assigns = around.assigns.length === 0 ? NONE : around.assigns.map(({ name }) => name)
  const written = isWritten(reader, scope, fields[0]!)
  const windows = written ? undefined : launchWindows(reader, raw, fields, scope, depth, around)
  if (windows !== undefined) return windows
  const opened = written ? undefined : openLauncher(name, fields)
  if (opened !== undefined && !WAITING.has(name ?? '')) reader.wild = true
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
      fetches: around.feed.unresolved === 'text:network',
    })
  if (opened === undefined) {
    const here = { scope, depth, around }
    return { parts: runItself(reader, name, fields, written, emit, here), words, assigns }
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

/** Launchers that end when what they launch has ended. */
const WAITING = new Set(
  'sudo doas env command builtin exec time nice timeout stdbuf bash sh zsh dash . source eval xargs find'
    .split(' '),
)

const NONE: readonly string[] = []

interface Here {
  readonly scope: Scope
  readonly depth: number
  readonly around: Around
}

/** A command that launches nothing: what it does itself, as code of its own language or as a script. */
function runItself(
  reader: Reader,
  name: string | undefined,
  fields: readonly Field[],
  written: boolean,
  emit: (unresolved: readonly string[], launched: boolean) => number,
  here: Here,
): number[] {
  const { scope, depth, around } = here
  const first = fields[0]!
  const foreign = name === undefined
    ? undefined
    : withWritten(reader, scope, foreignCode(name, fields))
  if (foreign !== undefined) {
    const part = emit(feedKinds(reader, scope, foreign, around.feed), false)
    if (depth < DEPTH_LIMIT) readForeign(reader, first, foreign, part, here)
    return [part]
  }
  const text = written && depth < DEPTH_LIMIT ? writtenText(reader, scope, first) : undefined
  const script = text !== undefined && shebangOf(text) === 'shell' ? text : undefined
  const part = emit(written && script === undefined ? ['written'] : [], false)
  if (script !== undefined) {
    return [part, ...readCode(reader, literalField(script), fields, scope, depth, around).parts]
  }
  if (!written && first.text.includes('/')) readScriptFile(reader, first, part, here, true)
  return [part]
}

/** Why a script file is not read; one that the line itself wrote is nobody's known script (F24). */
function fileKind(reader: Reader, scope: Scope, file: Field): string {
  if (file.process !== undefined) return kindOf(file.process.commands, expansion(reader, scope))
  if (/^\/(?:dev|proc\/[^/]+)\/fd\//.test(file.text)) return 'text:unknown'
  return isWritten(reader, scope, file) ? 'written' : 'script-unreadable'
}

/** What a script holds, where the line itself says so: it was written before, or is printed on the spot. */
function textOfFile(reader: Reader, scope: Scope, file: Field): string | undefined {
  return file.process === undefined
    ? writtenText(reader, scope, file)
    : printedByPipe(file.process.commands, expansion(reader, scope))
}

export interface RanInner {
  readonly parts: readonly number[]
  readonly unresolved: readonly string[]
  /** A script file that it runs. */
  readonly file?: Field | undefined
}

/** A command that a launcher is given word by word. */
function readArgv(
  reader: Reader,
  inner: Inner & { kind: 'argv' },
  scope: Scope,
  depth: number,
  around: Around,
): RanInner {
  const feed = inner.from === undefined
    ? around.feed
    : feedFrom(inner.from, expansion(reader, scope))
  if (inner.idle === true && feed.text?.trim() === '') return { parts: [], unresolved: [] }
  const assigns = inner.assigns.map(({ text, known }) => {
    const equals = text.indexOf('=')
    const value = { ...literalField(text.slice(equals + 1)), known }
    return { name: text.slice(0, equals), value }
  })
  for (const { name, value } of assigns) if (name === 'HOME') addHomes(reader, [value.text])
  const runs = inner.appends === undefined ? [inner.fields] : fed(reader, inner, feed)
  const next = assigns.length === 0 && inner.appends === undefined ? around : {
    ...around,
    assigns: [...around.assigns, ...assigns],
    feed: inner.appends === undefined ? around.feed : { ...feed, taken: true as const },
  }
  const parts = runs.flatMap((fields) => {
    const raw = fields.map(({ shown }) => shown).join(' ')
    const seen = seenBy(inner, scope)
    return launch(reader, raw, fields, seen, depth + 1, next).parts
  })
  return { parts, unresolved: [] }
}

export function readInner(
  reader: Reader,
  inner: Inner,
  scope: Scope,
  depth: number,
  around: Around,
): RanInner {
  if (inner.kind === 'argv') return readArgv(reader, inner, scope, depth, around)
  if (inner.kind === 'code') {
    const ran = readCode(reader, inner.code, inner.positional, scope, depth, around)
    return inner.apart === true ? readApart(ran) : ran
  }
  if (inner.kind === 'file' && !isInput(inner.file.text)) {
    const { process } = inner.file
    const copied = process && printedFile(process.commands, expansion(reader, scope))
    if (copied !== undefined) {
      return readInner(reader, { ...inner, file: copied }, scope, depth, around)
    }
    const text = textOfFile(reader, scope, inner.file)
    if (text !== undefined) {
      return readCode(
        reader,
        literalField(text),
        inner.args && [inner.file, ...inner.args],
        scope,
        depth,
        around,
      )
    }
    return { parts: [], unresolved: [fileKind(reader, scope, inner.file)], file: inner.file }
  }
  const ran = readInput(reader, inner.args, scope, depth, around)
  return inner.kind === 'input' && inner.apart === true ? readApart(ran) : ran
}

/** Code that does not run here, or not now: what cannot be read of it is no code from nowhere. */
function readApart(ran: RanInner): RanInner {
  const unresolved = ran.unresolved.map((kind) =>
    kind === 'text:unknown' ? 'script-unreadable' : kind
  )
  return { ...ran, unresolved }
}

/** A shell's script on its standard input. */
function readInput(
  reader: Reader,
  args: readonly Field[] | undefined,
  scope: Scope,
  depth: number,
  around: Around,
): RanInner {
  const { text, unresolved, file } = around.feed
  if (text === undefined && file !== undefined) {
    const written = writtenText(reader, scope, file)
    if (written !== undefined) {
      return readCode(reader, literalField(written), [], scope, depth, { ...around, feed: NOT_FED })
    }
    const kind = isRead(reader, scope, file)
      ? 'script-unreadable'
      : kindOfFeed(reader, scope, around.feed)
    return { parts: [], unresolved: [kind], file }
  }
  if (text === undefined) return { parts: [], unresolved: unresolved === '' ? [] : [unresolved] }
  return readCode(
    reader,
    literalField(text),
    args && [NOTHING, ...args],
    scope,
    depth,
    { ...around, feed: NOT_FED },
  )
}
