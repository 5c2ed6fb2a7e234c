import process from 'node:process'
import { indexedTrail } from '../adapters/audit-index.ts'
import { createFactReader } from '../adapters/fact-reader.ts'
import { RampartError } from '../errors.ts'
import { newRuleOf, RuleRequest } from '../http/requests-rule.ts'
import type { Caller } from '../service/api.ts'
import type { Choice } from '../service/rule-preview.ts'
import { rulesApi } from '../service/rules-api.ts'
import type { ShownRule } from '../service/rules.ts'
import { connect } from './client.ts'
import { type Invocation, textFlag } from './command.ts'
import { safe, Shown } from './output.ts'
import { abridge } from './display.ts'
import { openPolicies } from './policy-sources.ts'
import { isServed } from './server-file.ts'
import { trailDirectory } from './trail.ts'
import { atTerminal, withState } from './with-state.ts'

/** The person's rules, at the server that runs or in the state directory itself. */
export interface Rules {
  list(): Promise<readonly ShownRule[]>
  create(wanted: RuleRequest): Promise<readonly ShownRule[]>
  preview(wanted: RuleRequest): Promise<Choice>
  remove(id: string): Promise<void>
  reset(): Promise<number>
}

/** Work on the rules: over HTTP where a server runs, else on the files; the trail has it either way. */
export async function withRules<T>(
  invocation: Invocation,
  body: (rules: Rules) => Promise<T>,
): Promise<T> {
  const { environment } = invocation
  const remote = textFlag(invocation, 'url') !== undefined || environment.url !== undefined ||
    isServed(environment.home)
  return remote ? await body(await overHttp(invocation)) : await onFiles(invocation, body)
}

async function overHttp(invocation: Invocation): Promise<Rules> {
  const client = await connect(invocation)
  return {
    async list() {
      const { rules } = await client.get('/v1/rules') as { rules: readonly ShownRule[] }
      return rules
    },
    async create(wanted) {
      const { rules } = await client.post('/v1/rules', wanted) as { rules: readonly ShownRule[] }
      return rules
    },
    preview: async (wanted) => await client.post('/v1/rules/preview', wanted) as Choice,
    async remove(id) {
      await client.delete(`/v1/rules/${encodeURIComponent(id)}`)
    },
    async reset() {
      const { removed } = await client.delete('/v1/rules') as { removed: number }
      return removed
    },
  }
}

async function onFiles<T>(
  invocation: Invocation,
  body: (rules: Rules) => Promise<T>,
): Promise<T> {
  const dir = await trailDirectory(invocation)
  return await withState(invocation, async (state) => {
    const policies = await openPolicies(invocation.environment, { overlay: true }, state, false)
    const reader = indexedTrail({ dir, log: state.log })
    const by = atTerminal()
    const caller: Caller = { principal: by.principal, scopes: ['admin'] }
    const api = rulesApi({ ...state, policies, reader })
    try {
      return await body({
        list: () => api.list(),
        create: (wanted) => api.create(caller, newRuleOf(RuleRequest.parse(wanted)), 'local'),
        preview: (wanted) => api.preview(caller, newRuleOf(RuleRequest.parse(wanted))),
        remove: (id) => api.remove(caller, id, 'local'),
        reset: () => api.reset(caller, 'local'),
      })
    } finally {
      reader.close()
      await policies.close()
    }
  })
}

/** What the flags of `allow` and `block` ask for. */
export async function wantedOf(
  invocation: Invocation,
  action: 'allow' | 'block',
): Promise<RuleRequest> {
  const { operands, flags } = invocation
  if (flags.has('global') && flags.has('project')) {
    throw new RampartError('usage', 'Either --global or --project')
  }
  const cwd = process.cwd()
  const project = flags.has('project') ? await projectOf(cwd) : undefined
  return checked({
    action,
    tool: textFlag(invocation, 'tool') ?? 'exec',
    pattern: operands[0],
    generalisation: textFlag(invocation, 'generalisation'),
    for: textFlag(invocation, 'for'),
    reason: textFlag(invocation, 'reason'),
    cwd,
    ...(project === undefined ? {} : { project }),
    ...(flags.has('once') ? { once: true } : {}),
  })
}

async function projectOf(cwd: string): Promise<string> {
  const root = await createFactReader({ monotonic: () => performance.now() }).projectRoot(cwd)
  if (root !== undefined) return root
  throw new RampartError('usage', `--project: ${cwd} is in no git work tree`)
}

/** A request that both a server and this process would take. */
export function checked(wanted: object): RuleRequest {
  const given = Object.fromEntries(
    Object.entries(wanted).filter(([, value]) => value !== undefined),
  )
  const parsed = RuleRequest.safeParse(given)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new RampartError('usage', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong'}`)
}

/** `allow`, `block` and `except`: show it with `--dry-run`, else make it. */
export async function makeRule(invocation: Invocation, wanted: RuleRequest): Promise<number> {
  const { flags, out } = invocation
  return await withRules(invocation, async (rules) => {
    if (flags.has('dry-run')) {
      const choice = await rules.preview(wanted)
      if (out.json) out.data(choice)
      else showChoice(choice, invocation)
      return choice.available ? 0 : 1
    }
    const made = await rules.create(wanted)
    if (out.json) out.data({ rules: made })
    else for (const rule of made) showMade(rule, invocation)
    return 0
  })
}

function showMade(rule: ShownRule, { out }: Invocation): void {
  out.line(safe`${out.paint('bold', rule.id)}  ${rule.action}  ${about(rule.text)}`)
  if (rule.answers !== null && rule.action === 'allow') out.line(safe`  answers  ${rule.answers}`)
  if (rule.expires_at !== null) out.line(safe`  until    ${rule.expires_at}`)
  out.line(safe`  undo     rampart rules remove ${rule.id}`)
}

function showChoice({ text, refused, matched, admits }: Choice, { out }: Invocation): void {
  if (text !== '') out.line(safe`${about(text)}`)
  out.line(safe`  matched  ${matched.count} of the last ${matched.of} audited calls`)
  for (const { text: example, action } of matched.examples) {
    out.line(safe`           ${action}  ${about(example)}`)
  }
  for (const { id, command } of admits) out.line(safe`  lets in  ${id}  ${about(command)}`)
  if (refused !== null) out.line(safe`  ${out.paint('red', 'refused')}  ${refused}`)
}

/** Text that an agent chose, in one line. */
export function about(text: string): Shown {
  return new Shown(abridge(text, 500))
}

export function showRule(rule: ShownRule, { out }: Invocation): void {
  const { id, action, scope, text, answers, agent, session, run_id, calls_left } = rule
  const state = rule.in_force ? '' : ' (not in force)'
  out.line(safe`${out.paint('bold', id)}  ${action} ${scope}${state}  ${about(text)}`)
  const rows: readonly (readonly [string, string | number | null])[] = [
    ['answers', action === 'allow' ? answers : null],
    ['agent', agent],
    ['session', session],
    ['run', run_id],
    ['calls', calls_left],
    ['until', rule.expires_at],
    ['made', rule.created_by === null ? null : `${rule.created_at ?? ''} by ${rule.created_by}`],
  ]
  for (const [name, value] of rows) {
    if (value !== null) out.line(safe`  ${name.padEnd(8)} ${value}`)
  }
}
