import type { TrailSessions } from '../audit/sessions.ts'
import type { TrailStats } from '../audit/stats.ts'
import { RampartError } from '../errors.ts'
import type { AuditFilter, EventPage, TimeSpan, TrailProofs } from '../ports.ts'
import type { Services } from './services.ts'

/** Most events of one page. */
const PAGE = 1000

/** Events of the trail, newest first unless asked otherwise. */
export async function events(
  { reader }: Pick<Services, 'reader'>,
  filter: AuditFilter,
): Promise<EventPage> {
  const limit = Number.isFinite(filter.limit) ? Math.trunc(filter.limit) : PAGE
  return await reader.page({ ...filter, limit: Math.max(1, Math.min(limit, PAGE)) })
}

export async function stats(
  { reader }: Pick<Services, 'reader'>,
  span: TimeSpan,
): Promise<TrailStats> {
  return await reader.stats(span)
}

export async function agentSessions(
  { reader }: Pick<Services, 'reader'>,
  span: TimeSpan,
): Promise<TrailSessions> {
  return await reader.sessions(span)
}

export function proofsOf({ proofs }: Pick<Services, 'proofs'>): TrailProofs {
  if (proofs !== undefined) return proofs
  throw new RampartError('unavailable', 'This trail has no anchors: nothing proves it')
}
