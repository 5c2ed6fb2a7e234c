import { isRestrictive } from './compile.ts'
import { type Ground, groundFor, reasonsFor } from './hold.ts'
import type { Policy, PolicySet, Rule } from './policy-set.ts'
import type { PreparedCommand } from './prepare.ts'
import { conclude } from './settle.ts'
import type { Call, Decision, Facts, Reason, Subject, TraceLine, Vote } from './types.ts'

/** What is gathered while one call is judged. */
interface Run extends Ground {
  readonly set: PolicySet
  readonly trace: TraceLine[]
  readonly explain: boolean
}

/**
 * Decide one tool call. Pure and total: the same set, call and facts give the same decision, and no
 * input makes it throw. The explanation is the by-product of deciding, never a second pass: with
 * `explain` the trace also holds the rules that were looked at and did not hold.
 *
 * Webhook votes are pending in the result; `settle` combines their answers (security.md F10).
 */
export function evaluate(set: PolicySet, call: Call, facts: Facts, explain = false): Decision {
  const run: Run = {
    ...groundFor(call, facts),
    set,
    explain,
    trace: [],
  }
  const votes: Vote[] = []
  call.subjects.forEach((subject, index) => {
    for (const vote of votesOn(run, subject, index)) votes.push(vote)
  })
  const answered = votes.map((vote) => answeredByOverlay(run, vote))
  return conclude(set, call, answered, run.trace, (part) => overlayAnswers(run, part))
}

/** In each policy that fits, the first rule that holds; on spans and effects only restrictive ones count. */
function votesOn(run: Run, subject: Subject, index: number): Vote[] {
  const { flat } = run.set.index
  const votes: Vote[] = []
  const fits = new Map<Policy, boolean>()
  const done = new Set<Policy>()
  for (const position of positionsFor(run, subject, index)) {
    const { policy, rule } = flat[position]!
    if (done.has(policy)) continue
    let fit = fits.get(policy)
    if (fit === undefined) fits.set(policy, fit = policy.matchTool(subject.tools))
    if (!fit) continue
    const reasons = rule.needs.includes('response')
      ? null
      : reasonsFor(run, policy, rule, subject, index)
    if (reasons === null) {
      if (run.explain) run.trace.push(traceLine(policy, rule, index, false, []))
      continue
    }
    run.trace.push(traceLine(policy, rule, index, true, reasons))
    done.add(policy)
    // An allow for an effect shadows what follows in its policy, but grants nothing (semantics.md 5).
    if (subject.kind !== 'part' && !isRestrictive(rule.action)) continue
    votes.push(voteOf(policy, rule, index, reasons, position))
  }
  return votes
}

/** Positions of the rules that can hold, asked of the index with every spelling a condition may meet. */
function positionsFor(run: Run, subject: Subject, index: number): Iterable<number> {
  const relative: string[] = []
  return run.set.index.candidates({
    command: run.commands[index]?.any ?? [],
    exact: exactTexts(run.commands[index]),
    path: pathTexts(run, subject, relative),
    relative,
    url: subject.urls.map(({ url }) => url),
  })
}

function exactTexts(command: PreparedCommand | undefined): readonly string[] | 'any' {
  if (command === undefined) return NONE
  if (command.hidden !== undefined) return 'any'
  const { program, unresolved, assigns } = command.forms
  const own = program === undefined ? NONE : [program.toLowerCase()]
  if (unresolved.length + assigns.length === 0) return own
  const set = assigns.length === 0 ? NONE : ['=', ...assigns.map((name) => `=${name}`)]
  return [...own, ...unresolved.map((kind) => `?${kind}`), ...set]
}

const NONE: readonly string[] = []

/** Names that cannot be had say nothing of what they hold; of some paths only the end is known. */
function pathTexts(run: Run, subject: Subject, relative: string[]): readonly string[] | 'any' {
  const texts: string[] = []
  for (const { path, absolute, pattern } of subject.paths) {
    if (pattern === true) return 'any'
    if (!absolute) {
      relative.push(path)
      continue
    }
    const names = run.facts.namesOf(path)
    if (names === undefined) return 'any'
    texts.push(...names)
  }
  return texts
}

function voteOf(
  policy: Policy,
  rule: Rule,
  subject: number,
  reasons: readonly Reason[],
  rank: number,
): Vote {
  return {
    action: rule.action,
    policy: policy.name,
    rule: rule.key,
    message: rule.message,
    layer: policy.layer,
    subject,
    reasons,
    rank,
    webhook: rule.webhook,
    once: rule.once,
    nativeAllow: rule.nativeAllow,
  }
}

function traceLine(
  policy: Policy,
  rule: Rule,
  subject: number,
  held: boolean,
  reasons: readonly Reason[],
): TraceLine {
  return { subject, policy: policy.name, rule: rule.key, action: rule.action, held, reasons }
}

/** The overlay's allows answer asks of the user layer, never anything else (semantics.md 11). */
function answeredByOverlay(run: Run, vote: Vote): Vote {
  if (vote.action !== 'require_approval' || vote.layer !== 'user') return vote
  const subject = run.call.subjects[vote.subject]!
  const rule = overlayAnswers(run, vote.subject) ??
    (subject.of === undefined ? undefined : overlayAnswers(run, subject.of))
  return rule === undefined ? vote : { ...vote, answeredBy: rule }
}

/** The overlay rule that allows this subject, if one does. */
function overlayAnswers(run: Run, index: number): string | undefined {
  const subject = run.call.subjects[index]!
  for (const policy of run.set.overlay) {
    if (!policy.matchTool(subject.tools)) continue
    for (const rule of policy.rules) {
      if (rule.action !== 'allow' || rule.needs.includes('response')) continue
      if (reasonsFor(run, policy, rule, subject, index) !== null) return rule.key
    }
  }
  return undefined
}
