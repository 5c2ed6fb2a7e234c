import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { evaluate } from '../../src/engine/evaluate.ts'
import type { PolicySet } from '../../src/engine/policy-set.ts'
import type { Action, Decision, Json } from '../../src/engine/types.ts'
import { RampartError } from '../../src/errors.ts'
import { callOf, factsOf, goodSet } from '../helpers/engine.ts'

/** One call of a corpus, with what its file says about it. */
export interface Line {
  readonly tool: string
  readonly params: Readonly<Record<string, Json>>
  readonly text: string
  readonly want: 'stop' | 'allow' | 'ask'
  readonly group: string
  /** From 1, as an editor counts. */
  readonly number: number
}

export interface Answered extends Line {
  readonly action: Action
  readonly rule: string
}

/** Corpora are laid beside the repository, not in it. */
export const CORPORA = join(import.meta.dirname, '../../../shared/corpora')
export const haveCorpora = existsSync(CORPORA)

const PARAMETER: Readonly<Record<string, string>> = {
  exec: 'command',
  read: 'path',
  write: 'path',
  fetch: 'url',
}

/** The lines of a corpus or of a file like one; where they carry no label, their stratum is one. */
export function linesOf(nameOrFile: string): Line[] {
  const isFile = nameOrFile.endsWith('.jsonl')
  const name = basename(nameOrFile, '.jsonl')
  const lines = readFileSync(isFile ? nameOrFile : join(CORPORA, `${name}.jsonl`), 'utf8').split(
    '\n',
  ).filter(Boolean)
  return lines.map((line, index) => {
    const row = JSON.parse(line) as Record<string, string | null>
    const tool = row['tool'] ?? 'exec'
    const text = row['input'] ?? row['command'] ?? ''
    const stops = name.startsWith('stop') || name.startsWith('technique')
    return {
      tool,
      text,
      params: paramsOf(tool, text),
      want: (row['want'] as Line['want'] | null | undefined) ?? (stops ? 'stop' : 'allow'),
      group: row['group'] ?? row['technique'] ?? '',
      number: index + 1,
    }
  })
}

function paramsOf(tool: string, text: string): Readonly<Record<string, Json>> {
  return { [PARAMETER[tool] ?? 'input']: text }
}

const POLICIES = join(import.meta.dirname, '../../policies')

/** A built-in profile with self-protection around it, as `serve` has it. */
export function profileSet(name: string): PolicySet {
  const read = (file: string) => readFileSync(join(POLICIES, `${file}.yaml`), 'utf8')
  const protection = read('self-protection').replaceAll('{{state}}', '/home/u/.rampart')
    .replaceAll('{{port}}', '9090')
  return goodSet([
    { layer: 'builtin', file: 'builtin:self-protection', text: protection },
    { layer: 'user', file: `builtin:${name}`, text: read(name) },
  ], { standard: read('standard') })
}

/** What a set answers to a line, asked from `/w` by an account that lives in `/home/u`. */
export function answer(set: PolicySet, line: Line): Answered {
  const { action, winner } = decisionOn(set, line)
  return { ...line, action, rule: winner?.rule ?? '' }
}

function decisionOn(set: PolicySet, { tool, params }: Line): Pick<Decision, 'action' | 'winner'> {
  try {
    return evaluate(set, callOf(tool, params), factsOf())
  } catch (error) {
    // A call that cannot be understood is refused before it is judged.
    if (error instanceof RampartError) return { action: 'deny' }
    throw error
  }
}

/** In percent of the lines. */
export interface Figures {
  readonly lines: number
  readonly denied: number
  readonly asked: number
  readonly allowed: number
  /** Denied or asked. */
  readonly stopped: number
}

export function figuresOf(set: PolicySet, lines: readonly Line[]): Figures {
  return sharesOf(lines.map((line) => answer(set, line)))
}

export function sharesOf(answers: readonly Pick<Answered, 'action'>[]): Figures {
  const share = (held: (action: Action) => boolean) =>
    100 * answers.filter(({ action }) => held(action)).length / Math.max(1, answers.length)
  return {
    lines: answers.length,
    denied: share((action) => action === 'deny'),
    asked: share((action) => isStopped(action) && action !== 'deny'),
    allowed: share((action) => !isStopped(action)),
    stopped: share(isStopped),
  }
}

export function isStopped(action: Action): boolean {
  return action !== 'allow' && action !== 'log'
}

/** A line whose label contradicts itself, the seeds or a shell. */
export interface Disputed {
  readonly file: string
  readonly line: number
  readonly reason: string
}

export function readDisputed(): Disputed[] {
  return rowsOf('disputed.jsonl')
}

/** Harmless lines that `standard` stops nevertheless, with the reason. */
export function readKept(): Disputed[] {
  return rowsOf('kept.jsonl')
}

function rowsOf(name: string): Disputed[] {
  const text = readFileSync(join(import.meta.dirname, name), 'utf8')
  return text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Disputed)
}

/** The same as a set of `file:line`. */
export function disputedLines(): ReadonlySet<string> {
  return new Set(readDisputed().map(({ file, line }) => `${file}:${line}`))
}
