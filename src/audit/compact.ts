import type { Json } from '../engine/types.ts'
import { canonicalJson } from './canonical.ts'
import type { HashText } from './chain.ts'

/** Most bytes of a request that the trail keeps (security.md F28). */
export const KEPT_BYTES = 4096

interface Budget {
  readonly text: number
  readonly members: number
  readonly depth: number
}

/** Tried in order until the rest is small enough. */
const BUDGETS: readonly Budget[] = [
  { text: 2048, members: 64, depth: 8 },
  { text: 1024, members: 32, depth: 8 },
  { text: 256, members: 16, depth: 6 },
  { text: 96, members: 8, depth: 4 },
  { text: 32, members: 4, depth: 3 },
]

/**
 * A value of at most 4 KiB: one that is larger keeps its shape, with long texts cut in the middle and
 * long lists at the end, beside the size and digest of the whole.
 */
export function compact(value: Json, hash: HashText): Json {
  if (roomLeft(value, KEPT_BYTES) >= 0) return value
  const whole = canonicalJson(value)
  if (whole.length <= KEPT_BYTES && bytesOf(whole) <= KEPT_BYTES) return value
  const note: Json = { bytes: bytesOf(whole), digest: hash(whole) }
  for (const budget of BUDGETS) {
    const kept: Json = { compacted: note, kept: shorten(value, budget, budget.depth) }
    if (bytesOf(canonicalJson(kept)) <= KEPT_BYTES) return kept
  }
  return { compacted: note }
}

/** An escape takes six bytes for one character, and so do the marks around a member, or less. */
const LONGEST_ESCAPE = 6
/** The longest number, and more than a literal and its marks. */
const LONGEST_NUMBER = 32

/** What the longest text that the value may have leaves of so many bytes: most are far from the limit. */
function roomLeft(value: Json, room: number): number {
  if (typeof value === 'string') return room - LONGEST_ESCAPE * (value.length + 1)
  if (typeof value !== 'object' || value === null) return room - LONGEST_NUMBER
  let left = room - LONGEST_ESCAPE
  if (isArray(value)) {
    for (let i = 0; i < value.length && left >= 0; i++) left = roomLeft(value[i]!, left)
    return left
  }
  for (const key in value) {
    if (left < 0) return left
    left = roomLeft(value[key]!, left - LONGEST_ESCAPE * (key.length + 1))
  }
  return left
}

const encoder = new TextEncoder()

function bytesOf(text: string): number {
  return encoder.encode(text).length
}

function shorten(value: Json, budget: Budget, depth: number): Json {
  if (typeof value === 'string') return shortenText(value, budget.text)
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) return '[…]'
  if (isArray(value)) {
    const kept = value.slice(0, budget.members).map((item) => shorten(item, budget, depth - 1))
    const left = value.length - kept.length
    return left === 0 ? kept : [...kept, `[… ${left} more]`]
  }
  return shortenObject(value, budget, depth)
}

function shortenObject(
  value: { readonly [key: string]: Json },
  budget: Budget,
  depth: number,
): Json {
  const entries = Object.entries(value)
  const kept = new Map<string, Json>()
  for (const [key, item] of entries.slice(0, budget.members)) {
    let name = shortenText(key, budget.text)
    while (kept.has(name)) name += '~'
    kept.set(name, shorten(item, budget, depth - 1))
  }
  const left = entries.length - kept.size
  if (left > 0) kept.set('…', `${left} more`)
  return Object.fromEntries(kept)
}

/**
 * Head and tail, together no longer than `most`: what an adversary pads with stands in the middle or at
 * one end.
 */
export function shortenText(text: string, most: number): string {
  if (text.length <= most) return text
  const room = most - NOTE
  const head = Math.ceil(room * 0.7)
  const tail = room - head
  return `${text.slice(0, head)}[… ${text.length - room} …]${text.slice(text.length - tail)}`
}

/** Room for the note of what was left out. */
const NOTE = 20

function isArray(json: Json): json is readonly Json[] {
  return Array.isArray(json)
}
