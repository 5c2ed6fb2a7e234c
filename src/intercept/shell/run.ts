import { assignmentsAhead, doubt, GUESS_COUNT, namesSet } from './assign.ts'
import { emitSpan } from './emit.ts'
import { defineFunctions } from './call.ts'
import { isInput } from './draft.ts'
import { type Feed, feedOf, NOT_FED, sinkFeed } from './feed.ts'
import { scriptsIn } from './kinds.ts'
import { type Around, expansion, type Ran } from './ran.ts'
import { flowInto, sends } from './flow.ts'
import { copyOf, type Reader, type Scope, settleDirectory } from './scope.ts'
import { readSimple } from './simple.ts'
import type { Command, Script } from './syntax.ts'
import { expandWords, POSITIONAL, valueOf } from './words.ts'

/**
 * Read a script whose whole is a span of its own: a line, or code handed to a shell.
 *
 * @param input - as `readScript`.
 */
export function readWholeScript(
  reader: Reader,
  script: Script,
  scope: Scope,
  depth: number,
  around?: Around,
  input?: Feed,
): Ran {
  const ran = readScript(reader, script, scope, depth, around, input)
  const loop = LOOP.test(script.raw)
  if (ran.parts.length < (loop ? 1 : 2)) return ran
  const single = script.pipelines.length === 1 &&
    script.pipelines[0]!.members.length === script.commands.length
  // A lone command's own text says it all; only a subshell's brackets add to what stands in them.
  const lone = script.commands.length === 1 && script.commands[0]!.kind !== 'subshell'
  if (loop || (!single && !lone)) {
    emitSpan(reader, script.raw, { ...ran, words: ran.words.trim() })
  }
  return ran
}

/** Members of a pipeline behind which nobody asks what flowed in. */
const FLOW_LIMIT = 16

/** A loop says more than the commands in it: how often they run. */
const LOOP = /^(?:for|while|until)\b/

const NONE: readonly string[] = []
const NO_ASSIGNS: Around['assigns'] = []
const NO_TARGETS: Around['targets'] = []

/**
 * Read the commands of a script in their order.
 *
 * @param input - what the first of them, and each that nothing else feeds, finds on standard input.
 */
export function readScript(
  reader: Reader,
  script: Script,
  scope: Scope,
  depth: number,
  around?: Around,
  input?: Feed,
): Ran {
  if (script.functions.length > 0) defineFunctions(scope, script)
  const doubtful = doubtfulNames(script)
  const unresolved = script.broken
    ? [...(around?.unresolved ?? []), 'text:syntax']
    : around?.unresolved ?? NONE
  for (const name of doubtful) doubt(scope, name)
  const ran: Ran[] = []
  for (let index = 0; index < script.commands.length; index++) {
    const previous = doubtful.length === 0 ? undefined : script.commands[index - 1]
    // What the one in front set is as doubtful as before.
    for (const name of previous === undefined ? NONE : namesSet(previous)) {
      if (doubtful.includes(name)) doubt(scope, name)
    }
    const called = scope.functions.size > 0
    const command = script.commands[index]!
    const takes = called || isExecInput(command)
    const own = feedOf(script, index, () => expansion(reader, scope), takes)
    const feed = input !== undefined && own === NOT_FED ? input : own
    // `exec < file`: from here on it is everybody's standard input.
    if (takes && own !== NOT_FED && isExecInput(command)) input = own
    ran.push(readCommand(reader, command, scope, depth, {
      assigns: around?.assigns ?? NO_ASSIGNS,
      targets: around?.targets ?? NO_TARGETS,
      feed,
      unresolved,
      sets: undefined,
    }))
  }
  for (const { raw, members } of script.pipelines) {
    const joined = members.map((member) => ran[member]!)
    for (let i = 1; i < Math.min(joined.length, FLOW_LIMIT); i++) {
      if (!sends(reader, joined[i]!.parts)) continue
      flowInto(reader, joined[i]!.parts, joined.slice(0, i).flatMap(({ parts }) => parts))
    }
    emitSpan(reader, raw, together(joined, joined.map(({ words }) => words).join(' | ')))
  }
  if (script.broken) reader.complete = false
  return together(ran, wordsOf(ran, script))
}

/** `exec` with nothing but a redirection of standard input. */
function isExecInput({ words, redirects }: Command): boolean {
  return redirects.length > 0 && words.length === 1 && words[0]!.sole?.text === 'exec' &&
    redirects.some(isInput)
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
  // Behind `&&` a command surely runs if the one in front did, and could not fail.
  let goesOn = false
  for (const command of script.commands) {
    const certain = isCertain(command, goesOn)
    goesOn = certain && assignmentsAhead(command.words) === command.words.length
    if (certain) continue
    for (const name of namesSet(command)) names.push(name)
  }
  return names.length < 2 ? names : [...new Set(names)]
}

/** Whether a command surely runs, once, in the shell itself. */
function isCertain(command: Command, goesOn: boolean): boolean {
  if (command.conditional || command.inFunction || command.kind !== 'simple') return false
  if (command.before === '|' || command.after === '|' || command.after === '&') return false
  if (command.before === '||') return false
  return command.before !== '&&' || goesOn
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
  if (command.after === '&' || command.kind === 'subshell') reader.wild = true
  if (command.inFunction) {
    for (const name of POSITIONAL) scope.values.set(name, undefined)
  }
  const inside = isLiteral(command) ? [] : scriptsIn(command).map((script) => {
    const input = sinkFeed(command, script, around.feed, () => expansion(reader, scope))
    return readScript(reader, script, copyOf(scope), depth + 1, undefined, input)
  })
  const group = command.script === undefined
    ? undefined
    : readScript(reader, command.script, copyOf(scope), depth + 1, undefined, around.feed)
  if (command.loop !== undefined) guessLoop(reader, command, scope)
  const ran = command.kind === 'data'
    ? { parts: [], words: command.raw, assigns: [] }
    : readSimple(reader, command, scope, depth, around)
  if (inside.length === 0 && group === undefined) return ran
  if (sends(reader, ran.parts)) {
    flowInto(reader, ran.parts, inside.flatMap((one) => one.parts))
  }
  return {
    parts: [...inside.flatMap((ran) => ran.parts), ...(group?.parts ?? []), ...ran.parts],
    words: group === undefined ? ran.words : `(${group.words.trim()}) ${ran.words}`.trim(),
    assigns: [...ran.assigns, ...(group?.assigns ?? [])],
  }
}

/** A loop's variable holds each word of its list in turn. */
function guessLoop(reader: Reader, command: Command, scope: Scope): void {
  const fields = expandWords(command.words, expansion(reader, scope))
  const texts = fields.map(valueOf)
  const long = texts.reduce((sum, text) => sum + text.length, 0) > GUESS_LIMIT
  if (fields.length === 0 || !fields.every(({ known }) => known)) return
  if (long) {
    reader.budget.bound = true
    return
  }
  const many = texts.length > GUESS_COUNT
  scope.guesses.set(command.loop!, many ? [texts.join(' ')] : [...new Set(texts)])
}

const GUESS_LIMIT = 4096
