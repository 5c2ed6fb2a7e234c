import type { CompiledCondition } from './condition-command.ts'
import { pathTest } from './condition-path.ts'
import { type CommandGlob, compileCommandGlob, globLiteral } from './match/command-glob.ts'
import { hasFlag } from './match/flags.ts'
import type { Literals } from './policy-set.ts'
import type { PreparedCommand } from './prepare.ts'

/** What cannot be known of a command without running it (security.md F24). */
export const UNRESOLVED_KINDS = [
  'text:network',
  'text:decoded',
  'text:unknown',
  'text:syntax',
  'written',
  'program',
  'operand',
  'script-unreadable',
  'bound',
] as const

export interface ProgramValue {
  readonly name: readonly string[]
  readonly flags?: readonly string[] | undefined
  readonly operands?: readonly string[] | undefined
}

/** Which program would run, and with which flags; its operands are judged as paths are. */
export function programIs({ name: names, flags = [], operands }: ProgramValue): CompiledCondition {
  const globs = names.map((name) => compileCommandGlob(name))
  const folded = names.map((name) => compileCommandGlob(name.toLowerCase()))
  return {
    ...(operands === undefined ? {} : { path: pathTest(operands) }),
    command: (command, { stance }, parts) => {
      if (parts !== undefined) return null
      const restrictive = stance === 'restrictive'
      const name = nameOf(command, restrictive ? folded : globs, restrictive)
      const { argv } = command.forms
      if (name === undefined || !flags.every((flag) => hasFlag(argv, flag, restrictive))) {
        return null
      }
      return flags.length === 0
        ? `program is ${name}`
        : `program is ${name} with ${flags.join(', ')}`
    },
  }
}

/** The name that meets a glob; to a restriction case is nothing, and a pattern may be what it hides. */
function nameOf(
  { forms, hidden }: PreparedCommand,
  globs: readonly CommandGlob[],
  restrictive: boolean,
): string | undefined {
  const { program } = forms
  if (program !== undefined) {
    const name = restrictive ? program.toLowerCase() : program
    for (let i = 0; i < globs.length; i++) if (globs[i]!.test(name)) return program
    return undefined
  }
  if (hidden === undefined || !restrictive) return undefined
  return globs.find(({ source }) => hidden.test(source))?.source
}

export function programLiterals({ name: names }: ProgramValue): Literals {
  const all = names.map((name) => name.toLowerCase())
  if (names.every((name) => !/[*?[\\]/.test(name))) return { dimension: 'exact', all }
  // What a class takes is another thing in lower case.
  const globs = all.map((name) => name.replace(/[[\\].*/, '*'))
  return { dimension: 'name', all: globs.map(globLiteral), globs: () => globs }
}

/** Kinds of what is not known; `true` stands for any. */
export function isUnresolved(kinds: true | readonly string[]): CompiledCondition {
  const wanted = wantedOf(kinds)
  return {
    command: ({ forms }) => {
      const kind = forms.unresolved.find((kind) => wanted.includes(kind))
      return kind === undefined ? null : `${kind} cannot be known before it runs`
    },
  }
}

export function unresolvedLiterals(kinds: true | readonly string[]): Literals {
  return { dimension: 'exact', all: wantedOf(kinds).map((kind) => `?${kind}`) }
}

function wantedOf(kinds: true | readonly string[]): readonly string[] {
  return kinds === true ? UNRESOLVED_KINDS : kinds
}
