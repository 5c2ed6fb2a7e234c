const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** The milliseconds of a duration with its unit: `500ms`, `5s`, `10m`, `2h`, `7d`. */
export function milliseconds(text: string): number {
  const unit = /[a-z]+$/.exec(text)![0] as keyof typeof UNITS
  return Number(text.slice(0, -unit.length)) * UNITS[unit]
}
