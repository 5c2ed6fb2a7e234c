import { emitPart, emitSpan } from '../shell/emit.ts'
import { settleDirectory } from '../shell/scope.ts'
import type { Target } from '../shell/forms.ts'
import { parseCmd } from './cmd-parse.ts'
import { cmdDispatch } from './cmd-dispatch.ts'
import { environmentValue } from './paths.ts'
import type { Argument } from './ps-dispatch.ts'
import { FIELD_LIMIT, TARGET_LIMIT } from '../shell/limits.ts'
import { type Done, few, gathered, type Line, note, type Ran } from './ps-run.ts'
import type { Command, Pipeline, Script, Word } from './syntax.ts'
import { fieldOf, joined, listOf, literal, NOTHING, unknown, type Value } from './value.ts'

/** Read a text as cmd.exe whose whole is a span of its own. */
export function runCmd(line: Line, text: string): Done {
  const script = parseCmd(text, line.reader.budget, line.depth)
  const marked = script.broken
    ? {
      ...line,
      around: { ...line.around, unresolved: [...line.around.unresolved, 'text:syntax'] },
    }
    : line
  const ran = gathered(marked, () => runLines(marked, script))
  if (script.broken) {
    line.reader.complete = false
    if (ran.parts.length === 0) {
      const fields = [fieldOf(unknown(text.trim()), false)]
      const unresolved = ['text:syntax']
      const index = emitPart(line.reader, line.scope, { raw: text.trim(), fields, unresolved })
      return { parts: [index], words: text.trim() }
    }
  }
  if (ran.parts.length > 1 && script.pipelines.length > 1) {
    emitSpan(line.reader, text.trim(), { ...ran, assigns: [] })
  }
  return ran
}

/** Read code for cmd.exe that a command runs. */
export function readCmdCode(line: Line, code: Value, raw: string): Ran {
  const { reader, scope, depth } = line
  const output = unknown(raw, code.kind)
  if (code.text.trim() === '') return { parts: [], words: raw, output }
  if (code.text.length > reader.budget.code || depth >= 16) {
    reader.budget.bound = true
    const fields = [literal('cmd'), literal('/c'), { ...code, known: true }].map((one) =>
      fieldOf(one, false)
    )
    const index = emitPart(reader, scope, { raw, fields, unresolved: ['bound'] })
    return { parts: [index], words: raw, output }
  }
  reader.budget.code -= code.text.length
  const done = runCmd({ ...line, depth: depth + 1, inner: [] }, code.text)
  return { ...done, output }
}

function runLines(line: Line, script: Script): Ran {
  const rans = script.pipelines.map((pipeline) => gathered(line, () => runPipeline(line, pipeline)))
  return {
    parts: rans.flatMap(({ parts }) => parts),
    words: rans.map(({ words }) => words).filter((words) => words !== '').join(' & '),
    output: rans.length === 1 ? rans[0]!.output : unknown(script.raw),
  }
}

function runPipeline(line: Line, { raw, commands, assign }: Pipeline): Ran {
  const parts: number[] = []
  const words: string[] = []
  let feed: Value | undefined
  for (const command of commands) {
    const ran = gathered(line, () => runCommand(line, command, feed))
    feed = ran.output
    parts.push(...ran.parts)
    words.push(ran.words)
  }
  if (commands.length > 1 && parts.length > 0) {
    emitSpan(line.reader, raw, { parts, words: words.join(' | '), assigns: [] })
  }
  const output = feed ?? NOTHING
  if (assign !== undefined) line.variables.set(assign.name, output)
  return { parts, words: words.join(' | '), output }
}

function runCommand(line: Line, command: Command, feed: Value | undefined): Ran {
  const { reader, scope } = line
  const { raw } = command
  if (command.kind === 'bound') {
    reader.complete = false
    const index = emitPart(reader, scope, {
      raw,
      fields: [fieldOf(unknown(raw), false)],
      unresolved: ['bound'],
    })
    return { parts: [index], words: raw, output: unknown(raw) }
  }
  settleDirectory(scope)
  const targets = few(line, command.redirects, TARGET_LIMIT).flatMap(
    ({ operator, target }): Target[] => {
      const field = fieldOf(joined(valuesOf(line, target), ' '), true, false)
      return field.text === '' || /^(?:nul|con):?$/i.test(field.text) ? [] : [{ operator, field }]
    },
  )
  const around = { ...line.around, targets: [...line.around.targets, ...targets] }
  const inner = { ...line, around }
  if (command.kind === 'flow') return runFlow(inner, command, feed)
  const words = few(line, command.words, FIELD_LIMIT)
  const args = few(line, words.flatMap((word) => argumentsOf(line, word)), FIELD_LIMIT)
  return cmdDispatch(inner, raw, args, feed)
}

/** Brackets and loops: a group's commands are read, a loop's words are its variable's values. */
function runFlow(line: Line, command: Command, feed: Value | undefined): Ran {
  const values: Value[] = []
  const inside: Done[] = []
  let output = feed ?? NOTHING
  for (const word of command.words) {
    const [piece] = word.pieces
    if (piece?.kind !== 'script') {
      values.push(...valuesOf(line, word))
      continue
    }
    const ran = gathered(line, () => runLines(line, piece.script))
    inside.push(ran)
    output = { ...ran.output, known: false }
  }
  if (values.length > 0) {
    const list = values.slice(0, 16)
    output = { ...listOf(list), known: values.length === 1 && list[0]!.known, list: undefined }
  }
  return {
    parts: inside.flatMap(({ parts }) => parts),
    words: inside.map(({ words }) => words).join(' & '),
    output,
  }
}

/** What a word holds; a known variable outside of quotes may be several words. */
export function valuesOf(line: Line, { pieces }: Word): readonly Value[] {
  const values = pieces.map((piece): Value => {
    if (piece.kind === 'text') return literal(piece.text)
    return piece.kind === 'variable'
      ? variableValue(line, piece.name, piece.raw)
      : unknown(piece.raw)
  })
  const value = joined(values, '')
  line.reader.budget.expansion -= values.length > 1 ? value.text.length : 0
  if (line.reader.budget.expansion < 0) {
    line.reader.budget.bound = true
    return [unknown('…')]
  }
  const quoted = pieces.some((piece) => piece.kind === 'text' && piece.quoted)
  if (quoted || !value.known || !pieces.some(({ kind }) => kind === 'variable')) return [value]
  if (/[&|<>^]/.test(value.text)) return [unknown(value.text)]
  return value.text.split(/\s+/).filter((text) => text !== '').map(literal)
}

function argumentsOf(line: Line, word: Word): readonly Argument[] {
  const [first] = word.pieces
  const quoted = first?.kind === 'text' && first.quoted
  return valuesOf(line, word).map((value) => ({
    ...value,
    dashed: !quoted && /^[-/]./.test(value.text),
    block: false,
    listed: false,
    quoted,
  }))
}

function variableValue({ variables }: Line, name: string, raw: string): Value {
  const plain = environmentValue(name.slice(1))
  const value = variables.get(name) ?? (plain === undefined ? undefined : literal(plain))
  if (value === undefined) return unknown(raw)
  const modifier = /^[%!][\w().#$-]+:(.+)[%!]$/.exec(raw)?.[1]
  if (modifier === undefined) return value
  if (!value.known) return unknown(raw)
  const part = /^~(-?\d{1,4})(?:,(-?\d{1,4}))?$/.exec(modifier)
  if (part !== null) {
    const from = Number(part[1])
    const text = value.text.slice(from)
    const length = part[2] === undefined ? undefined : Number(part[2])
    return literal(text.slice(0, length))
  }
  const equals = modifier.indexOf('=')
  if (equals < 1 || modifier.startsWith('*') || value.text.length > 1024) return unknown(raw)
  return literal(value.text.split(modifier.slice(0, equals)).join(modifier.slice(equals + 1)))
}

/** `set x=y`, `set "x=y"`. */
export function assign(line: Line, raw: string, args: readonly Argument[]): Ran {
  const value = joined(args, ' ')
  const output = { parts: [], words: raw, output: NOTHING }
  const equals = value.text.indexOf('=')
  if (equals < 1 || value.text.startsWith('/')) return output
  const name = `%${value.text.slice(0, equals).trim().toLowerCase()}`
  if (line.variables.size < 1024) {
    const text = value.text.slice(equals + 1)
    line.variables.set(name, value.known ? literal(text) : unknown(text))
  }
  note(line, { parts: [], words: '' })
  return output
}
