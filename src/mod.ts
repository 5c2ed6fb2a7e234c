/**
 * Rampart as a library: the pure engine, the HTTP application, and every port on memory. The server and
 * the command line are made of the same parts.
 */
import { systemClock } from './adapters/clock.ts'
import { sha256 } from './adapters/hash.ts'
import { ulids } from './adapters/ids.ts'
import * as memory from './adapters/memory.ts'
import { POLICIES } from './embedded/policies.ts'
import { formatFault } from './engine/fault.ts'
import { loadPolicies, type PolicyText } from './engine/load.ts'
import type { PolicySet } from './engine/policy-set.ts'
import { RampartError } from './errors.ts'
import { type Guard, type GuardOptions, guardOver } from './service/guard.ts'
import type { Services } from './service/services.ts'

export { RampartError } from './errors.ts'
export type { ProblemCode } from './errors.ts'

export { evaluate } from './engine/evaluate.ts'
export { evaluateResponse } from './engine/output.ts'
export { loadPolicies } from './engine/load.ts'
export type { LoadOptions, PolicyText } from './engine/load.ts'
export { formatFault } from './engine/fault.ts'
export type { PolicySet } from './engine/policy-set.ts'
export type { Action, Call, Decision, Facts, Fault, Identity, Json } from './engine/types.ts'

export { normaliseCall } from './intercept/normalise.ts'

export { createApi } from './service/create-api.ts'
export { decide } from './service/decide.ts'
export { explain } from './service/explain.ts'
export { type Guard, type GuardedCall, guardOver, RampartDenied } from './service/guard.ts'
export type { GuardOptions, Question } from './service/guard.ts'
export type { Api, Caller } from './service/api.ts'
export type { Answer, DecideRequest, Outcome, Services, Settings } from './service/services.ts'

export { createApp } from './http/app.ts'
export { guardRequests } from './http/guard.ts'

export type * from './ports.ts'
export type { Following, TrailFeed, TrailNews } from './audit/feed.ts'
export * from './adapters/memory.ts'
export { PACKS, POLICIES } from './embedded/policies.ts'

/**
 * Policies out of their texts; each may extend a built-in profile.
 *
 * @throws RampartError `policy_invalid` with every fault of every text
 */
export function readPolicies(...texts: readonly string[]): PolicySet {
  const sources = texts.map((text, i): PolicyText => ({
    file: `policy-${i + 1}.yaml`,
    layer: 'user',
    text,
  }))
  const { set, faults } = loadPolicies(sources, {
    builtins: POLICIES,
    hash: (all) => sha256(JSON.stringify(all)),
  })
  if (set !== undefined) return set
  throw new RampartError('policy_invalid', faults.map(formatFault).join('\n'))
}

/** Services for one process: everything on memory, by this machine's clock. `change` puts others in their place. */
export function memoryServices(policies: PolicySet, change: Partial<Services> = {}): Services {
  const clock = change.clock ?? systemClock()
  const audit = memory.memoryAuditLog(10_000)
  return {
    settings: {
      version: 'embedded',
      mode: 'enforce',
      failure: 'closed',
      approvalTimeoutMs: 300_000,
      previewsPerMinute: 6000,
      previewBurst: 1000,
      startedAt: clock.now(),
      hosts: [],
    },
    policies: memory.memoryPolicies(policies, clock.now()),
    audit,
    reader: memory.memoryReader(audit.events),
    approvals: memory.memoryApprovals(),
    tokens: memory.memoryTokens(),
    counter: memory.memoryCounter(),
    once: memory.memoryOnce(),
    grants: memory.memoryGrants(),
    facts: memory.memoryFacts(),
    switches: memory.memorySwitches(),
    webhooks: memory.memoryWebhooks(),
    clock,
    ids: ulids(clock),
    log: { error() {}, warn() {}, info() {} },
    ...change,
  }
}

/** A guard before the tools of this program: policies as a set or as the text of one. */
export function createGuard(
  { policies, services, ...options }: GuardOptions & {
    readonly policies: PolicySet | string
    /** What is not to be on memory, such as a trail of one's own. */
    readonly services?: Partial<Services> | undefined
  },
): Guard {
  const set = typeof policies === 'string' ? readPolicies(policies) : policies
  return guardOver(memoryServices(set, services), options)
}
