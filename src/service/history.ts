import type { AuditEvent } from '../audit/event.ts'
import { RampartError } from '../errors.ts'
import type { AuditFilter, TrailProofs } from '../ports.ts'
import type { Services } from './services.ts'

/** Most events of one page. */
const PAGE = 1000

/** Events of the trail, newest first unless asked otherwise. */
export async function events(
  { audit }: Pick<Services, 'audit'>,
  filter: AuditFilter,
): Promise<readonly AuditEvent[]> {
  const limit = Number.isFinite(filter.limit) ? Math.trunc(filter.limit) : PAGE
  return await audit.query({ ...filter, limit: Math.max(1, Math.min(limit, PAGE)) })
}

export function proofsOf({ proofs }: Pick<Services, 'proofs'>): TrailProofs {
  if (proofs !== undefined) return proofs
  throw new RampartError('unavailable', 'This trail has no anchors: nothing proves it')
}
