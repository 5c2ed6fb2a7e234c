import { allows, blocks, type RuleGround } from '../approval/rule-match.ts'
import type { AuditEvent } from '../audit/event.ts'
import { evaluate } from '../engine/evaluate.ts'
import { kindOf } from '../engine/own-rule-kind.ts'
import type { OwnRule } from '../engine/own-rule.ts'
import type { PolicySet } from '../engine/policy-set.ts'
import type { Call, Facts, Json } from '../engine/types.ts'
import { normaliseCall } from '../intercept/normalise.ts'
import { type Plain, ruled } from './ruled.ts'
import type { Asked, Plan } from './rule-plan.ts'
import type { Services } from './services.ts'

/** How far back audited calls are looked at, and how many are shown. */
export const LOOKED_BACK = 10_000
const PAGE = 500
const EXAMPLES = 5
const TEXT = 500
/** Calls that are read before others get their turn. */
const AT_ONCE = 50

/** One generalisation as a person chooses it. */
export interface Choice {
  readonly generalisation: Plan['generalisation']
  readonly text: string
  readonly available: boolean
  readonly refused: string | null
  readonly matched: {
    /** Audited calls that were looked at. */
    readonly of: number
    readonly count: number
    readonly examples: readonly { audit_id: string; text: string; action: string }[]
  }
  /** Calls that must be stopped and that it would let pass: then it is refused. */
  readonly admits: readonly { readonly id: string; readonly command: string }[]
}

/** Each plan with what it would have met, and what it must not let pass. */
export async function choicesOf(
  asked: Asked,
  plans: readonly Plan[],
  services: Services,
): Promise<readonly Choice[]> {
  const matched = await matchedBy(plans.map(({ rules }) => rules), services)
  const choices: Choice[] = []
  for (const [at, plan] of plans.entries()) {
    const admits = await admittedBy(asked, plan.rules, services)
    const refused = plan.refused ?? refusalFor(admits)
    choices.push({
      generalisation: plan.generalisation,
      text: plan.text,
      available: refused === undefined,
      refused: refused ?? null,
      matched: matched[at]!,
      admits,
    })
  }
  return choices
}

export function refusalFor(admits: Choice['admits']): string | undefined {
  const [first] = admits
  if (first === undefined) return undefined
  return `it would let pass ${admits.length} calls that must be stopped, such as ${first.command}`
}

/** The must-stop calls that these rules would newly let pass. */
export async function admittedBy(
  { plain, request }: Asked,
  rules: readonly OwnRule[],
  services: Services,
): Promise<Choice['admits']> {
  const allowed = rules.filter(({ action }) => action === 'allow')
  if (allowed.length === 0 || services.mustStop === undefined) return []
  const also = allowed.map((rule) => ({ rule, scope: 'always' }) as const)
  const admits: { id: string; command: string }[] = []
  for (const { one, id, command } of await stoppedCases(plain.set, request.cwd, services)) {
    const { action } = await ruled(one, services, { also })
    if (action === 'allow' || action === 'log') admits.push({ id, command })
  }
  return admits
}

interface Stopped {
  readonly id: string
  readonly command: string
  readonly one: Plain
}

const stopped = new WeakMap<PolicySet, { cwd: string | undefined; cases: readonly Stopped[] }>()

/** Must-stop calls that an ask alone stops now: only those a grant could let pass. */
async function stoppedCases(
  set: PolicySet,
  cwd: string | undefined,
  services: Services,
): Promise<readonly Stopped[]> {
  const known = stopped.get(set)
  if (known !== undefined && known.cwd === cwd) return known.cases
  const home = services.facts.home()
  const facts = plainFacts(services.clock.now(), home)
  const cases: Stopped[] = []
  let read = 0
  for (const { id, tool, params, command } of await services.mustStop!()) {
    if (++read % AT_ONCE === 0) await breathe()
    const call = callOf(tool, params, cwd ?? `${home}/project`, home)
    if (call === undefined) continue
    const one = { call, set, facts, decision: evaluate(set, call, facts) }
    const { action } = await ruled(one, services)
    if (action === 'require_approval') cases.push({ id, command, one })
  }
  stopped.set(set, { cwd, cases })
  return cases
}

/** Which of the last audited calls each set of rules would have met, in one pass. */
export async function matchedBy(
  sets: readonly (readonly OwnRule[])[],
  services: Pick<Services, 'reader' | 'facts'>,
): Promise<readonly Choice['matched'][]> {
  const found = sets.map(() => ({
    count: 0,
    examples: [] as { audit_id: string; text: string; action: string }[],
  }))
  const home = services.facts.home()
  let of = 0
  let after: number | undefined
  do {
    const { events, next } = await services.reader.page({ kind: 'decision', limit: PAGE, after })
    for (const event of events.slice(0, LOOKED_BACK - of)) {
      if (++of % AT_ONCE === 0) await breathe()
      const call = mayMeet(event, sets) ? eventCall(event, home) : undefined
      if (call === undefined) continue
      for (const [at, rules] of sets.entries()) {
        if (!rules.some((rule) => meets(rule, call))) continue
        const { count, examples } = found[at]!
        if (examples.length < EXAMPLES) examples.push(exampleOf(event))
        found[at]!.count = count + 1
      }
    }
    after = next
  } while (after !== undefined && of < LOOKED_BACK)
  return found.map((one) => ({ of, ...one }))
}

/** Reading a call is the cost: most cannot meet a rule, as their text tells. */
function mayMeet({ request, tool }: AuditEvent, sets: readonly (readonly OwnRule[])[]): boolean {
  let text: string | undefined
  return sets.some((rules) =>
    rules.some((rule) => {
      const kind = kindOf(rule.tool ?? '')
      if (kind === 'exec' ? tool !== 'exec' : kind === 'other' && tool !== rule.tool) return false
      return (text ??= JSON.stringify(request)).includes(wordOf(rule))
    })
  )
}

/** A text without which no call meets the rule. */
function wordOf({ line, program, argv, path, directory, url, host }: OwnRule): string {
  const word = line ?? program ?? argv?.[0] ?? (path ?? directory)?.split('/').at(-1) ??
    (url ?? host)?.split('/')[2] ?? ''
  return JSON.stringify(word).slice(1, -1)
}

/** The call of an event, undefined where the trail has shortened it. */
export function eventCall({ request, tool }: AuditEvent, home: string): Call | undefined {
  const { params, cwd } = (request ?? {}) as { params?: unknown; cwd?: unknown }
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return undefined
  return callOf(tool, params as Call['params'], typeof cwd === 'string' ? cwd : undefined, home)
}

function callOf(
  tool: string,
  params: Readonly<Record<string, Json>>,
  cwd: string | undefined,
  home: string,
): Call | undefined {
  const identity = { principal: 'rampart', agent: '', session: '', bound: new Set<never>() }
  try {
    return normaliseCall({ tool, identity, params, cwd, homes: [home] })
  } catch {
    // What the trail has shortened is not always a call any more.
    return undefined
  }
}

/** As far as the trail tells: where links led, and what scripts said, is taken to be as it is now. */
function meets(rule: OwnRule, call: Call): boolean {
  const ground: RuleGround = {
    call,
    namesOf: (path) => [path],
    scriptOf: (path) => rule.scripts?.[path] ?? 'none',
  }
  const holds = rule.action === 'block' ? blocks : allows
  return call.subjects.some((_, index) => holds(rule, ground, index))
}

function exampleOf(
  { id, request, tool, decision }: AuditEvent,
): Choice['matched']['examples'][number] {
  const { params } = (request ?? {}) as { params?: Record<string, unknown> }
  const { command, path, url } = params ?? {}
  const said = [command, path, url].find((value) => typeof value === 'string')
  const text = typeof said === 'string' ? said : `${tool} ${JSON.stringify(params ?? null)}`
  return { audit_id: id, text: text.slice(0, TEXT), action: decision.action }
}

/** Facts of a call that is not made: each path has its own name alone, and nothing was called before. */
export function plainFacts(now: number, home: string): Facts {
  return {
    now,
    homes: [home],
    namesOf: (path) => [path],
    callCount: () => 0,
    claimed: () => false,
  }
}

/** Let what waits meanwhile be answered. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0))
}
