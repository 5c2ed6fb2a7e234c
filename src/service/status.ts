import type { Health, Status } from './api.ts'
import { denialsOf } from './denials.ts'
import { deskOf } from './desk.ts'
import { offUntil, standNow } from './mode.ts'
import type { Services } from './services.ts'

/** What anybody may know. Degraded: the newest policies are not in force, records are missing, or the store is. */
export function health(services: Services): Health {
  const { settings, clock } = services
  const policy = policyHealth(services)
  const degraded = policy.faults.length > 0 || deskOf(services).missedCount > 0 ||
    services.store?.state().state === 'failing'
  return {
    status: degraded ? 'degraded' : 'ok',
    service: 'rampart',
    version: settings.version,
    mode: standNow(services).mode,
    uptime_seconds: Math.max(0, Math.floor((clock.now() - settings.startedAt) / 1000)),
    policy,
  }
}

export async function status(services: Services): Promise<Status> {
  const { settings, approvals, audit } = services
  const until = offUntil(services)
  return {
    ...health(services),
    level: settings.level ?? 'L0',
    failure: settings.failure,
    off_until: until === undefined ? null : new Date(until).toISOString(),
    pending_approvals: await approvals.pendingCount(),
    flagged_sessions: denialsOf(services).flagged().map((flagged) => ({
      ...flagged,
      since: new Date(flagged.since).toISOString(),
    })),
    passed_unasked: deskOf(services).passed,
    audit: audit.head(),
    sinks: services.sinks?.states() ?? [],
    notify: services.notifier?.states() ?? [],
  }
}

export function policyHealth({ policies }: Services): Health['policy'] {
  const { set, faults, loadedAt, files } = policies.current()
  return {
    hash: set.hash,
    loaded_at: new Date(loadedAt).toISOString(),
    files,
    policies: set.policies.length,
    faults,
  }
}
