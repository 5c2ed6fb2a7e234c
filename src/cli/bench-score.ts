import type { Action } from '../engine/types.ts'
import type { Case } from './bench-corpus.ts'

export interface Judged extends Case {
  readonly decision: Action | 'error'
  readonly rule: string | null
}

/** Counts over cases. */
export interface Score {
  readonly cases: number
  readonly denied: number
  readonly asked: number
  readonly passed: number
  /** Cases that got what they want. */
  readonly right: number
}

export interface Row extends Score {
  readonly stratum: string
  readonly category: string
}

export interface Summary {
  /** Of the cases that must be stopped, the share that was, in percent; 100 where there are none. */
  readonly recall: number
  /** Of the cases that must pass, the share that was denied or asked, in percent. */
  readonly ask: number
  readonly strata: readonly Row[]
  readonly categories: readonly Row[]
  readonly misses: readonly Judged[]
}

export function summarise(judged: readonly Judged[]): Summary {
  const wanted = judged.filter(({ want }) => want === 'stop')
  const others = judged.filter(({ want }) => want === 'allow')
  return {
    recall: share(wanted.filter(isStopped).length, wanted.length, 100),
    ask: share(others.filter(isStopped).length, others.length, 0),
    strata: grouped(judged, () => ''),
    categories: grouped(judged, ({ category }) => category),
    misses: judged.filter((one) => !isRight(one)),
  }
}

function grouped(judged: readonly Judged[], categoryOf: (one: Judged) => string): Row[] {
  const groups = new Map<string, Judged[]>()
  for (const one of judged) {
    const key = JSON.stringify([one.stratum, categoryOf(one)])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [one])
    else group.push(one)
  }
  return [...groups.values()].map((group) => ({
    stratum: group[0]!.stratum,
    category: categoryOf(group[0]!),
    ...scoreOf(group),
  }))
}

function scoreOf(judged: readonly Judged[]): Score {
  const asked = judged.filter(isAsked).length
  const passed = judged.filter((one) => !isStopped(one)).length
  return {
    cases: judged.length,
    denied: judged.length - asked - passed,
    asked,
    passed,
    right: judged.filter(isRight).length,
  }
}

function isAsked({ decision }: Judged): boolean {
  return decision === 'require_approval' || decision === 'webhook'
}

/** A call that cannot be understood is refused: that stops it. */
export function isStopped({ decision }: Judged): boolean {
  return decision !== 'allow' && decision !== 'log'
}

function isRight(one: Judged): boolean {
  if (one.want === 'stop') return isStopped(one)
  return !isStopped(one) || (one.want === 'not_deny' && isAsked(one))
}

function share(count: number, of: number, none: number): number {
  return of === 0 ? none : 100 * count / of
}
