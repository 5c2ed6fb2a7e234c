import type { AuditEvent } from '../event.ts'

/** How grave an event is, in the scale of each format. */
export interface Severity {
  /** CEF, 0–10. */
  readonly cef: number
  /** RFC 5424, table 2: 2 critical, 4 warning, 5 notice, 6 informational. */
  readonly syslog: number
  /** OCSF `severity_id`: 1 informational, 2 low, 3 medium, 4 high, 5 critical. */
  readonly ocsf: number
  readonly ocsfName: string
  /** OpenTelemetry `severityNumber`: 9 INFO, 10 INFO2, 13 WARN, 17 ERROR. */
  readonly otel: number
  readonly otelName: string
}

const LEVELS = {
  info: { cef: 1, syslog: 6, ocsf: 1, ocsfName: 'Informational', otel: 9, otelName: 'INFO' },
  low: { cef: 3, syslog: 5, ocsf: 2, ocsfName: 'Low', otel: 10, otelName: 'INFO2' },
  medium: { cef: 5, syslog: 5, ocsf: 3, ocsfName: 'Medium', otel: 11, otelName: 'INFO3' },
  high: { cef: 8, syslog: 4, ocsf: 4, ocsfName: 'High', otel: 13, otelName: 'WARN' },
  critical: { cef: 10, syslog: 2, ocsf: 5, ocsfName: 'Critical', otel: 17, otelName: 'ERROR' },
} as const satisfies Readonly<Record<string, Severity>>
export type Level = keyof typeof LEVELS

/** Kinds that are graver than what was answered. */
const BY_KIND: Readonly<Record<string, Level>> = {
  alert: 'critical',
  fail_open: 'high',
  auth_failure: 'medium',
  recovery: 'medium',
  mode: 'medium',
}

const BY_ACTION: Readonly<Record<string, Level>> = {
  deny: 'high',
  denied: 'high',
  expired: 'medium',
  require_approval: 'medium',
  webhook: 'low',
  log: 'low',
}

export function levelOf({ kind, decision }: AuditEvent): Level {
  const byKind = Object.hasOwn(BY_KIND, kind) ? BY_KIND[kind] : undefined
  if (byKind !== undefined) return byKind
  return Object.hasOwn(BY_ACTION, decision.action) ? BY_ACTION[decision.action]! : 'info'
}

export function severityOf(event: AuditEvent): Severity {
  return LEVELS[levelOf(event)]
}
