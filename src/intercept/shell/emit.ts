import type { CommandForms, PathValue, Subject } from '../../engine/types.ts'
import { RampartError } from '../../errors.ts'
import { pathSubject } from '../file.ts'
import { addressOf } from '../own-address.ts'
import { PATH_LIMIT } from '../path.ts'
import { addressValues } from '../url.ts'
import { type Effect, effectsOf, type Touched } from './effects.ts'
import { SCRIPT_SUBJECT_LIMIT } from './limits.ts'
import { kindsOf, NO_PATHS, NO_URLS, pathsOf, urlsOf } from './gather.ts'
import { type Assign, formsOf, spanForms, type Target } from './forms.ts'
import { placeIn, type Reader, type Scope } from './scope.ts'
import { type Field, literalField, spelled } from './field.ts'
import { NETWORK } from './kinds.ts'
import { baseName } from './program.ts'
import { rememberLinks, throughLinks } from './links.ts'
import { noteProgram, rememberWritten } from './written.ts'

/** A simple command that is about to become a part. */
export interface Found {
  readonly raw: string
  readonly assigns?: readonly Assign[]
  readonly fields?: readonly Field[]
  readonly targets?: readonly Target[]
  readonly unresolved?: readonly string[]
  /** Names it sets by what it does. */
  readonly sets?: readonly string[] | undefined
  /** What it launches stands beside it: its arguments are not its own, unless the table says so. */
  readonly launched?: boolean
  /** It is fed what comes from another host. */
  readonly fetches?: boolean
}

const EXEC: readonly string[] = ['exec']
const FETCH: readonly string[] = ['fetch']

/** Add a simple command as a part, with an effect for each file and host it touches. */
export function emitPart(reader: Reader, scope: Scope, found: Found): number {
  const { raw, assigns = [], fields = [], targets = [], unresolved = [], sets = [] } = found
  const program = fields.length === 0 ? undefined : baseName(fields[0]!)
  const touched = touchedBy(program, fields, scope, found.launched === true)
  const all = targets.length === 0
    ? touched.effects
    : [...touched.effects, ...targets.flatMap(targetEffects)]
  const { possible } = reader
  const beyond = tooVague(reader, all)
  const effects = beyond ? all.map(plain) : all
  if (possible === undefined) {
    if (effects.length > 0) {
      const fetches = found.fetches === true || (program !== undefined && NETWORK.has(program))
      rememberWritten(reader, scope, effects, program, fetches)
    }
    if (fields.length > 0 && !reader.wild) noteProgram(reader, scope, program)
    // What `>(…)` runs goes on beside the line.
    reader.wild ||= fields.some(isProcess) || targets.some(({ field }) => isProcess(field))
  }
  const kinds = possible !== undefined
    ? unresolved.filter((kind) => HIDDEN.has(kind))
    : kindsOf(unresolved, fields, beyond)
  const command = affordable(
    reader,
    formsOf({ raw, assigns, fields, program, targets, unresolved: kinds, sets }),
  )
  const index = reader.subjects.length
  const subjects: Subject[] = []
  for (const effect of effects) {
    const subject = effectSubject(reader, scope, effect, possible ?? index)
    if (subject !== undefined) subjects.push(subject)
  }
  if (possible === undefined) rememberLinks(reader, scope, program, fields)
  if (!touched.complete || command.unresolved.length > 0) reader.complete = false
  const label = command.raw
  const paths = pathsOf(subjects, effects)
  const urls = urlsOf(subjects)
  const kind = possible === undefined ? 'part' : 'effect'
  // Every subject names all that one may have: rules read them fastest in one shape.
  add(reader, {
    kind,
    tools: EXEC,
    label,
    command,
    paths,
    urls,
    parts: undefined,
    of: possible,
  })
  for (const subject of subjects) add(reader, subject)
  return index
}

const isProcess = ({ process }: Field): boolean => process !== undefined

/** What matters of code that may run no less than of code that does. */
const HIDDEN = new Set(['text:network', 'text:decoded'])

/** Patterns cost much to judge: a line has so many, and what goes beyond is not known. */
function tooVague({ budget }: Reader, effects: readonly Effect[]): boolean {
  if (effects.length === 0) return false
  let patterns = 0
  for (const { field } of effects) {
    if (field.glob && field.text.length > PATTERN_LENGTH) return true
    if (field.glob) patterns++
  }
  if (patterns > budget.patterns) return true
  budget.patterns -= patterns
  return false
}

const PATTERN_LENGTH = 128

function plain(effect: Effect): Effect {
  const { hollow: _hollow, ...field } = effect.field
  return effect.field.glob ? { ...effect, field: { ...field, glob: false } } : effect
}

/** Add what code of another language may touch, as effects of the part that runs it. */
export function emitEffects(reader: Reader, scope: Scope, effects: readonly Effect[]): void {
  for (const effect of effects) {
    const subject = effectSubject(reader, scope, effect, reader.possible ?? 0)
    if (subject !== undefined) add(reader, subject)
  }
}

/** @throws RampartError `request_invalid` when the line has more than anybody would judge. */
function add(reader: Reader, subject: Subject): void {
  if (reader.open.size > 0 && reader.subjects.length >= SCRIPT_SUBJECT_LIMIT) return
  const { subjects: most } = reader.budget
  if (reader.subjects.length >= most) {
    throw new RampartError(
      'request_invalid',
      `The command line has more than ${most} commands and effects`,
    )
  }
  reader.subjects.push(subject)
}

const UNTOUCHED: Touched = { effects: [], complete: true }

function touchedBy(
  program: string | undefined,
  fields: readonly Field[],
  scope: Scope,
  launched: boolean,
): Touched {
  if (fields.length === 0 || isFunction(fields[0]!, scope)) return UNTOUCHED
  return effectsOf(program, fields, launched)
}

/** What a line hands to all it launches could make its parts many times as long as the line. */
function affordable(reader: Reader, command: CommandForms): CommandForms {
  const { raw, words, whole } = command
  if (spells(reader, raw.length + (words === raw ? 0 : words.length) + whole.length)) return command
  if (!spells(reader, raw.length)) {
    throw new RampartError(
      'request_invalid',
      'The command line unfolds to more characters than would be judged',
    )
  }
  return {
    ...command,
    words: raw,
    whole: raw,
    fences: raw === '' ? [] : [[0, raw.length]],
    argv: [],
    unresolved: [...command.unresolved, 'bound'],
  }
}

/** Pay for a spelling; where that cannot be done the line is marked. */
function spells({ budget }: Reader, cost: number): boolean {
  if (cost > budget.spelling) {
    budget.bound = true
    return false
  }
  budget.spelling -= cost
  return true
}

/** Add a text in which several parts stand. */
export function emitSpan(
  reader: Reader,
  raw: string,
  ran: {
    readonly parts: readonly number[]
    readonly words: string
    readonly assigns: readonly string[]
  },
): void {
  if (!spells(reader, raw.length + ran.words.length)) return
  add(reader, {
    kind: 'span',
    tools: EXEC,
    label: raw,
    command: spanForms(raw, ran.words, ran.assigns),
    paths: NO_PATHS,
    urls: NO_URLS,
    parts: ran.parts,
    of: undefined,
  })
}

function isFunction(field: Field, scope: Scope): boolean {
  return field.known && scope.functions.has(field.text)
}

/** What a redirection does: `>` writes, `<` reads, `/dev/tcp/host/port` reaches a host. */
function targetEffects({ operator, field }: Target): Effect[] {
  const socket = /^\/dev\/(tcp|udp)\/([^/]+)\/?(.*)$/.exec(field.text)
  if (socket !== null) {
    const [, scheme, host, port] = socket as unknown as [string, string, string, string]
    const own = /^\d+$/.test(port) ? addressOf(host, port) : undefined
    return [
      { kind: 'url', scheme, field: { ...field, text: `${scheme}://${host}` } },
      ...(own === undefined ? [] : [{ kind: 'url', scheme, field: literalField(own) } as const]),
    ]
  }
  const path = (access: PathValue['access']): Effect => ({ kind: 'path', access, field })
  if (operator === '<>') return [path('read'), path('write')]
  return [path(operator === '<' ? 'read' : 'write')]
}

function effectSubject(
  reader: Reader,
  scope: Scope,
  effect: Effect,
  of: number,
): Subject | undefined {
  const { text, known, process } = effect.field
  if (process !== undefined || text === '' || (text === '{}' && !known)) return undefined
  if (reader.budget.effects <= 0 || !spells(reader, text.length)) {
    reader.budget.bound = true
    return undefined
  }
  reader.budget.effects--
  if (effect.kind === 'path') {
    if (effect.field.text.length > PATH_LIMIT) {
      reader.complete = false
      return undefined
    }
    const place = placeIn(reader, scope)
    const named = pathSubject('effect', spelled(effect.field), effect.access, place, of)
    const subject = reader.links.size === 0
      ? named
      : { ...named, paths: throughLinks(reader, named.paths) }
    let others = 0
    for (let i = 1; i < subject.paths.length; i++) others += subject.paths[i]!.path.length
    return others > 0 && !spells(reader, others) ? undefined : uncertain(subject, effect.field)
  }
  const urls = addressValues(effect.field.text.replace(/^[^@/:]*@/, ''), effect.scheme)
  if (urls.length === 0) {
    reader.complete = false
    return undefined
  }
  return {
    kind: 'effect',
    tools: FETCH,
    label: `fetch ${urls[0]!.url}`,
    command: undefined,
    paths: NO_PATHS,
    urls,
    parts: undefined,
    of,
  }
}

/** Where names of files or values take a word's place nobody can say where it leads: no permission. */
function uncertain(subject: Subject, field: Field): Subject {
  if (field.known && !field.glob) return subject
  if (field.known) {
    return { ...subject, paths: subject.paths.map((path) => ({ ...path, pattern: true as const })) }
  }
  const pattern = field.glob ? { pattern: true as const } : {}
  return {
    ...subject,
    paths: subject.paths.map((path) => ({ ...path, ...pattern, absolute: false })),
  }
}
