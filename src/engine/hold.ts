import type { GlobSet } from './match/glob-set.ts'
import type { Policy, Rule, View } from './policy-set.ts'
import { Joined, prepareCommand, type PreparedCommand } from './prepare.ts'
import type { Call, Facts, Reason, Subject } from './types.ts'

/** What rules are held against: one call, its facts, and its commands in their canonical spelling. */
export interface Ground {
  readonly call: Call
  readonly facts: Facts
  readonly views: Readonly<Record<Rule['stance'], View>>
  readonly commands: readonly (PreparedCommand | undefined)[]
  /** What each span joins, as soon as a rule asks. */
  joined: (Joined | undefined)[] | undefined
}

/** Prepare a call once; every rule is then held against the same ground. */
export function groundFor(call: Call, facts: Facts, globs: () => GlobSet): Ground {
  const commands: (PreparedCommand | undefined)[] = []
  for (const subject of call.subjects) commands.push(prepareCommand(subject, facts.homes))
  return {
    call,
    facts,
    commands,
    joined: undefined,
    views: {
      restrictive: { call, facts, globs, stance: 'restrictive' },
      permissive: { call, facts, globs, stance: 'permissive' },
    },
  }
}

/**
 * Why a rule holds for a subject, or null where it does not. Conditions on the response are not asked
 * here: `output.ts` adds them.
 */
export function reasonsFor(
  ground: Ground,
  policy: Policy,
  rule: Rule,
  subject: Subject,
  index: number,
): readonly Reason[] | null {
  if (subject.kind === 'span' && !(rule.spans && rule.stance === 'restrictive')) return null
  const tests = rule.tests()
  // What touches no path meets no condition on one; most such rules were found by their program alone.
  if (tests.path.length > 0 && subject.paths.length === 0) return null
  if (tests.url.length > 0 && subject.urls.length === 0) return null
  const asked = callReasons(ground, policy, rule)
  if (asked === null) return null
  const view = ground.views[rule.stance]
  const said = commandReasons(ground, rule, view, subject, index)
  if (said === null) return null
  const led = pathReasons(rule, view, subject)
  if (led === null) return null
  const reached = urlReasons(rule, view, subject)
  return reached === null ? null : [...asked, ...said, ...led, ...reached]
}

/** What of it is the same for every subject; null where the rule holds for none. */
export function callReasons(ground: Ground, policy: Policy, rule: Rule): readonly Reason[] | null {
  if (rule.expiresAt !== undefined && ground.facts.now >= rule.expiresAt) return null
  if (rule.exceptedUntil !== undefined && ground.facts.now < rule.exceptedUntil) return null
  if (rule.once && ground.facts.claimed(rule.key)) return null
  const view = ground.views[rule.stance]
  if (!policy.matchIdentity(view)) return null
  const { context } = rule.tests()
  return context.length === 0 ? NONE : all(context, (test) => test(view))
}

const NONE: readonly Reason[] = []

/** All tests on one candidate: the reasons, or null when one does not hold. */
function all<T>(tests: readonly T[], ask: (test: T) => Reason | null): readonly Reason[] | null {
  const reasons: Reason[] = []
  for (const test of tests) {
    const reason = ask(test)
    if (reason === null) return null
    reasons.push(reason)
  }
  return reasons
}

/**
 * Several candidates for one value: a restrictive rule holds if any one meets all its tests, exclusions
 * included; a permissive one only if every one does (semantics.md 6, security.md F4).
 */
function overCandidates<C>(
  candidates: readonly C[],
  stance: Rule['stance'],
  ask: (candidate: C) => readonly Reason[] | null,
): readonly Reason[] | null {
  let first: readonly Reason[] | null = null
  for (const candidate of candidates) {
    const reasons = ask(candidate)
    if (stance === 'restrictive' && reasons !== null) return reasons
    if (stance === 'permissive' && reasons === null) return null
    first ??= reasons
  }
  return stance === 'permissive' ? first : null
}

function commandReasons(
  ground: Ground,
  rule: Rule,
  view: View,
  subject: Subject,
  index: number,
): readonly Reason[] | null {
  const tests = rule.tests().command
  if (tests.length === 0) return NONE
  const command = ground.commands[index]
  if (command === undefined) return null
  const parts = subject.kind === 'span' ? joinedBy(ground, subject, index) : undefined
  // Most rules that are looked at fail here, at the first test: no list, no closure for those.
  const first = tests[0]!(command, view, parts)
  if (first === null) return null
  return tests.length === 1 ? [first] : all(tests, (test) => test(command, view, parts))
}

/** Nearly every rule that looks at a span asks, and a line may have hundreds of parts. */
export function joinedBy(ground: Ground, { parts = [] }: Subject, index: number): Joined {
  return (ground.joined ??= [])[index] ??= new Joined(
    parts.flatMap((part) => ground.commands[part] ?? []),
    ground.views.restrictive.globs,
  )
}

function pathReasons(rule: Rule, view: View, subject: Subject): readonly Reason[] | null {
  const tests = rule.tests().path
  if (tests.length === 0) return NONE
  return overCandidates(subject.paths, rule.stance, (value) => {
    if (value.doubtful === true && !rule.doubts) return null
    // Nobody can say where a relative path lies, or what a pattern names: no permission (F35).
    if ((!value.absolute || value.pattern === true) && rule.stance === 'permissive') return null
    const names = value.absolute ? view.facts.namesOf(value.path) : [value.path]
    // A name that cannot be had: true for a restriction, false for a permission (semantics.md 7).
    if (names === undefined && rule.stance === 'permissive') return null
    const held = overCandidates(names ?? [value.path], rule.stance, (name) => {
      const first = tests[0]!(name, value, view)
      if (first === null) return null
      return tests.length === 1 ? [first] : all(tests, (test) => test(name, value, view))
    })
    if (held !== null || names !== undefined) return held
    return [`the targets of "${value.path}" cannot be known`]
  })
}

function urlReasons(rule: Rule, view: View, subject: Subject): readonly Reason[] | null {
  const tests = rule.tests().url
  if (tests.length === 0) return NONE
  return overCandidates(
    subject.urls,
    rule.stance,
    (value) => all(tests, (test) => test(value, view)),
  )
}
