import { assignmentsAhead, DECLARING, namesSet, readAssignment, remember } from './assign.ts'
import { emitPart } from './emit.ts'
import type { Assign, Target } from './forms.ts'
import { TARGET_LIMIT, VARIABLE_LIMIT } from './limits.ts'
import { callFunction } from './call.ts'
import { noteLatent, readCodeVariables } from './code-variables.ts'
import { launch } from './open.ts'
import { baseName } from './program.ts'
import { type Around, expansion, type Ran } from './ran.ts'
import { contentWritten } from './written.ts'
import { setBy, SETTERS } from './setters.ts'
import { setPositional } from './positional.ts'
import { addHomes, changeDirectory, forget, type Reader, type Scope } from './scope.ts'
import type { Command } from './syntax.ts'
import {
  expandOne,
  expandWords,
  type Expansion,
  type Field,
  literalField,
  NOTHING,
  POSITIONAL,
  textOfValue,
  turnsOf,
} from './words.ts'

const HARMLESS = /^\/dev\/(?:null|stdout|stderr|stdin|tty|fd\/\d+)$/

/** Read one simple command: what it sets, where it writes, what it runs. */
export function readSimple(
  reader: Reader,
  command: Command,
  scope: Scope,
  depth: number,
  around: Around,
): Ran {
  if (command.bound) return unread(reader, command, scope)
  const expand = expansion(reader, scope)
  const ahead = assignmentsAhead(command.words)
  if (ahead + scope.values.size > VARIABLE_LIMIT) {
    reader.budget.bound = true
    return unread(reader, command, scope)
  }
  const assigned = ahead === 0
    ? NO_ASSIGNS
    : command.words.slice(0, ahead).map((word) => readAssignment(word, expand))
  for (const { name, values } of assigned) {
    if (name === 'HOME') addHomes(reader, (values ?? []).map((value) => textOfValue(value).text))
  }
  const fields = expandWords(ahead === 0 ? command.words : command.words.slice(ahead), expand)
  const most = TARGET_LIMIT - around.targets.length
  const targets = targetsOf(reader, command, scope, most)
  if (targets.length > most) {
    reader.budget.bound = true
    return unread(reader, command, scope)
  }
  const certain = !command.conditional && !command.inFunction
  if (fields.length > 0) {
    const simple = { command, ahead, assigned, fields, targets, certain }
    return runFields(reader, simple, scope, depth, around, expand)
  }
  if (command.words.length === ahead) {
    remember(scope, assigned, certain)
    for (const one of assigned) noteLatent(reader, one)
  }
  const raw = command.kind === 'simple'
    ? command.raw
    : command.redirects.map((redirect) => redirect.raw).join(' ')
  const ran = { parts: [], words: raw, assigns: assigned.map(({ name }) => name) }
  if (targets.length === 0) return ran
  const all = [...around.targets, ...targets]
  const part = emitPart(reader, scope, { raw, targets: all, unresolved: around.unresolved })
  return { ...ran, parts: [part] }
}

/** A simple command with its words expanded. */
interface Simple {
  readonly command: Command
  /** Assignments in front of its program. */
  readonly ahead: number
  readonly assigned: readonly ReturnType<typeof readAssignment>[]
  readonly fields: readonly Field[]
  readonly targets: readonly Target[]
  /** It surely runs. */
  readonly certain: boolean
}

/** Run what a simple command names. */
function runFields(
  reader: Reader,
  { command, ahead, assigned, fields, targets, certain }: Simple,
  scope: Scope,
  depth: number,
  around: Around,
  expand: Expansion,
): Ran {
  const name = baseName(fields[0]!)
  declare(reader, command, name, fields, scope, certain, ahead)
  if (SETTERS.has(name ?? '')) {
    setBy(scope, { command, fields, feed: around.feed, assigned, certain })
  }
  const content = targets.length === 0 ? undefined : contentWritten(reader, scope, command, expand)
  const within: Around = {
    assigns: assigned.length === 0 ? around.assigns : [...around.assigns, ...assigned],
    targets: targets.length === 0 ? around.targets : [...around.targets, ...targets],
    feed: around.feed,
    unresolved: isMultiplying(command, fields, scope)
      ? [...around.unresolved, 'bound']
      : around.unresolved,
    sets: declaredBy(name, fields),
  }
  const ran = fields[0]!.known && scope.functions.size + scope.aliases.size === 0
    ? launch(reader, command.raw, fields, scope, depth, within)
    : runTurns(reader, { command, ahead, fields }, scope, depth, within, expand)
  if (assigned.length + within.sets!.length > 0 && ran.parts.length > 0) {
    const declared = declaredIn(command, fields, ahead, expand)
    readCodeVariables(reader, scope, [...assigned, ...declared], ran.parts[0]!, depth)
  }
  if (content !== undefined && depth === 0) reader.written.set(content.path, content.text)
  return ran
}

/** Where the program itself is one of several, each is a command of its own; a function has its body. */
function runTurns(
  reader: Reader,
  { command, ahead, fields }: Pick<Simple, 'command' | 'ahead' | 'fields'>,
  scope: Scope,
  depth: number,
  around: Around,
  expand: Expansion,
): Ran {
  const turns = turnsOf(command.words[ahead]!.pieces, expand)
  const runs: (readonly Field[])[] = turns.length < 2
    ? [fields]
    : turns.map((turn) => expandWords(command.words.slice(ahead), turn))
      .filter(({ length }) => length > 0)
  const meant = fields[0]!.known ? undefined : programMeant(fields[0]!)
  if (meant !== undefined) runs.push([meant, ...fields.slice(1)])
  const alias = fields[0]!.known ? scope.aliases.get(fields[0]!.text) : undefined
  if (alias !== undefined) runs.push([...wordsOf(alias), ...fields.slice(1)])
  const ran = runs.flatMap((one) => runOne(reader, command, one, scope, depth, around))
  return ran.length === 1 ? ran[0]! : { ...ran[0]!, parts: ran.flatMap(({ parts }) => parts) }
}

/** An alias as words; what else may stand in it was read where it was made. */
const wordsOf = (alias: string): readonly Field[] =>
  alias.trim().split(/\s+/).map((text) => literalField(text))

/** Which program a word that is not known most likely names: `$SHELL`, `${CC:-gcc}`. */
function programMeant(field: Field): Field | undefined {
  const { text, shown } = field
  const shell = /^\$\{?(?:SHELL|BASH|0)\}?$/.test(shown)
  const name = shell ? 'sh' : /^\$\{\w+:?-/.test(shown) && text !== shown ? text : undefined
  return name === undefined ? undefined : { ...NOTHING, text: name, shown: name, bare: name }
}

/** Run a command, and the body of the function that it may be. */
function runOne(
  reader: Reader,
  command: Command,
  fields: readonly Field[],
  scope: Scope,
  depth: number,
  around: Around,
): readonly Ran[] {
  const body = scope.functions.size === 0 ? [] : callFunction(reader, scope, fields, depth, around)
  const within = body === undefined
    ? { ...around, unresolved: [...around.unresolved, 'bound'] }
    : around
  return [launch(reader, command.raw, fields, scope, depth, within), ...body ?? []]
}

const NO_ASSIGNS: readonly ReturnType<typeof readAssignment>[] = []
const NO_TARGETS: readonly Target[] = []

/** A function that starts functions beside itself may do so without end. */
function isMultiplying(command: Command, fields: readonly Field[], scope: Scope): boolean {
  const first = fields[0]
  if (!command.inFunction || first === undefined || !scope.functions.has(first.text)) return false
  return command.after === '&' || command.before === '|' || command.after === '|'
}

/** What stands behind a bound: nobody read it, nothing permits it. */
function unread(reader: Reader, command: Command, scope: Scope): Ran {
  reader.complete = false
  const text = { ...NOTHING, text: command.raw, shown: command.raw, known: false }
  const part = emitPart(reader, scope, { raw: command.raw, fields: [text], unresolved: ['bound'] })
  return { parts: [part], words: command.raw, assigns: [] }
}

/**
 * Where redirections lead; copies of descriptors and the bit bucket touch nothing. Of more than are
 * handed on, one more than that is enough to know.
 */
function targetsOf(
  reader: Reader,
  command: Command,
  scope: Scope,
  most: number,
): readonly Target[] {
  if (command.redirects.length === 0) return NO_TARGETS
  const targets: Target[] = []
  const expand = expansion(reader, scope)
  for (const { operator, target } of command.redirects) {
    if (operator.startsWith('<<') || operator === '<&') continue
    if (operator === '>&' && /^(?:\d+-?|-)$/.test(target.raw)) continue
    for (const turn of turnsOf(target.pieces, expand)) {
      const field = expandOne(target.pieces, turn)
      const harmless = field.known && HARMLESS.test(field.text)
      if (!harmless && field.text !== '') targets.push({ operator, field })
    }
    if (targets.length > most) break
  }
  return targets
}

const NO_NAMES: readonly string[] = []

/** The assignments among the words of `export` and its like. */
function declaredIn(
  command: Command,
  fields: readonly Field[],
  ahead: number,
  expand: Expansion,
): readonly ReturnType<typeof readAssignment>[] {
  if (!DECLARING.has(baseName(fields[0]!) ?? '')) return []
  return command.words.slice(ahead + 1).filter((word) => assignmentsAhead([word]) === 1)
    .map((word) => readAssignment(word, expand))
}

/** Names that `export` and its like set or hand on. */
function declaredBy(name: string | undefined, fields: readonly Field[]): readonly string[] {
  if (name === undefined || !DECLARING.has(name)) return NO_NAMES
  return fields.slice(1).flatMap(({ text }) => /^[A-Za-z_][A-Za-z0-9_]*/.exec(text)?.[0] ?? [])
}

/** Builtins that change what follows: declarations, `cd`, `source`. */
function declare(
  reader: Reader,
  command: Command,
  name: string | undefined,
  fields: readonly Field[],
  scope: Scope,
  certain: boolean,
  ahead: number,
): void {
  if (DECLARING.has(name ?? '')) {
    const assigned = declaredIn(command, fields, ahead, expansion(reader, scope))
    if (/^-[A-Za-z]*n/.test(fields[1]?.text ?? '')) refer(scope, assigned)
    else remember(scope, assigned, certain)
    if (name === 'readonly' || /^-[a-z]*r/.test(fields[1]?.text ?? '')) {
      for (const one of declaredBy(name, fields)) scope.frozen.add(one)
    }
  } else if (name === 'alias') {
    for (const { text, known } of fields.slice(1)) {
      const [, alias, value] = /^([^=\s]+)=(.*\S.*)$/s.exec(text) ?? []
      if (alias !== undefined && known) scope.aliases.set(alias, value!)
    }
  } else if (name === 'cd' || name === 'pushd') {
    const target = fields.slice(1).find(({ text }) => !/^-[LPe@]+$|^--$/.test(text))
    changeDirectory(scope, target, command.after === '&&')
  } else if (name === 'source' || name === '.') {
    for (const key of [...scope.values.keys(), ...POSITIONAL]) scope.values.set(key, undefined)
  } else if (name === 'set' || name === 'shift') {
    setPositional(scope, fields, certain && isAlone(command))
  } else if (name === 'unset' && certain) {
    for (const field of fields.slice(1)) unset(scope, field)
  } else if (certain) {
    for (const set of namesSet(command)) scope.values.set(set, undefined)
  }
}

/** `declare -n x=y`: from here on `x` is another name of `y`. */
function refer({ references }: Scope, assigned: readonly Assign[]): void {
  for (const { name, value } of assigned) {
    if (value.known && value.text !== name) {
      references.set(name, references.get(value.text) ?? value.text)
    }
  }
}

/** What `unset` leaves: nothing, but for variables that a shell gives a meaning of its own. */
function unset({ values, frozen }: Scope, { text, known }: Field): void {
  if (!/^[A-Za-z_]\w*$/.test(text) || frozen.has(text)) return
  if (!known) values.set(text, undefined)
  else if (text === 'IFS') values.delete(text)
  else forget(values, text)
}

/** Whether a command surely runs, and in the shell itself. */
function isAlone({ before, after }: Command): boolean {
  return !/[|&]/.test(before) && !/^(?:\||&$)/.test(after)
}
