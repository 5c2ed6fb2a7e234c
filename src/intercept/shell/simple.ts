import { assignmentsAhead, DECLARING, namesSet, readAssignment, remember } from './assign.ts'
import { emitPart } from './emit.ts'
import type { Target } from './forms.ts'
import { TARGET_LIMIT, VARIABLE_LIMIT } from './limits.ts'
import { launch } from './open.ts'
import { baseName } from './program.ts'
import { type Around, expansion, type Ran } from './ran.ts'
import { contentWritten } from './written.ts'
import { setPositional } from './positional.ts'
import { addHomes, changeDirectory, type Reader, type Scope } from './scope.ts'
import type { Command } from './syntax.ts'
import { expandOne, expandWords, type Field, NOTHING, POSITIONAL } from './words.ts'

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
  const assigned = command.words.slice(0, ahead).map((word) => readAssignment(word, expand))
  for (const { name, values } of assigned) {
    if (name === 'HOME') addHomes(reader, values ?? [])
  }
  const fields = expandWords(command.words.slice(ahead), expand)
  const most = TARGET_LIMIT - around.targets.length
  const targets = targetsOf(reader, command, scope, most)
  if (targets.length > most) {
    reader.budget.bound = true
    return unread(reader, command, scope)
  }
  const certain = !command.conditional && !command.inFunction
  if (fields.length > 0) {
    declare(reader, command, fields, scope, certain, ahead)
    const content = targets.length === 0
      ? undefined
      : contentWritten(reader, scope, command, expand)
    const ran = launch(reader, command.raw, fields, scope, depth, {
      ...around,
      unresolved: isMultiplying(command, fields, scope)
        ? [...around.unresolved, 'bound']
        : around.unresolved,
      sets: declaredBy(fields),
      assigns: [...around.assigns, ...assigned],
      targets: [...around.targets, ...targets],
    })
    if (content !== undefined && depth === 0) reader.written.set(content.path, content.text)
    return ran
  }
  if (command.words.length === ahead) remember(scope, assigned, certain)
  const raw = command.kind === 'simple'
    ? command.raw
    : command.redirects.map((redirect) => redirect.raw).join(' ')
  const ran = { parts: [], words: raw, assigns: assigned.map(({ name }) => name) }
  if (targets.length === 0) return ran
  const all = [...around.targets, ...targets]
  const part = emitPart(reader, scope, { raw, targets: all, unresolved: around.unresolved })
  return { ...ran, parts: [part] }
}

/** A function that starts functions beside itself may do so without end. */
function isMultiplying(command: Command, [first]: readonly Field[], scope: Scope): boolean {
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
function targetsOf(reader: Reader, command: Command, scope: Scope, most: number): Target[] {
  const targets: Target[] = []
  const expand = expansion(reader, scope)
  for (const { operator, target } of command.redirects) {
    if (operator.startsWith('<<') || operator === '<&') continue
    if (operator === '>&' && /^(?:\d+-?|-)$/.test(target.raw)) continue
    const field = expandOne(target.pieces, expand)
    const harmless = field.known && HARMLESS.test(field.text)
    if (!harmless && field.text !== '') targets.push({ operator, field })
    if (targets.length > most) break
  }
  return targets
}

/** Names that `export` and its like set or hand on. */
function declaredBy([first, ...others]: readonly Field[]): readonly string[] {
  if (!DECLARING.has(baseName(first!) ?? '')) return []
  return others.flatMap(({ text }) => /^[A-Za-z_][A-Za-z0-9_]*/.exec(text)?.[0] ?? [])
}

/** Builtins that change what follows: declarations, `cd`, `source`. */
function declare(
  reader: Reader,
  command: Command,
  fields: readonly Field[],
  scope: Scope,
  certain: boolean,
  ahead: number,
): void {
  const name = baseName(fields[0]!)
  if (DECLARING.has(name ?? '')) {
    const words = command.words.slice(ahead + 1).filter((word) => assignmentsAhead([word]) === 1)
    const assigned = words.map((word) => readAssignment(word, expansion(reader, scope)))
    remember(scope, assigned, certain)
    if (name === 'readonly' || /^-[a-z]*r/.test(fields[1]?.text ?? '')) {
      for (const one of declaredBy(fields)) scope.frozen.add(one)
    }
  } else if (name === 'cd' || name === 'pushd') {
    const target = fields.slice(1).find(({ text }) => !/^-[LPe@]+$|^--$/.test(text))
    changeDirectory(scope, target, command.after === '&&')
  } else if (name === 'source' || name === '.') {
    for (const key of [...scope.values.keys(), ...POSITIONAL]) scope.values.set(key, undefined)
  } else if (name === 'set' || name === 'shift') {
    setPositional(scope, fields, certain && isAlone(command))
  } else if (name === 'unset' && certain) {
    for (const field of fields.slice(1)) forget(scope, field)
  } else if (certain) {
    for (const set of namesSet(command)) scope.values.set(set, undefined)
  }
}

/** What `unset` leaves: nothing, but for variables that a shell gives a meaning of its own. */
function forget({ values, frozen }: Scope, { text, known }: Field): void {
  if (!/^[A-Za-z_]\w*$/.test(text) || frozen.has(text)) return
  if (text === 'IFS' && known) values.delete(text)
  else values.set(text, known && !/^(?:HOME|PATH|PWD|OLDPWD|IFS)$/.test(text) ? [] : undefined)
}

/** Whether a command surely runs, and in the shell itself. */
function isAlone({ before, after }: Command): boolean {
  return !/[|&]/.test(before) && !/^(?:\||&$)/.test(after)
}
