import type { Health, Readiness, Status } from './api.ts'
import { denialsOf } from './denials.ts'
import { deskOf } from './desk.ts'
import { offUntil, standNow } from './mode.ts'
import type { Services } from './services.ts'

/** What anybody may know. Degraded: the newest policies or bundle are not in force, records are missing, or the store is. */
export function health(services: Services): Health {
  const { settings, clock } = services
  const policy = policyHealth(services)
  const bundle = bundleHealth(services)
  const degraded = policy.faults.length > 0 || deskOf(services).missedCount > 0 ||
    (bundle !== null && (bundle.refused || bundle.version === null)) ||
    services.store?.state().state === 'failing'
  return {
    status: degraded ? 'degraded' : 'ok',
    service: 'rampart',
    version: settings.version,
    mode: standNow(services).mode,
    uptime_seconds: Math.max(0, Math.floor((clock.now() - settings.startedAt) / 1000)),
    policy,
    bundle,
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

/**
 * Whether calls may be sent here: not while it shuts down. A trail that cannot be written is no reason: who gets no
 * calls would never find out that it can be again.
 */
export function readiness(services: Services): Readiness {
  const { draining } = deskOf(services)
  return { ready: !draining, reasons: draining ? ['draining'] : [] }
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

function bundleHealth({ bundles }: Services): Health['bundle'] {
  if (bundles === undefined) return null
  const { current, checkedAt, lastError, refused, givenUp, waiting } = bundles.state()
  return {
    name: current?.name ?? null,
    version: current?.version ?? null,
    digest: current?.digest ?? null,
    created: current?.created ?? null,
    activated_at: timeOf(current?.activatedAt),
    checked_at: timeOf(checkedAt),
    last_error: lastError ?? null,
    refused,
    given_up: givenUp ?? null,
    waiting: waiting ?? null,
  }
}

function timeOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString()
}
