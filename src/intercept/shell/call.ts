import { NOT_FED } from './feed.ts'
import { DEPTH_LIMIT } from './limits.ts'
import { givePositional } from './positional.ts'
import type { Around, Ran } from './ran.ts'
import { readScript } from './run.ts'
import { copyOf, type Reader, type Scope } from './scope.ts'
import type { Command, Defined, Script } from './syntax.ts'
import type { Field } from './words.ts'

/** Make the functions that a script defines known in a scope, wherever in it they are defined. */
export function defineFunctions(scope: Scope, script: Script): void {
  for (const defined of script.functions) {
    const body = defined.to > defined.from ? bodyOf(script, defined) : undefined
    const others = scope.functions.get(defined.name) ?? []
    scope.functions.set(defined.name, body === undefined ? others : [...others, body])
  }
}

/** The commands of a body as a script of their own, which runs now: nothing in it is doubtful for that. */
function bodyOf({ commands, pipelines, broken }: Script, { from, to }: Defined): Script {
  const inside = commands.slice(from, to).map((command) => ({
    ...called(command),
    // What feeds it is counted from the body's own beginning.
    fedBy: command.fedBy?.every((index) => index >= from && index < to)
      ? command.fedBy.map((index) => index - from)
      : undefined,
    input: command.input && { ...command.input, from: command.input.from - from },
  }))
  return {
    raw: inside.map(({ raw }) => raw).join('; '),
    commands: inside,
    pipelines: pipelines
      .filter(({ members }) => members.every((member) => member >= from && member < to))
      .map(({ raw, members }) => ({ raw, members: members.map((member) => member - from) })),
    functions: [],
    broken,
  }
}

function called(command: Command): Command {
  const { script } = command
  return {
    ...command,
    inFunction: false,
    script: script && { ...script, commands: script.commands.map(called) },
  }
}

/**
 * Read the body of a function once more, with the arguments of this call. What it would cost beyond the
 * budget stays unread, and the caller says so.
 *
 * @returns the parts of the body, or undefined where it was not read.
 */
export function callFunction(
  reader: Reader,
  scope: Scope,
  fields: readonly Field[],
  depth: number,
  around: Around,
): readonly Ran[] | undefined {
  const bodies = fields[0]!.known ? scope.functions.get(fields[0]!.text) ?? [] : []
  const call = fields.map(({ text }) => text).join('\0')
  if (bodies.length === 0 || reader.calling.has(call)) return []
  const cost = bodies.reduce((sum, { commands }) => sum + 1 + commands.length, 0)
  if (depth >= DEPTH_LIMIT || cost > reader.budget.calls) {
    reader.budget.bound = true
    return undefined
  }
  reader.budget.calls -= cost
  reader.calling.add(call)
  const ran = bodies.map((body) => {
    const inner = copyOf(scope)
    givePositional(inner, fields.slice(1))
    return readScript(reader, body, inner, depth + 1, { ...around, feed: NOT_FED }, around.feed)
  })
  reader.calling.delete(call)
  return ran
}
