import { assignmentsAhead, namesSet } from './assign.ts'
import { emitSpan } from './emit.ts'
import { feedOf, scriptsIn } from './feed.ts'
import { type Around, expansion, type Ran } from './ran.ts'
import { copyOf, type Reader, type Scope, settleDirectory } from './scope.ts'
import { readSimple } from './simple.ts'
import type { Command, Script, Word } from './syntax.ts'
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
  const single = script.pipelines.length === 1 &&
    script.pipelines[0]!.members.length === script.commands.length
  // A lone command's own text says it all; only a subshell's brackets add to what stands in them.
  const lone = script.commands.length === 1 && script.commands[0]!.kind !== 'subshell'
  if (ran.parts.length > 1 && !single && !lone) emitSpan(reader, script.raw, ran)
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
  for (const name of doubtful) scope.values.set(name, undefined)
  const ran = script.commands.map((command, index) => {
    const previous = doubtful.size === 0 ? undefined : script.commands[index - 1]
    // What the one in front set is as doubtful as before.
    for (const name of previous === undefined ? [] : namesSet(previous)) {
      if (doubtful.has(name)) scope.values.set(name, undefined)
    }
    const feed = feedOf(script, index, () => expansion(reader, scope))
    return readCommand(reader, command, scope, depth, {
      assigns: around?.assigns ?? [],
      targets: around?.targets ?? [],
      unresolved: script.broken
        ? [...(around?.unresolved ?? []), 'text:syntax']
        : around?.unresolved ?? NONE,
      feed,
    })
  })
  for (const { raw, members } of script.pipelines) {
    const joined = members.map((member) => ran[member]!)
    emitSpan(reader, raw, {
      parts: joined.flatMap(({ parts }) => parts),
      words: joined.map(({ words }) => words).join(' | '),
      assigns: joined.flatMap(({ assigns }) => assigns),
    })
  }
  if (script.broken) reader.complete = false
  return {
    parts: ran.flatMap(({ parts }) => parts),
    words: script.commands.map(({ after }, i) => `${ran[i]!.words} ${after}`).join(' ').trim(),
    assigns: ran.flatMap(({ assigns }) => assigns),
  }
}

/** Names set by commands that may or may not run. */
function doubtfulNames(script: Script): ReadonlySet<string> {
  const names = new Set<string>()
  // Behind `&&` a command surely runs if the one in front did, and could not fail.
  let goesOn = false
  for (const command of script.commands) {
    const certain = isCertain(command, goesOn)
    goesOn = certain && assignmentsAhead(command.words) === command.words.length
    if (certain) continue
    for (const name of namesSet(command)) names.add(name)
  }
  return names
}

/** Whether a command surely runs, once, in the shell itself. */
function isCertain(command: Command, goesOn: boolean): boolean {
  if (command.conditional || command.inFunction || command.kind !== 'simple') return false
  if (command.before === '|' || command.after === '|' || command.after === '&') return false
  if (command.before === '||') return false
  return command.before !== '&&' || goesOn
}

function isLiteral({ pieces }: Word): boolean {
  return pieces.every(({ kind }) => kind === 'text')
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
  const inside = command.words.every(isLiteral) && command.redirects.length === 0
    ? []
    : scriptsIn(command).map((script) => readScript(reader, script, copyOf(scope), depth + 1))
  const parts = inside.flatMap((ran) => ran.parts)
  const group = command.script === undefined
    ? undefined
    : readScript(reader, command.script, copyOf(scope), depth + 1)
  if (command.loop !== undefined) guessLoop(reader, command, scope)
  const ran = command.kind === 'data'
    ? { parts: [], words: command.raw, assigns: [] }
    : readSimple(reader, command, scope, depth, around)
  return {
    parts: [...parts, ...(group?.parts ?? []), ...ran.parts],
    words: group === undefined ? ran.words : `(${group.words}) ${ran.words}`.trim(),
    assigns: [...ran.assigns, ...(group?.assigns ?? [])],
  }
}

/** A loop's variable holds each word of its list in turn; together they say what the body may get. */
function guessLoop(reader: Reader, command: Command, scope: Scope): void {
  const fields = expandWords(command.words, expansion(reader, scope))
  const text = fields.map((field) => field.text).join(' ')
  if (fields.length === 0 || !fields.every(({ known }) => known)) return
  if (text.length > GUESS_LIMIT) {
    reader.budget.bound = true
    return
  }
  scope.guesses.set(command.loop!, text)
}

const GUESS_LIMIT = 4096
