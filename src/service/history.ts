import type { AuditEvent } from '../audit/event.ts'
import type { AuditFilter } from '../ports.ts'
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
