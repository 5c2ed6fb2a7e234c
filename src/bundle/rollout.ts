import { canonicalJson } from '../audit/canonical.ts'
import type { Halt, Manifest } from './manifest.ts'
import type { Crypto } from './signature.ts'

/** A node as a roll-out sees it. */
export interface Node {
  readonly id: string
  readonly labels: Readonly<Record<string, string>>
}

const encoder = new TextEncoder()
/** Of these a node has one; a percent is a hundred of them. */
const SEATS = 10_000

/**
 * Whether a node takes a bundle: its labels fit, and its seat is among the first `percent` of a hundred. The
 * seat comes of the node and the files of the bundle, not its version: a next stage of the same files takes
 * in more nodes and lets none go, and other files begin with other nodes.
 */
export function isIncluded(
  node: Node,
  { rollout, name, files }: Pick<Manifest, 'rollout' | 'name' | 'files'>,
  { hash }: Pick<Crypto, 'hash'>,
): boolean {
  if (rollout === undefined) return true
  for (const [label, values] of Object.entries(rollout.labels ?? {})) {
    const own = Object.hasOwn(node.labels, label) ? node.labels[label] : undefined
    if (own === undefined || !values.includes(own)) return false
  }
  const seat = parseInt(
    hash(encoder.encode(canonicalJson([node.id, name, files]))).slice(0, 12),
    16,
  )
  return seat % SEATS < rollout.percent * (SEATS / 100)
}

/** Calls that were decided while a bundle was in force. */
export interface Tally {
  readonly calls: number
  readonly denials: number
  readonly asks: number
}

export const NO_CALLS: Tally = { calls: 0, denials: 0, asks: 0 }

/** What holds of a roll-out that says nothing of it; a bundle for all at once is never given up by itself. */
export const HALT: Halt = { calls: 200, denials_rise: 10, asks_rise: 10 }

export function haltOf(rollout: Manifest['rollout']): Halt | undefined {
  return rollout === undefined ? undefined : rollout.halt ?? HALT
}

/**
 * Why a bundle must be given up, undefined while it need not be: of a hundred calls more are denied, or asked
 * about, than under the one before, by more than it allows. Too few calls on either side say nothing.
 */
export function haltReason(before: Tally, now: Tally, halt: Halt | undefined): string | undefined {
  if (halt === undefined || before.calls < halt.calls || now.calls < halt.calls) return undefined
  const rises = [
    ['denials', before.denials, now.denials, halt.denials_rise],
    ['asks', before.asks, now.asks, halt.asks_rise],
  ] as const
  for (const [what, was, is, most] of rises) {
    // Without division: a bound that is just reached is no reason.
    const rise = 100 * (is * before.calls - was * now.calls)
    if (rise <= most * before.calls * now.calls) continue
    const share = (count: number, calls: number) => (100 * count / calls).toFixed(1)
    return `${what} rose from ${share(was, before.calls)} to ${
      share(is, now.calls)
    } of 100 calls, ` +
      `by more than ${most}`
  }
  return undefined
}
