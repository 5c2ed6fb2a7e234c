import { type Drafted, draftFor, type Known, offeredFor } from '../approval/generalise.ts'
import { codeFilesOf } from '../approval/implied-files.ts'
import { type Ask, asksOf } from '../approval/rule-layer.ts'
import { textOf } from '../approval/rule-text.ts'
import { redact } from '../audit/redact.ts'
import { evaluate } from '../engine/evaluate.ts'
import { type Generalisation, GENERALISATIONS, type OwnRule } from '../engine/own-rule.ts'
import type { Decision, Json } from '../engine/types.ts'
import { judge } from './judge.ts'
import { groundOf, hashesOf, type Plain, ruled } from './ruled.ts'
import type { DecideRequest, Services } from './services.ts'

/** What could be kept of an answer: a rule for each part that asked, or why it cannot be. */
export interface Plan {
  readonly generalisation: Generalisation
  readonly rules: readonly OwnRule[]
  readonly text: string
  readonly refused?: string | undefined
}

/** A call with what asks about it now. */
export interface Asked {
  readonly request: DecideRequest
  readonly plain: Plain
  /** As it is answered now, the person's rules included. */
  readonly decision: Decision
  readonly asks: readonly Ask[]
}

/** A rule that is tried out has no name yet. */
export const TRIED = 'tried-out'

/** Read a call and see what asks about it. Nothing is touched: a dry run. */
export async function askedAbout(request: DecideRequest, services: Services): Promise<Asked> {
  const { call, set, facts } = await judge(request, services, 'dry')
  const plain = { call, set, facts, decision: evaluate(set, call, facts) }
  const decision = await ruled(plain, services)
  return { request, plain, decision, asks: asksOf(set, call, decision) }
}

/** Every generalisation that the asked call offers, narrowest first, each checked against the gate. */
export async function plansFor(asked: Asked, services: Services): Promise<readonly Plan[]> {
  const { subjects } = asked.plain.call
  const about = asked.asks.map(aboutOf)
  const offered = GENERALISATIONS.filter((one) =>
    about.some((index) => offeredFor(subjects[index]!).includes(one))
  )
  const known = await knownOf(asked, services)
  return await Promise.all(offered.map((one) => planFor(asked, known, one, services)))
}

/** The subject that a rule is made from: an effect is answered with the command that has it. */
function aboutOf({ subject, of }: Ask): number {
  return of ?? subject
}

/** What is gathered to make rules from a call. */
export async function knownOf({ plain }: Pick<Asked, 'plain'>, services: Services): Promise<Known> {
  const { call, facts } = plain
  const files = codeFilesOf(call)
  const hashes = await hashesOf(files, services.facts, services.log)
  const { namesOf } = await groundOf(call, facts, [], services)
  const scripts = Object.fromEntries(files.map((path) => [path, hashes.get(path) ?? 'none']))
  return { call, namesOf, scripts, homes: facts.homes }
}

async function planFor(
  asked: Asked,
  known: Known,
  generalisation: Generalisation,
  services: Services,
): Promise<Plan> {
  const drafts = wholeLine(asked.asks.map((ask) => ({
    ask,
    made: draftFor(known, aboutOf(ask), generalisation),
  })))
  const rules = new Map<string, OwnRule>()
  for (const { ask, made } of drafts) {
    if ('refused' in made) continue
    const rule = ruleOf(ask, made.draft)
    rules.set(JSON.stringify(rule), rule)
  }
  const kept = [...rules.values()].map((rule, at) => ({ ...rule, id: `${TRIED}-${at + 1}` }))
  const text = kept.map(textOf).join('; ')
  const plan = { generalisation, rules: kept, text }
  const refused = refusalOf(drafts.map(({ made }) => made), kept) ??
    await gateOf(asked, kept, services)
  return refused === undefined ? plan : { ...plan, refused }
}

interface Made {
  readonly ask: Ask
  readonly made: Drafted
}

/** Where one part can only be kept with its whole line, that answers for the other parts too. */
function wholeLine(drafts: readonly Made[]): readonly Made[] {
  const bound = drafts.find(({ made }) => 'draft' in made && made.draft.line !== undefined)
  if (bound === undefined) return drafts
  return drafts.map(({ ask, made }) => ({
    ask,
    made: 'draft' in made && made.draft.tool === 'exec' ? bound.made : made,
  }))
}

function ruleOf(ask: Ask, draft: object): OwnRule {
  return {
    id: TRIED,
    action: 'allow',
    ...draft,
    answers: ask.answers,
    ...(ask.print === undefined ? {} : { answers_as: ask.print }),
  }
}

function refusalOf(made: readonly Drafted[], rules: readonly OwnRule[]): string | undefined {
  for (const one of made) if ('refused' in one) return one.refused
  const kept = JSON.parse(JSON.stringify(rules)) as Json
  return redact(kept) === kept ? undefined : 'it holds a secret, which a rule would keep in clear'
}

/** A rule that does not let the asked call pass is worth nothing, and never lifts a denial. */
async function gateOf(
  { plain }: Asked,
  rules: readonly OwnRule[],
  services: Services,
): Promise<string | undefined> {
  const also = rules.map((rule) => ({ rule, scope: 'always' }) as const)
  const after = await ruled(plain, services, { also })
  return after.action === 'allow' || after.action === 'log' ? undefined : stillStops(after)
}

/** Why no rule is of use against what stops a call. */
export function stillStops({ action, winner, message }: Decision): string {
  const by = winner === undefined ? 'a default' : `${winner.rule} (${winner.layer})`
  if (action === 'deny') return `${by} denies it, and no rule lifts a denial: ${message}`
  if (action === 'webhook') return `a webhook decides it each time: ${by}`
  return `${by} asks as before, and its ask is not answered for good: ${message}`
}
