import { emitPart, emitSpan } from '../shell/emit.ts'
import type { Target } from '../shell/forms.ts'
import { FIELD_LIMIT, TARGET_LIMIT } from '../shell/limits.ts'
import type { Around } from '../shell/ran.ts'
import type { Reader, Scope } from '../shell/scope.ts'
import { settleDirectory } from '../shell/scope.ts'
import { type Argument, dispatch } from './ps-dispatch.ts'
import { parsePowerShell } from './ps-parse.ts'
import { expressionValue, valueOf } from './ps-value.ts'
import type { Command, Pipeline, Script } from './syntax.ts'
import { fieldOf, NOTHING, unknown, type Value, worst } from './value.ts'

/** What is gathered while a line of PowerShell or cmd.exe is read. */
export interface Line {
  readonly reader: Reader
  readonly scope: Scope
  readonly depth: number
  readonly around: Around
  readonly variables: Map<string, Value>
  readonly aliases: Map<string, string>
  /** Parts of what stands in brackets, until the command they stand in takes them. */
  readonly inner: Done[]
}

/** Parts that reading gave, and the words they have in a span. */
export interface Done {
  readonly parts: readonly number[]
  readonly words: string
}

export interface Ran extends Done {
  readonly output: Value
}

export function note(line: Line, done: Done): void {
  if (done.parts.length > 0) line.inner.push(done)
}

/** Read a text as PowerShell whose whole is a span of its own. */
export function runPowerShell(line: Line, text: string): Done {
  const script = parsePowerShell(text, line.reader.budget, line.depth)
  const marked = script.broken
    ? {
      ...line,
      around: { ...line.around, unresolved: [...line.around.unresolved, 'text:syntax'] },
    }
    : line
  const ran = gathered(marked, () => runPipelines(marked, script))
  if (script.broken) {
    line.reader.complete = false
    if (ran.parts.length === 0) {
      const fields = [fieldOf(unknown(text.trim()), false)]
      const index = emitPart(line.reader, line.scope, {
        raw: text.trim(),
        fields,
        unresolved: ['text:syntax'],
      })
      return { parts: [index], words: text.trim() }
    }
  }
  if (ran.parts.length > 1 && script.pipelines.length > 1) {
    emitSpan(line.reader, text.trim(), { ...ran, assigns: [] })
  }
  return ran
}

/** Parts that a step leaves behind, with those of the brackets in it in front. */
export function gathered<T extends Done>(line: Line, step: () => T): T {
  const from = line.inner.length
  const ran = step()
  const inside = line.inner.splice(from)
  if (inside.length === 0) return ran
  return { ...ran, parts: [...inside.flatMap(({ parts }) => parts), ...ran.parts] }
}

/** Read brackets; what a block sets may not hold behind it. */
export function runScript(line: Line, script: Script, block: boolean): Ran {
  const inner = block ? { ...line, variables: new Map(line.variables) } : line
  const ran = runPipelines(inner, script)
  if (block) {
    for (const [name, value] of inner.variables) {
      if (line.variables.get(name) !== value) line.variables.set(name, { ...value, known: false })
    }
  }
  note(line, ran)
  return ran
}

function runPipelines(line: Line, script: Script): Ran {
  const rans = script.pipelines.map((pipeline) => gathered(line, () => runPipeline(line, pipeline)))
  const outputs = rans.map(({ output }) => output).filter((output) => output !== NOTHING)
  return {
    parts: rans.flatMap(({ parts }) => parts),
    words: rans.map(({ words }) => words).filter((words) => words !== '').join(' ; '),
    output: outputs.length === 1 ? outputs[0]! : outputs.length === 0 ? NOTHING : {
      ...unknown(script.raw, worst(outputs)),
    },
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
  const output = feed ?? NOTHING
  if (commands.length > 1 && parts.length > 0) {
    emitSpan(line.reader, raw, { parts, words: words.join(' | '), assigns: [] })
  }
  if (assign === undefined) return { parts, words: words.join(' | '), output }
  line.variables.set(assign.name, assign.append ? unknown(output.text, output.kind) : output)
  return { parts, words: words.join(' | '), output: NOTHING }
}

function runCommand(line: Line, command: Command, feed: Value | undefined): Ran {
  const { reader, scope } = line
  if (command.kind === 'bound') {
    reader.complete = false
    const fields = [fieldOf(unknown(command.raw), false)]
    const index = emitPart(reader, scope, { raw: command.raw, fields, unresolved: ['bound'] })
    return { parts: [index], words: command.raw, output: unknown(command.raw) }
  }
  settleDirectory(scope)
  if (feed !== undefined) {
    for (const name of ['_', 'psitem', 'input']) line.variables.set(name, { ...feed, known: false })
  }
  if (command.kind === 'flow') return runFlow(line, command)
  const targets = few(line, command.redirects, TARGET_LIMIT).flatMap(({ operator, target }) =>
    targetOf(line, operator, target)
  )
  if (command.kind === 'expression') {
    const output = expressionValue(line, command)
    if (targets.length === 0) return { parts: [], words: command.raw, output }
    const index = emitPart(reader, scope, { raw: command.raw, targets })
    return { parts: [index], words: command.raw, output: NOTHING }
  }
  const args = argumentsOf(line, command)
  const around = { ...line.around, targets: [...line.around.targets, ...targets] }
  return dispatch({ ...line, around }, command.raw, args, feed)
}

/** The first of a command's words or redirections; a command with more is marked. */
export function few<T>({ reader }: Line, all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all
  reader.budget.bound = true
  return all.slice(0, most)
}

function targetOf(line: Line, operator: string, word: Command['words'][number]): Target[] {
  const field = fieldOf(valueOf(line, word), true, false)
  if (field.text === '' || /^(?:\$null|nul|con)$/i.test(field.text)) return []
  return [{ operator, field }]
}

/** Words with lists taken apart; only a word without quotes is a parameter. */
function argumentsOf(line: Line, { words }: Command): Argument[] {
  const args = few(line, words, FIELD_LIMIT).flatMap((word): Argument[] => {
    const [first] = word.pieces
    const value = valueOf(line, word)
    const dashed = first?.kind === 'text' && !first.quoted && /^[-\u2013-\u2015]/.test(first.text)
    const plain = dashed ? { ...value, text: value.text.replace(/^[\u2013-\u2015]/, '-') } : value
    const block = first?.kind === 'script' && first.block
    // `@name` stands for a list that nobody follows.
    const splat = first?.kind === 'text' && !first.quoted && /^@\w/.test(first.text)
    const items = splat ? [unknown(plain.text)] : plain.list ?? [plain]
    return items.map((item, i) => ({ ...item, dashed, block, listed: word.listed || i > 0 }))
  })
  return [...few(line, args, FIELD_LIMIT)]
}

/** Keywords: their brackets are read, a function's name is remembered. */
function runFlow(line: Line, command: Command): Ran {
  const [first] = command.words
  if (/^(?:function|filter|workflow)\b/i.test(command.raw) && first !== undefined) {
    line.scope.functions.set(first.raw.toLowerCase(), [])
  }
  const from = line.inner.length
  for (const word of command.words) valueOf(line, word)
  const inside = line.inner.splice(from)
  return {
    parts: inside.flatMap(({ parts }) => parts),
    words: inside.map(({ words }) => words).join(' ; '),
    output: unknown(command.raw),
  }
}

/** Read a text that a command runs as code; where it is not known the part says where it comes from. */
export function runCode(line: Line, code: Value, raw: string, name: string): Ran {
  const { reader, scope, depth } = line
  const kinds: string[] = []
  if (!code.known) kinds.push(code.kind === '' ? 'text:unknown' : code.kind)
  const bound = code.text.length > reader.budget.code || depth >= 16
  if (bound) kinds.push('bound')
  const parts: number[] = []
  let words = raw
  if (!bound && (code.known || code.bare !== '') && code.text.trim() !== '') {
    reader.budget.code -= code.text.length
    const done = runPowerShell({ ...line, depth: depth + 1, inner: [] }, code.text)
    parts.push(...done.parts)
    words = done.words
  }
  if (bound) reader.budget.bound = true
  if (kinds.length > 0 || name !== '') {
    const field = { ...fieldOf(code, false), known: true }
    const fields = [fieldOf({ ...NOTHING, text: name || 'Invoke-Expression' }, false), field]
    const unresolved = [...line.around.unresolved, ...kinds]
    parts.push(emitPart(reader, scope, { raw, fields, targets: line.around.targets, unresolved }))
    words = `${name || 'Invoke-Expression'} ${code.text}`
  }
  return { parts, words, output: unknown(raw, code.kind) }
}
