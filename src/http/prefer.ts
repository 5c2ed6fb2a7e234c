/** What the caller says of waiting (RFC 7240). */
export interface Preference {
  /** Undefined: nothing was said. */
  readonly waitMs: number | undefined
  /** The value of `Preference-Applied`; undefined when nothing was asked. */
  readonly applied: string | undefined
}

const WAIT = /^wait\s*=\s*"?(\d{1,9})"?$/i
const ASYNC = /^respond-async$/i

/**
 * `respond-async` is `wait=0`; `wait=N` seconds is capped at `mostMs` (semantics.md 20). The first of
 * each counts; what cannot be read is no preference.
 */
export function readPreference(header: string | null, mostMs: number): Preference {
  const asked = (header ?? '').split(',').map((part) => part.split(';')[0]!.trim())
  const async = asked.some((part) => ASYNC.test(part))
  const seconds = asked.map((part) => WAIT.exec(part)?.[1]).find((digits) => digits !== undefined)
  const waitMs = seconds === undefined ? (async ? 0 : undefined) : capped(seconds, mostMs)
  const said = [
    ...(async ? ['respond-async'] : []),
    ...(seconds === undefined ? [] : [`wait=${Math.floor(waitMs! / 1000)}`]),
  ]
  return { waitMs, applied: said.length === 0 ? undefined : said.join(', ') }
}

/** `?wait=` and `Prefer: wait=` alike, in milliseconds. */
export function capped(seconds: string | number, mostMs: number): number {
  return Math.min(Number(seconds) * 1000, mostMs)
}
