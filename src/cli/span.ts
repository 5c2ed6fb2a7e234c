export const SPANS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A time span with its unit: `30s`, `5m`, `12h`, `30d`; in milliseconds. */
export function duration(value: unknown): number {
  const match = /^([1-9]\d{0,5})([smhd])$/.exec(String(value))
  const ms = match === null ? 0 : Number(match[1]) * SPANS[match[2] as keyof typeof SPANS]
  if (ms > 0 && ms <= 3650 * SPANS.d) return ms
  throw new TypeError('expected a time with its unit, such as 30s, 5m, 12h or 30d')
}

/** The same span in its largest whole unit. */
export function formatDuration(ms: number): string {
  const unit = (['d', 'h', 'm', 's'] as const).find((one) => ms % SPANS[one] === 0)
  return unit === undefined ? `${ms}ms` : `${ms / SPANS[unit]}${unit}`
}
