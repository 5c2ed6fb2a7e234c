import { blockDraft, blockUsual } from '../approval/block.ts'
import { textOf } from '../approval/rule-text.ts'
import type { Generalisation, OwnRule } from '../engine/own-rule.ts'
import type { Json } from '../engine/types.ts'
import { RampartError } from '../errors.ts'
import { shellQuote } from '../intercept/shell/quote.ts'
import { TOOLS } from '../intercept/tools.ts'
import type { Caller } from './api.ts'
import { refused } from './grant-sweep.ts'
import { nothingAsks } from './grants.ts'
import { type Asked, askedAbout, knownOf, type Plan, plansFor, TRIED } from './rule-plan.ts'
import { admittedBy, type Choice, choicesOf, refusalFor } from './rule-preview.ts'
import { keepAlways } from './rules.ts'
import type { DecideRequest, Services } from './services.ts'
import type { By } from './tokens.ts'

/** A rule that a person asks for without being asked. */
export interface NewRule {
  readonly action: 'allow' | 'block' | 'except'
  readonly tool?: string | undefined
  /** A command line, path, URL or host; of an MCP tool its parameters as JSON. */
  readonly pattern?: string | undefined
  /** In the place of a pattern. */
  readonly program?: string | undefined
  readonly flags?: readonly string[] | undefined
  readonly generalisation?: Generalisation | undefined
  readonly forMs?: number | undefined
  readonly once?: boolean | undefined
  /** The call is made at or below this directory. */
  readonly project?: string | undefined
  /** Where the pattern is meant to be typed. */
  readonly cwd?: string | undefined
  /** Of an exception the rule that goes out of force. */
  readonly rule?: string | undefined
  readonly reason?: string | undefined
}

/** Make a rule; in force everywhere when this resolves. */
export async function createRule(
  services: Services,
  caller: Caller,
  wanted: NewRule,
  by: By,
): Promise<readonly string[]> {
  const { asked, plan } = await planFrom(services, caller, wanted)
  const reason = plan.refused ?? refusalFor(await admittedBy(asked, plan.rules, services))
  if (reason !== undefined) throw refused(reason)
  return await keepAlways(services, plan.rules, by)
}

/** What it would have met, and what it must not let pass. */
export async function previewRule(
  services: Services,
  caller: Caller,
  wanted: NewRule,
): Promise<Choice> {
  const { asked, plan } = await planFrom(services, caller, wanted)
  const [choice] = await choicesOf(asked, [plan], services)
  return choice!
}

async function planFrom(
  services: Services,
  caller: Caller,
  wanted: NewRule,
): Promise<{ asked: Asked; plan: Plan }> {
  const { tool, pattern } = wanted.action === 'except' ? NOTHING : targetOf(wanted)
  const asked = await askedAbout(sample(caller, tool, pattern, wanted), services)
  const plan = await planBy(asked, wanted, services)
  const rules = plan.rules.map((rule) => withTerms(rule, wanted, services))
  return { asked, plan: { ...plan, rules, text: rules.map(textOf).join('; ') } }
}

/** An exception is about a rule, not about a call. */
const NOTHING = { tool: 'exec', pattern: 'true' } as const

async function planBy(asked: Asked, wanted: NewRule, services: Services): Promise<Plan> {
  switch (wanted.action) {
    case 'allow':
      return await allowPlan(asked, wanted, services)
    case 'block':
      return await blockPlan(asked, wanted, services)
    case 'except':
      return exception(services, wanted)
  }
}

/** An allow answers what asks about the pattern now; without an ask there is nothing to be answered. */
async function allowPlan(asked: Asked, wanted: NewRule, services: Services): Promise<Plan> {
  const usual = usualFor(wanted)
  if (asked.asks.length === 0) {
    const generalisation = wanted.generalisation ?? usual
    return { generalisation, rules: [], text: '', refused: nothingAsks(asked) }
  }
  const plans = await plansFor(asked, services)
  const chosen = wanted.generalisation ?? usual
  const plan = plans.find(({ generalisation }) => generalisation === chosen)
  if (plan !== undefined) return plan
  const offered = plans.map(({ generalisation }) => generalisation).join(', ')
  throw invalid('/generalisation', `${chosen} says nothing of this call: one of ${offered}`)
}

/** A block is about one command, path or URL, whether it would be asked about or not. */
async function blockPlan(asked: Asked, wanted: NewRule, services: Services): Promise<Plan> {
  const { subjects } = asked.plain.call
  const parts = subjects.flatMap(({ kind }, index) => kind === 'part' ? [index] : [])
  const [part] = parts
  if (part === undefined || parts.length > 1) {
    throw invalid('/pattern', 'a block is about one command: name each by itself')
  }
  const named = usualFor(wanted)
  const usual = named === 'exact' ? blockUsual(subjects[part]!) : named
  const generalisation = wanted.generalisation ?? usual
  const made = blockDraft(await knownOf(asked, services), part, generalisation)
  if ('refused' in made) return { generalisation, rules: [], text: '', refused: made.refused }
  const rule: OwnRule = { id: TRIED, action: 'block', ...made.draft }
  return { generalisation, rules: [rule], text: textOf(rule) }
}

/** A rule of the user layer or its built-in profile goes out of force, with the reason beside it. */
function exception({ policies }: Services, { rule, reason }: NewRule): Plan {
  if (rule === undefined) throw invalid('/rule', 'is missing: policy/rule')
  if (reason === undefined || reason.trim() === '') throw invalid('/reason', 'is missing: say why')
  const { set } = policies.current()
  const print = set.printOf(rule)
  const text = `${rule} is out of force: ${reason}`
  const plan = { generalisation: 'exact', text } as const
  if (print === undefined) {
    const other = set.listing.find(({ rules }) => rules.some(({ key }) => key === rule))
    const why = other === undefined
      ? `there is no rule ${rule}`
      : `${rule} belongs to the ${other.layer} layer, which nobody excepts from`
    return { ...plan, rules: [], refused: why }
  }
  const made: OwnRule = { id: TRIED, action: 'except', answers: rule, answers_as: print, reason }
  return { ...plan, rules: [made] }
}

function withTerms(rule: OwnRule, wanted: NewRule, { clock }: Services): OwnRule {
  const { forMs, once, project, reason } = wanted
  const bound = project === undefined || rule.line !== undefined ? {} : { cwd: undefined, project }
  return {
    ...rule,
    ...bound,
    ...(once === true && rule.action === 'allow' ? { once } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(forMs === undefined ? {} : { expires_at: new Date(clock.now() + forMs).toISOString() }),
  }
}

const PARAMETER = { exec: 'command', read: 'path', write: 'path', fetch: 'url' } as const
const isHost = (text: string): boolean => !text.includes('://')

function usualFor({ tool = 'exec', pattern, program, flags }: NewRule): Generalisation {
  if (program !== undefined) return flags === undefined ? 'program' : 'flags'
  const { class: kind } = TOOLS.get(tool) ?? {}
  if (kind === 'fetch' && isHost(pattern ?? '')) return 'host'
  return kind === undefined && pattern === undefined ? 'tool' : 'exact'
}

function targetOf({ tool = 'exec', pattern, program, flags = [] }: NewRule): {
  tool: string
  pattern: string | undefined
} {
  const given = [pattern, program].filter((one) => one !== undefined).length
  if (given > 1 || (given === 0 && TOOLS.has(tool.toLowerCase()))) {
    throw invalid('/pattern', 'either a pattern or a program is expected')
  }
  if (program === undefined) return { tool, pattern }
  if (tool !== 'exec') throw invalid('/program', 'only exec has programs')
  return { tool, pattern: [program, ...flags].map(shellQuote).join(' ') }
}

/** The pattern as a call of the person's own. */
function sample(
  { principal }: Caller,
  tool: string,
  pattern: string | undefined,
  { cwd, project }: NewRule,
): DecideRequest {
  return {
    tool,
    identity: { principal, agent: 'cli', session: 'cli', bound: new Set() },
    params: paramsFor(tool.toLowerCase(), pattern),
    cwd: cwd ?? project,
    intent: 'preview',
    via: 'local',
    explain: false,
  }
}

function paramsFor(tool: string, pattern: string | undefined): Readonly<Record<string, Json>> {
  const row = TOOLS.get(tool)
  if (row !== undefined) {
    const text = pattern ?? ''
    return {
      [PARAMETER[row.class]]: row.class === 'fetch' && isHost(text) ? `https://${text}/` : text,
    }
  }
  if (pattern === undefined) return {}
  try {
    const value: unknown = JSON.parse(pattern)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Readonly<Record<string, Json>>
    }
  } catch {
    // Said below.
  }
  throw invalid('/pattern', `of ${tool} its parameters as JSON are expected`)
}

function invalid(pointer: string, detail: string): RampartError {
  return new RampartError('request_invalid', `${pointer} ${detail}`, {
    errors: [{ pointer, detail }],
  })
}
