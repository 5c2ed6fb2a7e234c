import type { AuditEvent } from '../event.ts'

/** Which events an export holds; what is absent asks for nothing. */
export interface Selection {
  /** RFC 3339, UTC, milliseconds: as the trail writes them, so that texts compare as times do. */
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly tool?: string | undefined
  readonly decision?: string | undefined
  readonly agent?: string | undefined
  readonly session?: string | undefined
  readonly run?: string | undefined
  readonly policy?: string | undefined
  readonly kind?: string | undefined
}

const FIELDS: readonly (readonly [
  key: Exclude<keyof Selection, 'since' | 'until'>,
  of: (event: AuditEvent) => string | undefined,
])[] = [
  ['tool', ({ tool }) => tool],
  ['decision', ({ decision }) => decision.action],
  ['agent', ({ agent }) => agent],
  ['session', ({ session }) => session],
  ['run', ({ run_id }) => run_id],
  ['policy', ({ decision }) => decision.policy],
  ['kind', ({ kind }) => kind],
]

/** Whether an event is asked for: from `since` on, before `until`. */
export function isSelected(event: AuditEvent, selection: Selection): boolean {
  const { since, until } = selection
  if (since !== undefined && event.time < since) return false
  if (until !== undefined && event.time >= until) return false
  return FIELDS.every(([key, of]) => selection[key] === undefined || selection[key] === of(event))
}

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
const AGO = /^([1-9]\d{0,5})([smhdw])$/
const DATE = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/

/**
 * A point in time as people write one: `2026-11-24`, `2026-11-24T12:00:00Z`, or how long ago (`24h`, `7d`).
 * Undefined for anything else.
 */
export function momentOf(text: string, nowMs: number): string | undefined {
  const ago = AGO.exec(text)
  const ms = ago !== null
    ? nowMs - Number(ago[1]) * UNITS[ago[2] as keyof typeof UNITS]
    : DATE.test(text)
    ? Date.parse(text)
    : NaN
  return Number.isNaN(ms) || Math.abs(ms) > 8.64e15 ? undefined : new Date(ms).toISOString()
}
