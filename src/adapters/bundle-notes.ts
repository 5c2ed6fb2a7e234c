import { type Tally } from '../bundle/rollout.ts'

/** A bundle that was given up, so that it is never taken again. */
export interface GivenUp {
  readonly version: number
  readonly digest: string
  readonly reason: string
  readonly at: number
}

/** What is remembered beside the bundle itself, which says the rest. */
export interface Noted {
  readonly schema: 'rampart.bundles.v1'
  /** The highest version that was ever in force. */
  readonly highest?:
    | { readonly name: string; readonly version: number; readonly digest: string }
    | undefined
  /** Milliseconds since the epoch. */
  readonly activated_at?: number | undefined
  readonly given_up: readonly GivenUp[]
  /** Calls under the bundle before, and under this one. */
  readonly before?: Tally | undefined
  readonly tally?: Tally | undefined
}

export const BEGINNING: Noted = { schema: 'rampart.bundles.v1', given_up: [] }

/** Notes that cannot be read are none: the bundle in force still says its own version. */
export function parseNotes(text: string): Noted {
  try {
    const value = JSON.parse(text) as Partial<Noted>
    if (value?.schema !== BEGINNING.schema) return BEGINNING
    const { highest, activated_at: at, given_up: list, before, tally } = value
    return {
      ...BEGINNING,
      ...(isNamed(highest) && typeof highest.name === 'string' ? { highest } : {}),
      ...(Number.isFinite(at) ? { activated_at: at } : {}),
      given_up: Array.isArray(list) ? list.filter(isGivenUp) : [],
      ...(isTally(before) ? { before } : {}),
      ...(isTally(tally) ? { tally } : {}),
    }
  } catch {
    return BEGINNING
  }
}

function isNamed(value: unknown): value is { version: number; digest: string } {
  const { version, digest } = (value ?? {}) as { version?: unknown; digest?: unknown }
  return Number.isSafeInteger(version) && typeof digest === 'string'
}

function isGivenUp(value: unknown): value is GivenUp {
  const { reason, at } = (value ?? {}) as Partial<GivenUp>
  return isNamed(value) && typeof reason === 'string' && Number.isFinite(at)
}

function isTally(value: unknown): value is Tally {
  const counts = (value ?? {}) as Partial<Record<keyof Tally, unknown>>
  return [counts.calls, counts.denials, counts.asks].every((one) =>
    Number.isSafeInteger(one) && Number(one) >= 0
  )
}
