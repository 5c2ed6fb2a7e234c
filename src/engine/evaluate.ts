import { isRestrictive } from './compile.ts'
import { callReasons, type Ground, groundFor, joinedBy, reasonsFor } from './hold.ts'
import type { MoreTexts, Policy, PolicySet, Rule, RuleIndex } from './policy-set.ts'
import type { Joined, PreparedCommand } from './prepare.ts'
import { conclude } from './settle.ts'
import type { Call, Decision, Facts, Reason, Subject, TraceLine, Vote } from './types.ts'

/** What is gathered while one call is judged. */
interface Run {
  readonly set: PolicySet
  readonly call: Call
  readonly facts: Facts
  readonly ground: Ground
  readonly votes: Vote[]
  readonly trace: TraceLine[]
  readonly explain: boolean
  readonly more: More
  /** By position, where many rules fail for subject after subject: whether one fails for all of them. */
  verdicts: Uint8Array | undefined
}

/** What the index seldom asks of the subject at hand: one for all subjects, for few are asked. */
class More implements MoreTexts {
  readonly #ground: Ground
  /** The subject's index. */
  of = 0
  /** Whether the index that asks is the one whose globs commands remember. */
  remembers = true

  constructor(ground: Ground) {
    this.#ground = ground
  }

  host(): readonly string[] {
    const { urls } = this.#subject()
    return urls.length === 0 ? NONE : urls.map(({ host }) => host)
  }

  folded(): readonly string[] {
    return this.#ground.commands[this.of]?.folded ?? NONE
  }

  prepared(): PreparedCommand | undefined {
    return this.remembers ? this.#ground.commands[this.of] : undefined
  }

  joined(): Joined | undefined {
    const subject = this.#subject()
    return subject.kind === 'span' ? joinedBy(this.#ground, subject, this.of) : undefined
  }

  #subject(): Subject {
    return this.#ground.call.subjects[this.of]!
  }
}

/** Rules looked at for one subject from which on it is remembered which fail for every one. */
const MANY = 64
const FAILS = 1
const MAY_HOLD = 2

/**
 * Decide one tool call. Pure and total: the same set, call and facts give the same decision, and no
 * input makes it throw. The explanation is the by-product of deciding, never a second pass: with
 * `explain` the trace also holds the rules that were looked at and did not hold.
 *
 * Webhook votes are pending in the result; `settle` combines their answers (security.md F10).
 */
export function evaluate(set: PolicySet, call: Call, facts: Facts, explain = false): Decision {
  const ground = groundFor(call, facts, set.index.globs)
  const run: Run = {
    set,
    call,
    facts,
    ground,
    explain,
    trace: [],
    votes: [],
    more: new More(ground),
    verdicts: undefined,
  }
  const { subjects } = call
  for (let index = 0; index < subjects.length; index++) voteOn(run, subjects[index]!, index)
  const { votes, trace } = run
  for (let i = 0; i < votes.length; i++) votes[i] = answeredByOverlay(run, votes[i]!)
  return conclude(
    set,
    call,
    votes,
    trace,
    (part) => set.defaultIsOwn ? overlayAnswers(run, part) : undefined,
  )
}

/** In each policy that fits, the first rule that holds; on spans and effects only restrictive ones count. */
function voteOn(run: Run, subject: Subject, index: number): void {
  const { flat } = run.set.index
  // Rules stand in the order of their policies, so one look back tells whether a policy is done with.
  let current: Policy | undefined
  let open = false
  const positions = positionsFor(run, run.set.index, subject, index)
  for (const position of positions) {
    const { policy, rule } = flat[position]!
    if (policy !== current) {
      current = policy
      open = policy.matchTool(subject.tools)
    }
    if (!open || run.verdicts?.[position] === FAILS) continue
    const reasons = rule.needs.length > 0 && rule.needs.includes('response')
      ? null
      : reasonsFor(run.ground, policy, rule, subject, index)
    if (reasons === null) {
      if (run.explain) run.trace.push(traceLine(policy, rule, index, false, []))
      else if (positions.length > MANY) remember(run, policy, rule, position)
      continue
    }
    run.trace.push(traceLine(policy, rule, index, true, reasons))
    open = false
    // An allow for an effect shadows what follows in its policy, but grants nothing (semantics.md 5).
    if (subject.kind !== 'part' && !isRestrictive(rule.action)) continue
    run.votes.push(voteOf(policy, rule, index, reasons, position))
  }
}

function remember(run: Run, policy: Policy, rule: Rule, position: number): void {
  const verdicts = run.verdicts ??= new Uint8Array(run.set.index.flat.length)
  if (verdicts[position] === MAY_HOLD) return
  verdicts[position] = callReasons(run.ground, policy, rule) === null ? FAILS : MAY_HOLD
}

/** Positions of the rules that can hold, asked of the index with every spelling a condition may meet. */
function positionsFor(
  run: Run,
  rules: RuleIndex,
  subject: Subject,
  index: number,
): readonly number[] {
  const command = run.ground.commands[index]
  const { paths, urls } = subject
  run.more.of = index
  run.more.remembers = rules === run.set.index
  return rules.candidates({
    command: command === undefined ? NONE : command.any,
    exact: command === undefined ? NONE : exactTexts(command),
    path: paths.length === 0 ? NONE : pathTexts(run, paths),
    relative: paths.length === 0 ? NONE : relativeTexts(paths),
    url: urls.length === 0 ? NONE : urls.map(({ url }) => url),
    more: run.more,
    tools: subject.tools,
  })
}

function exactTexts(command: PreparedCommand): readonly string[] | 'any' {
  if (command.hidden !== undefined) return 'any'
  const { program, unresolved, assigns } = command.forms
  const exact = program === undefined ? [] : [program.toLowerCase()]
  for (const kind of unresolved) exact.push(`?${kind}`)
  for (const name of assigns) exact.push(`=${name}`)
  return exact
}

const NONE: readonly string[] = []

/** Names that cannot be had say nothing of what they hold. */
function pathTexts({ facts }: Run, paths: Subject['paths']): readonly string[] | 'any' {
  const texts: string[] = []
  for (const { path, absolute, pattern } of paths) {
    if (pattern === true) return 'any'
    if (!absolute) continue
    const names = facts.namesOf(path)
    if (names === undefined) return 'any'
    for (const name of names) texts.push(name)
  }
  return texts
}

/** Of some paths only the end is known. */
function relativeTexts(paths: Subject['paths']): readonly string[] {
  return paths.every(({ absolute }) => absolute)
    ? NONE
    : paths.filter(({ absolute }) => !absolute).map(({ path }) => path)
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
    timeoutMs: rule.timeoutMs,
    approvers: rule.approvers,
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
  const { overlay } = run.set
  if (overlay.flat.length === 0) return undefined
  const subject = run.call.subjects[index]!
  for (const position of positionsFor(run, overlay, subject, index)) {
    const { policy, rule } = overlay.flat[position]!
    if (rule.action !== 'allow' || rule.needs.includes('response')) continue
    if (!policy.matchTool(subject.tools)) continue
    if (reasonsFor(run.ground, policy, rule, subject, index) !== null) return rule.key
  }
  return undefined
}
