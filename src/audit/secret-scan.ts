import { NAME_TAILS } from './secret-names.ts'
import { findNamed } from './secret-named.ts'
import { findOption } from './secret-options.ts'
import { findAzure, findKey, findTelegram } from '../engine/secret/looks.ts'
import { findScheme, findUrl } from './secret-places.ts'
import { type Finding, Reading } from '../engine/secret/text.ts'
import { findToken, TOKEN_STARTS } from '../engine/secret/tokens.ts'

/** Looks at what a pair of characters announces; answers the last character that need not be looked at. */
type Finder = (reading: Reading, at: number, pair: number) => number

const BLANKS = ' \t'
/** What a sign may stand behind; `NAME_TAILS` knows better. */
const NAMES = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.'
const QUOTES = '"\''

/** The pairs that announce something: any of the first, then any of the second. */
const ROWS: readonly (readonly [first: string, second: string, finder: Finder])[] = [
  [`${NAMES}${BLANKS}${QUOTES}]`, '=', findNamed],
  [`${NAMES}${BLANKS}${QUOTES}`, ':', findNamed],
  // The first character of a text has NUL in front.
  [`\0\n\r,[${BLANKS}${QUOTES}`, '-', findOption],
  [':', '/', findUrl],
  ['-', 'B', findKey],
  ['Bb', 'ea', findScheme],
  ['Q', '~', findAzure],
  [':', 'A', findTelegram],
]

/** A sign behind a name says nothing without the letter before. */
const NAMED = 1

const FINDERS: readonly Finder[] = [
  findNamed,
  findToken,
  ...ROWS.map(([, , finder]) => finder),
]
/** One more than the index of the finder of a pair, 0 where there is none. */
const PAIRS = pairsOf(ROWS)

function pairsOf(rows: typeof ROWS): Uint8Array {
  const pairs = new Uint8Array(1 << 14)
  for (const pair of TOKEN_STARTS.keys()) pairs[pair] = 2
  rows.forEach(([first, second, finder], index) => {
    for (const a of new Set(first)) {
      for (const b of second) {
        const pair = (a.charCodeAt(0) << 7) | b.charCodeAt(0)
        if (pairs[pair] !== 0) throw new Error(`Two finders look at ${a}${b}`)
        pairs[pair] = finder === findNamed ? NAMED : index + 3
      }
    }
  })
  return pairs
}

/**
 * What looks like a secret in a text, in order of where it begins and longer ones first; undefined where
 * nothing does. Whether it may be hidden is another question. One pass, in time linear in the text.
 */
export function findSecrets(text: string): readonly Finding[] | undefined {
  let reading: Reading | undefined
  let two = 0
  let before = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code > 127) {
      before = 1
      continue
    }
    const pair = (before << 7) | code
    const finder = PAIRS[pair]!
    const isIdle = finder === 0 || (finder === NAMED && NAME_TAILS[(two << 7) | before] === 0)
    two = before
    before = code
    if (isIdle) continue
    reading ??= new Reading(text)
    const next = FINDERS[finder - 1]!(reading, at, pair)
    if (next > at) {
      at = next
      two = 1
      before = text.charCodeAt(at) & 127
    }
  }
  if (reading === undefined || reading.findings.length === 0) return undefined
  return inOrder(reading.findings)
}

export function inOrder(findings: Finding[]): Finding[] {
  for (let i = 1; i < findings.length; i++) {
    if (order(findings[i - 1]!, findings[i]!) > 0) return findings.sort(order)
  }
  return findings
}

function order(a: Finding, b: Finding): number {
  return a.start - b.start || b.end - a.end
}
