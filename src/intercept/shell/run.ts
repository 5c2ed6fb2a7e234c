import { assignmentsAhead, namesSet } from './assign.ts'
import { emitSpan } from './emit.ts'
import { feedOf, scriptsIn } from './feed.ts'
import { type Around, expansion, type Ran } from './ran.ts'
import { copyOf, type Reader, type Scope, settleDirectory } from './scope.ts'
import { readSimple } from './simple.ts'
import type { Command, Script } from './syntax.ts'
import { expandWords, POSITIONAL } from './words.ts'

/** Read a script whose whole is a span of its own: a line, or code handed to a shell. */
export function readWholeScript(
  reader: Reader,
  script: Script,
  scope: Scope,
  depth: number,
  around?: Around,
): Ran {
  const ran = readScript(reader, script, scope, depth, around)
  if (ran.parts.length < 2) return ran
  const single = script.pipelines.length === 1 &&
    script.pipelines[0]!.members.length === script.commands.length
  // A lone command's own text says it all; only a subshell's brackets add to what stands in them.
  const lone = script.commands.length === 1 && script.commands[0]!.kind !== 'subshell'
  if (!single && !lone) emitSpan(reader, script.raw, { ...ran, words: ran.words.trim() })
  return ran
}

const NONE: readonly string[] = []

/** Read the commands of a script in their order. */
function readScript(
  reader: Reader,
  script: Script,
  scope: Scope,
  depth: number,
  around?: Around,
): Ran {
  for (const name of script.functions) scope.functions.add(name)
  const doubtful = doubtfulNames(script)
  const unresolved = script.broken
    ? [...(around?.unresolved ?? []), 'text:syntax']
    : around?.unresolved ?? NONE
  const ran: Ran[] = []
  for (let index = 0; index < script.commands.length; index++) {
    for (const name of doubtful) scope.values.set(name, undefined)
    const feed = feedOf(script, index, () => expansion(reader, scope))
    ran.push(readCommand(reader, script.commands[index]!, scope, depth, {
      assigns: around?.assigns ?? [],
      targets: around?.targets ?? [],
      feed,
      unresolved,
      sets: undefined,
    }))
  }
  for (const { raw, members } of script.pipelines) {
    const joined = members.map((member) => ran[member]!)
    emitSpan(reader, raw, together(joined, joined.map(({ words }) => words).join(' | ')))
  }
  if (script.broken) reader.complete = false
  return together(ran, wordsOf(ran, script))
}

/** What all commands say, blanks around it left on. */
function wordsOf(ran: readonly Ran[], { commands }: Script): string {
  if (ran.length === 1 && commands[0]!.after === '') return ran[0]!.words
  let words = ''
  for (let i = 0; i < ran.length; i++) words += ` ${ran[i]!.words} ${commands[i]!.after}`
  return words
}

function together(ran: readonly Ran[], words: string): Ran {
  if (ran.length === 1) return { parts: ran[0]!.parts, words, assigns: ran[0]!.assigns }
  const parts: number[] = []
  const assigns: string[] = []
  for (const one of ran) {
    for (const part of one.parts) parts.push(part)
    for (const name of one.assigns) assigns.push(name)
  }
  return { parts, words, assigns }
}

/** Names set by commands that may or may not run. */
function doubtfulNames(script: Script): readonly string[] {
  const names: string[] = []
  for (const command of script.commands) {
    if (isCertain(script, command)) continue
    for (const name of namesSet(command)) names.push(name)
  }
  return names.length < 2 ? names : [...new Set(names)]
}

/** Whether a command surely runs, once, in the shell itself. */
function isCertain(script: Script, command: Command): boolean {
  if (command.conditional || command.inFunction || command.kind !== 'simple') return false
  if (command.before === '|' || command.after === '|' || command.after === '&') return false
  if (command.before === '||') return false
  if (command.before !== '&&') return true
  const previous = script.commands[script.commands.indexOf(command) - 1]
  return previous !== undefined && isCertain(script, previous) &&
    (assignmentsAhead(previous.words) === previous.words.length)
}

/** Whether no script can stand in it. */
function isLiteral({ words, redirects }: Command): boolean {
  if (redirects.length > 0) return false
  for (const { sole, pieces } of words) {
    if (sole === undefined && !pieces.every(({ kind }) => kind === 'text')) return false
  }
  return true
}

function readCommand(
  reader: Reader,
  command: Command,
  scope: Scope,
  depth: number,
  around: Around,
): Ran {
  if (command.before !== '&&') settleDirectory(scope)
  if (command.inFunction) {
    for (const name of POSITIONAL) scope.values.set(name, undefined)
  }
  const inside = isLiteral(command)
    ? []
    : scriptsIn(command).map((script) => readScript(reader, script, copyOf(scope), depth + 1))
  const group = command.script === undefined
    ? undefined
    : readScript(reader, command.script, copyOf(scope), depth + 1)
  if (command.loop !== undefined) guessLoop(reader, command, scope)
  const ran = command.kind === 'data'
    ? { parts: [], words: command.raw, assigns: [] }
    : readSimple(reader, command, scope, depth, around)
  if (inside.length === 0 && group === undefined) return ran
  return {
    parts: [...inside.flatMap((ran) => ran.parts), ...(group?.parts ?? []), ...ran.parts],
    words: group === undefined ? ran.words : `(${group.words.trim()}) ${ran.words}`.trim(),
    assigns: [...ran.assigns, ...(group?.assigns ?? [])],
  }
}

/** A loop's variable holds each word of its list in turn; together they say what the body may get. */
function guessLoop(reader: Reader, command: Command, scope: Scope): void {
  const fields = expandWords(command.words, expansion(reader, scope))
  const text = fields.map((field) => field.text).join(' ')
  if (fields.length === 0 || text.length > GUESS_LIMIT || !fields.every(({ known }) => known)) {
    return
  }
  scope.guesses.set(command.loop!, text)
}

const GUESS_LIMIT = 1024
