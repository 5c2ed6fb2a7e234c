/** What the caller says of waiting (RFC 7240). */
export interface Preference {
  /** Undefined: nothing was said. */
  readonly waitMs: number | undefined
  /** The value of `Preference-Applied` where no wait is longer than `mostMs`; undefined when nothing was asked. */
  applied(mostMs: number): string | undefined
}

const WAIT = /^wait\s*=\s*"?(\d{1,9})"?$/i
const ASYNC = /^respond-async$/i

/**
 * `respond-async` is `wait=0`; `wait=N` seconds is capped at the approval's timeout (semantics.md 20). The
 * first of each counts; what cannot be read is no preference.
 */
export function readPreference(header: string | null): Preference {
  const asked = (header ?? '').split(',').map((part) => part.split(';')[0]!.trim())
  const async = asked.some((part) => ASYNC.test(part))
  const seconds = asked.map((part) => WAIT.exec(part)?.[1]).find((digits) => digits !== undefined)
  const waitMs = seconds === undefined ? (async ? 0 : undefined) : Number(seconds) * 1000
  return {
    waitMs,
    applied(mostMs) {
      const said = [
        ...(async ? ['respond-async'] : []),
        ...(seconds === undefined ? [] : [`wait=${Math.floor(Math.min(waitMs!, mostMs) / 1000)}`]),
      ]
      return said.length === 0 ? undefined : said.join(', ')
    },
  }
}
