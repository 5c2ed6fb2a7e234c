import { gitEffects } from './git.ts'
import { findEffects } from './find.ts'
import { LAUNCHERS } from './launchers.ts'
import { ownReached } from './own-reach.ts'
import { type Arguments, readArguments, tail } from './options.ts'
import type { KnownProgram, Program, Role } from './program-row.ts'
import { PROGRAMS } from './programs.ts'
import type { Field } from './words.ts'

/** One thing that a command would touch. */
export type Effect =
  | { readonly kind: 'path'; readonly access: 'read' | 'write' | 'delete'; readonly field: Field }
  | { readonly kind: 'url'; readonly scheme: string; readonly field: Field }

export interface Touched {
  readonly effects: readonly Effect[]
  /** Everything the command touches is among them. */
  readonly complete: boolean
}

/**
 * What a command touches, by the table; of a program that is not in it, what looks like path or URL.
 * What a launcher launches is read elsewhere, so only the table speaks for it.
 */
export function effectsOf(
  name: string | undefined,
  fields: readonly Field[],
  launched = false,
): Touched {
  const known = knownEffects(name, fields, launched)
  const isGuessed = name === undefined || COPYING.has(name) || (!launched && !isListed(name))
  const touched = !isGuessed && isDoubtful(name, fields[0]) ? withGuesses(known, fields) : known
  const own = name === undefined ? NONE : ownReached(name, fields)
  return own.length === 0 ? touched : { ...touched, effects: [...touched.effects, ...own] }
}

/** Where systems and their package managers keep programs. What lies elsewhere may be anything of that name. */
const SYSTEM =
  /^(?:\/usr(?:\/local)?|\/opt\/homebrew|\/home\/linuxbrew\/\.linuxbrew|\/snap)?\/s?bin\/[^/]+$/

/** Our own lie in a state directory: all that their row leaves out is where that is. */
const OWN = new Set(['rampart', 'rampart-shim'])

function isDoubtful(name: string, program: Field | undefined): boolean {
  if (program === undefined || OWN.has(name)) return false
  return program.text.includes('/') && !SYSTEM.test(program.text)
}

const isListed = (name: string) => name === 'git' || name === 'find' || PROGRAMS.has(name)

/** `./ls FILE` after `cp /bin/cat ls`: its name permits nothing that its words could mean. */
function withGuesses({ effects }: Touched, fields: readonly Field[]): Touched {
  return { effects: [...effects, ...guessed(fields.slice(1))], complete: false }
}

function knownEffects(
  name: string | undefined,
  fields: readonly Field[],
  launched: boolean,
): Touched {
  if (name === 'git') return gitEffects(fields)
  if (name === 'find') return findEffects(fields)
  const row = name === undefined ? undefined : PROGRAMS.get(name)
  if (row?.writes !== undefined) {
    return { effects: [...tabled(fields, row), ...row.writes(fields)], complete: false }
  }
  if (row !== undefined) return { effects: tabled(fields, row), complete: row.opaque !== true }
  const copies = name === undefined ? undefined : COPYING.get(name)
  if (copies !== undefined) return { effects: copied(fields, copies), complete: false }
  if (launched) return { effects: [], complete: LAUNCHERS.get(name ?? '')?.form !== 'container' }
  return { effects: guessed(fields.slice(1)), complete: false }
}

/** Programs whose operands behind these verbs are files here or elsewhere; the last one is written. */
const COPYING: ReadonlyMap<string, RegExp> = new Map([
  ...['docker', 'podman', 'nerdctl', 'kubectl', 'oc', 'lxc'].map((name) => [name, /^cp$/] as const),
  ['aws', /^s3 (?:cp|mv|sync)$/],
  ['gsutil', /^(?:cp|mv|rsync)$/],
  ['gcloud', /^storage (?:cp|mv|rsync)$/],
  ['rclone', /^(?:copy|copyto|copyurl|move|moveto|sync)$/],
  ['mc', /^(?:cp|mv|mirror|get)$/],
  ['s3cmd', /^(?:get|sync)$/],
])

/** Their options that take a value in the next word. */
const COPY_OPTIONS =
  /^--(?:profile|region|endpoint-url|exclude|include|acl|sse|project|account|config|filter)$/

/** `docker cp` reads and writes files here; of whatever else these programs do the words are guessed. */
function copied(fields: readonly Field[], verbs: RegExp): Effect[] {
  const effects = guessed(fields.slice(1))
  const operands = fields.filter(({ text }, i) =>
    i > 0 && !text.startsWith('-') && !COPY_OPTIONS.test(fields[i - 1]!.text)
  )
  const texts = operands.map(({ text }) => text)
  const count = verbs.test(texts[0] ?? '') ? 1 : verbs.test(texts.slice(0, 2).join(' ')) ? 2 : 0
  const to = operands.at(-1)
  if (count === 0 || to === undefined || operands.length < count + 2) return effects
  const isHere = ({ text }: Field) => !/^[\w.-]+:/.test(text)
  for (const field of operands.slice(count, -1)) {
    if (isHere(field)) effects.push({ kind: 'path', access: 'read', field })
  }
  if (isHere(to)) {
    effects.push(
      { kind: 'path', access: 'write', field: to },
      ...intoDirectory(operands.slice(count)),
    )
  }
  return effects
}

function tabled(fields: readonly Field[], row: KnownProgram): Effect[] {
  const args = readArguments(row.bundled ? dashed(fields) : fields, row.table, false)
  const effects: Effect[] = []
  if (row.options !== undefined) addOptions(effects, args, row)
  addOperands(effects, args, row)
  if (row.saves !== undefined) effects.push(...savedEffects(args, row))
  return effects
}

/** `tar czf x` is `tar -czf x`. */
function dashed(fields: readonly Field[]): readonly Field[] {
  const [program, first, ...others] = fields
  if (first === undefined || !/^[A-Za-z]+$/.test(first.text)) return fields
  return [program!, { ...first, text: `-${first.text}` }, ...others]
}

function addOptions(effects: Effect[], { options }: Arguments, row: Program): void {
  for (const { name, value } of options) {
    if (value === undefined) continue
    const key = name.replace(/^--?/, '')
    if (Object.hasOwn(row.options!, key)) addEffect(effects, row.options![key]!, value, row)
  }
}

function addOperands(effects: Effect[], { options, operands }: Arguments, row: Program): void {
  // Names that are given neither read nor write anything.
  if (
    row.rest === '-' && row.first === undefined && row.last === undefined &&
    row.assigned === undefined
  ) return
  const given = (names: readonly string[] | undefined) =>
    names?.some((name) => options.some((option) => option.name === name)) === true
  const first = given(row.spared) ? '' : row.first ?? ''
  const rest = given(row.unread) ? '-' : given(row.inPlace) && row.rest === 'r' ? 'b' : row.rest
  const targeted = row.last !== undefined &&
    options.some(({ name }) => name === '-t' || name === '--target-directory')
  if (row.last === 'w' && !targeted) effects.push(...intoDirectory(operands))
  operands.forEach((field, index) => {
    const own = row.assigned === undefined ? undefined : assignedRole(field, row.assigned)
    if (own !== undefined) addEffect(effects, own.role, own.value, row)
    else if (index < first.length) addEffect(effects, first[index] as Role, field, row)
    else {
      const isLast = row.last !== undefined && index === operands.length - 1 && index > 0 &&
        !targeted
      addEffect(effects, isLast ? row.last! : rest, field, row)
    }
  })
}

function assignedRole(
  field: Field,
  assigned: Readonly<Record<string, Role>>,
): { readonly role: Role; readonly value: Field } | undefined {
  const equals = field.text.indexOf('=')
  const key = field.text.slice(0, Math.max(0, equals))
  if (!Object.hasOwn(assigned, key)) return undefined
  return { role: assigned[key]!, value: tail(field, equals + 1) }
}

/** Where downloads go that are given no name: into the working directory, under the URL's last name. */
function savedEffects({ options, operands }: Arguments, { saves = {} }: Program): Effect[] {
  const given = (names: readonly string[]) => options.some(({ name }) => names.includes(name))
  if (saves.with !== undefined ? !given(saves.with) : given(saves.without ?? [])) return []
  return operands.flatMap((field): Effect[] => {
    const name = /^[^?#]*\/([^/?#]+)(?:[?#]|$)/.exec(field.text.replace(/^[a-z]+:\/\//i, ''))?.[1]
    if (name === undefined || !field.known) return []
    const into = options.findLast((option) => INTO.test(option.name))?.value
    const below = into === undefined ? name : `${into.text.replace(/\/+$/, '')}/${name}`
    const tilde = into?.tilde === true
    const known = into?.known !== false
    return [{ kind: 'path', access: 'write', field: { ...field, text: below, tilde, known } }]
  })
}

/** Options that name the directory of what is saved. */
const INTO = /^(?:-P|--directory-prefix|--output-dir)$/

/** Last names that are directories wherever they are met. */
const DIRECTORY =
  /(?:^|\/)(?:~|\.{1,2}|\.[\w-]+|s?bin|hooks|plugins?|profile\.d|cron\.\w+|(?:init|sudoers|rules|pam|conf)\.d|system|autostart|Launch(?:Agents|Daemons))?$/

/** `cp key ~/.ssh/` writes a file of the same name in there. */
function intoDirectory(operands: readonly Field[]): Effect[] {
  const target = operands.at(-1)
  if (target === undefined || operands.length < 2 || !target.known || target.glob) return []
  if (operands.length === 2 && !DIRECTORY.test(target.text)) return []
  const front = target.text.replace(/\/+$/, '')
  return operands.slice(0, -1).flatMap((source): Effect[] => {
    const name = source.text.slice(source.text.lastIndexOf('/') + 1)
    if (!source.known || source.glob || name === '' || name === '.' || name === '..') return []
    return [{ kind: 'path', access: 'write', field: { ...target, text: `${front}/${name}` } }]
  })
}

function addEffect(effects: Effect[], role: Role, field: Field, row: Program): void {
  const path = (access: 'read' | 'write' | 'delete') => {
    effects.push({ kind: 'path', access, field })
  }
  const scheme = row.scheme ?? 'http'
  switch (role) {
    case 'r':
      if (field.text !== '-') path('read')
      return
    case 'w':
      if (field.text !== '-') path('write')
      return
    case 'd':
      return path('delete')
    case 'm':
      path('read')
      return path('delete')
    case 'b':
      if (field.text === '-') return
      path('read')
      return path('write')
    case 'u':
      if (/^file:\/\//i.test(field.text)) return path('read')
      effects.push({ kind: 'url', scheme, field })
      return
    case 'h':
      effects.push({ kind: 'url', scheme, field })
      return
    case 'c':
      effects.push(...remoteOrLocal(field, row))
      return
    case '@':
      effects.push(...behindAt(field))
      return
    case '-':
  }
}

/** `host:path` is a host, anything else a file that is read or written. */
function remoteOrLocal(field: Field, row: Program): Effect[] {
  const scheme = row.scheme ?? 'ssh'
  const remote = /^(?:[^/:@\s]+@)?[^/:\s]+:/.exec(field.text)
  if (remote !== null || /^[a-z]+:\/\//i.test(field.text)) {
    const text = /:\/\//.test(field.text) ? field.text : remote![0].slice(0, -1)
    return [{ kind: 'url', scheme, field: { ...field, text } }]
  }
  return [{ kind: 'path', access: 'read', field }, { kind: 'path', access: 'write', field }]
}

/** `@file` and `name=@file`. */
function behindAt(field: Field): Effect[] {
  const match = /^(?:[^@=]*=)?[@<]/.exec(field.text)
  if (match === null) return []
  const path = tail(field, match[0].length)
  const text = path.text.replace(/;.*$/, '')
  return text === '' || text === '-'
    ? []
    : [{ kind: 'path', access: 'read', field: { ...path, text } }]
}

const NONE: readonly Effect[] = []

/** Words of a program nobody knows: what looks like a path is read, what looks like a URL fetched. */
export function guessed(fields: readonly Field[]): Effect[] {
  return fields.flatMap((field): readonly Effect[] => {
    if (!field.tilde && !/[/.~]/.test(field.text)) return NONE
    const equals = /^(?:--?)?[A-Za-z0-9_.-]+=/.exec(field.text)
    const value = equals === null ? field : tail(field, equals[0].length)
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value.text)) {
      return [{ kind: 'url', scheme: 'http', field: value }]
    }
    const path = value.tilde || /^(?:\/|\.\.?(?:\/|$))/.test(value.text) ||
      (!/^-|[()"';]/.test(value.text) && /^[^\s:]+\/[^\s]*$|^\.[A-Za-z][\w.-]*$/.test(value.text))
    return path ? [{ kind: 'path', access: 'read', field: value }] : []
  })
}
