import { formatFault } from '../engine/fault.ts'
import { RampartError } from '../errors.ts'
import type { Via } from '../audit/event.ts'
import type { Api, Caller } from './api.ts'
import { approvalStats } from './approval-stats.ts'
import { createApproval } from './ask-directly.ts'
import { bulkResolve, getApproval, listApprovals, resolveApproval } from './approve.ts'
import { createAuthFailures } from './auth-failures.ts'
import { metrics } from './metrics.ts'
import { decide } from './decide.ts'
import { denialsOf } from './denials.ts'
import { deskOf, drain } from './desk.ts'
import { executionApi } from './execution-api.ts'
import { explain } from './explain.ts'
import { fleetApi } from './fleet-api.ts'
import { agentSessions, events, proofsOf, stats } from './history.ts'
import { createExports } from './export.ts'
import { hookService } from './hooked.ts'
import { createLive } from './live.ts'
import { answerLink, viewLink } from './links.ts'
import { recordPolicies } from './policy-events.ts'
import { createQuota } from './quota.ts'
import { recordLater } from './record.ts'
import { repeatsOf } from './repeats.ts'
import { rulesApi } from './rules-api.ts'
import type { Services } from './services.ts'
import { createSessions } from './sessions.ts'
import { createStepUps } from './step-up.ts'
import { health, policyHealth, readiness, status } from './status.ts'
import { authenticate, rememberedHashes } from './tokens.ts'
import { withdrawApproval } from './withdraw.ts'

export interface ApiOptions {
  /** SHA-256 of the admin token, hex. */
  readonly adminTokenHash: string
}

/** The use cases bound to their services. Changes of the policies go to the trail from here on. */
export function createApi(services: Services, { adminTokenHash }: ApiOptions): Api {
  const takePreview = createQuota(services)
  const hashOf = rememberedHashes()
  const failures = createAuthFailures(services)
  const exportTrail = createExports(services)
  const live = createLive(services)
  recordPolicies(services)
  return {
    authenticate: (token) => authenticate(services, adminTokenHash, token, hashOf),
    authFailed: (via, detail) => failures.add(via, detail),
    async decide(request) {
      if (request.intent === 'preview') takePreview(request.identity.principal)
      return await decide(request, services)
    },
    ...executionApi(services),
    fleet: fleetApi(services),
    hooks: hookService(services),
    async explain(request) {
      takePreview(request.identity.principal)
      return await explain(request, services)
    },
    listApprovals: (caller, filter) => listApprovals(services, caller, filter),
    getApproval: (caller, id, waitMs, signal) => getApproval(services, caller, id, waitMs, signal),
    createApproval: (caller, request) => createApproval(services, caller, request),
    resolveApproval: (caller, id, answer, via) =>
      resolveApproval(services, caller, id, answer, via),
    withdrawApproval: (caller, id, via) => withdrawApproval(services, caller, id, via),
    bulkResolve: (caller, ids, answer, via) => bulkResolve(services, caller, ids, answer, via),
    approvalStats: (since) => approvalStats(services, since),
    denials: () => denialsOf(services),
    rules: rulesApi(services),
    viewLink: (token) => viewLink(services, token),
    answerLink: (token, answer) => answerLink(services, token, answer),
    events: (filter) => events(services, filter),
    stats: (span) => stats(services, span),
    agentSessions: (span) => agentSessions(services, span),
    exportTrail,
    watch: (request) => live.open(request),
    proofs: () => proofsOf(services),
    health: () => health(services),
    status: () => status(services),
    metrics: () => metrics(services),
    readiness: () => readiness(services),
    policies: () => listed(services),
    findings: () => services.policies.findings(),
    reload: (caller, via) => reload(services, caller, via),
    sessions: createSessions(services),
    stepUps: createStepUps(services),
    drain() {
      drain(deskOf(services))
      live.drain()
      for (const counted of [failures, repeatsOf(services)]) {
        counted.flush().catch((error) => services.log.error('Cannot flush', error))
      }
    },
  }
}

function listed({ policies }: Services): ReturnType<Api['policies']> {
  const { set } = policies.current()
  return { hash: set.hash, policies: set.listing }
}

/** A change goes to the trail by itself; this says who asked, and what was then in force. */
async function reload(services: Services, caller: Caller, via: Via): ReturnType<Api['reload']> {
  const { faults, set } = await services.policies.reload()
  await recordLater({
    kind: 'policy',
    request: { hash: set.hash, fault_count: faults.length },
    decision: { action: 'reload', eval_us: 0 },
    principal: caller.principal,
    via,
  }, services)
  if (faults.length > 0) {
    throw new RampartError('policy_invalid', 'The policy files are invalid: the last good stay', {
      errors: faults.map((fault) => ({ pointer: '', detail: formatFault(fault) })),
    })
  }
  return policyHealth(services)
}
