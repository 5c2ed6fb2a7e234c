import type { OwnRule } from '../engine/own-rule.ts'
import type { Call, CommandForms, Subject } from '../engine/types.ts'
import { changesOthers, flagsOf, runsCode, verbsOf } from '../intercept/shell/runs-code.ts'
import { above, isPlainCall, keyOf, keysOf, methodOf, originOf, paramsKey } from './rule-keys.ts'

/** What rules of the person's are held against: a call, and what was gathered of it. */
export interface RuleGround {
  readonly call: Call
  /** Every name of a path; undefined where they cannot be known. */
  readonly namesOf: (path: string) => readonly string[] | undefined
  /** `sha256:…` of a file's text, `none` where none could be read. */
  readonly scriptOf: (path: string) => string
}

/**
 * Whether an allow holds for a subject. It is permissive: what is not known, has several names, or may
 * mean something else in this line than in the one it was made from, meets no rule (semantics.md 4, 6).
 */
export function allows(rule: OwnRule, ground: RuleGround, index: number): boolean {
  const subject = ground.call.subjects[index]
  if (subject === undefined || !isPlace(rule, ground)) return false
  if (!keysOf(ground.call, subject).includes(keyOf(rule))) return false
  if (rule.line !== undefined) return sameScripts(rule, ground)
  if (subject.command !== undefined) return allowsCommand(rule, ground, index, subject.command)
  if (rule.path !== undefined || rule.directory !== undefined) {
    return subject.paths.length > 0 &&
      subject.paths.every(({ path, absolute, pattern, doubtful }) => {
        const names = absolute && pattern !== true && doubtful !== true
          ? ground.namesOf(path)
          : undefined
        return names !== undefined && names.length > 0 && names.every((name) => isNamed(rule, name))
      })
  }
  if (rule.url !== undefined) return subject.urls.every(({ url }) => url === rule.url)
  if (rule.host !== undefined) return subject.urls.every(({ url }) => originOf(url) === rule.host)
  return true
}

function allowsCommand(
  rule: OwnRule,
  { call }: RuleGround,
  index: number,
  command: CommandForms,
): boolean {
  if (call.subjects[index]!.kind !== 'part' || runsCode(command) !== undefined) return false
  const plain = command.assigns.length === 0 && command.fences.length === 0
  if (rule.argv === undefined && !plain) return false
  return !isChanged(call, index)
}

/** Whether something else of the line may change what a command of it means. */
export function isChanged(call: Call, index: number): boolean {
  return !isPlainCall(call) ||
    call.subjects.some((other, at) =>
      at !== index && other.kind === 'part' && other.command !== undefined &&
      changesOthers(other.command)
    )
}

function isNamed({ path, names, directory }: OwnRule, name: string): boolean {
  if (directory !== undefined) return isUnder(name, directory)
  return (names ?? [path]).includes(name)
}

/** Whether a path lies in a directory or below it. */
export function isUnder(path: string, directory: string): boolean {
  return path === directory ||
    path.startsWith(directory.endsWith('/') ? directory : `${directory}/`)
}

function isPlace({ cwd, project }: OwnRule, { call }: RuleGround): boolean {
  if (cwd !== undefined && call.cwd !== cwd) return false
  return project === undefined || (call.cwd !== undefined && isUnder(call.cwd, project))
}

/** Every file of code is the one that was there, and no other one has come. */
function sameScripts({ scripts = {} }: OwnRule, { call, scriptOf }: RuleGround): boolean {
  if (!(call.scripts ?? []).every((path) => Object.hasOwn(scripts, path))) return false
  return Object.entries(scripts).every(([path, text]) => scriptOf(path) === text)
}

/**
 * Whether a block holds for a subject: any spelling of it and any of its names will do. What a command
 * of another program does is not asked here; the policies do that.
 */
export function blocks(rule: OwnRule, ground: RuleGround, index: number): boolean {
  const subject = ground.call.subjects[index]
  if (subject === undefined || subject.kind === 'span' || !isPlace(rule, ground)) return false
  const { command } = subject
  if (rule.tool === 'exec') {
    return command !== undefined && subject.tools.includes('exec') && blocksCommand(rule, command)
  }
  if (command !== undefined || !subject.tools.includes(rule.tool ?? '')) return false
  if (rule.path !== undefined || rule.directory !== undefined) {
    return blocksPath(rule, ground, subject)
  }
  if (rule.url !== undefined) {
    return subject.urls.some(({ url }) => url === rule.url) &&
      (rule.method === undefined || rule.method === methodOf(ground.call, subject))
  }
  if (rule.host !== undefined) return subject.urls.some(({ url }) => originOf(url) === rule.host)
  if (rule.params !== undefined) return rule.params === paramsKey(ground.call)
  return true
}

const baseOf = (word: string): string => word.slice(word.lastIndexOf('/') + 1).toLowerCase()

function blocksCommand(
  { argv, program, verbs = [], flags }: OwnRule,
  command: CommandForms,
): boolean {
  const name = (command.program ?? baseOf(command.argv[0] ?? '')).toLowerCase()
  if (name === '' || name !== baseOf(program ?? argv?.[0] ?? '')) return false
  if (argv !== undefined) {
    return command.argv.length === argv.length &&
      argv.every((word, at) => at === 0 || word === command.argv[at])
  }
  const given = flagsOf(command)
  const said = verbsOf(command)
  return verbs.every((verb, at) => said[at] === verb) &&
    (flags ?? []).every((flag) => given.includes(flag))
}

function blocksPath(rule: OwnRule, { namesOf }: RuleGround, { paths }: Subject): boolean {
  return paths.some(({ path }) =>
    [path, ...(namesOf(path) ?? [])].some((name) =>
      rule.directory === undefined
        ? isNamed(rule, name)
        : above(`${name}/`).includes(rule.directory)
    )
  )
}
