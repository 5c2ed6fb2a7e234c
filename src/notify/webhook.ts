import type { Device } from '../audit/format/said.ts'
import type { Notice } from './notice.ts'

export const NOTIFICATION_SCHEMA = 'rampart.notification.v1'

/** What a program is told: the event as the trail has it, and the question that waits. */
export function webhookMessage(notice: Notice, device: Device): object {
  const { id, type, level, title, time, link, alert, approval, counts } = notice
  const { host, version } = device
  return {
    schema: NOTIFICATION_SCHEMA,
    id,
    type,
    level,
    title,
    time,
    host,
    version,
    ...(link === undefined ? {} : { link }),
    ...(approval === undefined ? {} : {
      approval: {
        id: approval.id,
        expires_at: new Date(approval.expiresAt).toISOString(),
        code: approval.code,
      },
    }),
    ...(alert === undefined ? {} : { event: alert.event }),
    ...(counts === undefined ? {} : { counts }),
  }
}
