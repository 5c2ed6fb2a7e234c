import { findAzure, findKey, findTelegram } from './looks.ts'
import { type Finding, Reading } from './text.ts'
import { findToken, TOKEN_STARTS } from './tokens.ts'

type Finder = (reading: Reading, at: number, pair: number) => number

const FINDERS: readonly Finder[] = [findToken, findKey, findAzure, findTelegram]
/** One more than the index of the finder that a pair of letters announces. */
const PAIRS = new Uint8Array(1 << 14)
for (const pair of TOKEN_STARTS.keys()) PAIRS[pair] = 1
for (const [index, letters] of ['-B', 'Q~', ':A'].entries()) {
  PAIRS[(letters.charCodeAt(0) << 7) | letters.charCodeAt(1)] = index + 2
}

/**
 * Secrets that are known by their looks, whatever stands around them: tokens of services and private keys.
 * What only its name tells is none here, and no placeholder is. One pass, in time linear in the text.
 */
export function tokensIn(text: string): readonly Finding[] {
  let reading: Reading | undefined
  let before = 1
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code > 127) {
      before = 1
      continue
    }
    const pair = (before << 7) | code
    before = code
    const finder = PAIRS[pair]!
    if (finder === 0) continue
    reading ??= new Reading(text)
    const next = FINDERS[finder - 1]!(reading, at, pair)
    if (next > at) {
      at = next
      before = text.charCodeAt(at) & 127
    }
  }
  const found = reading?.findings.filter(({ start, end }) => !isPlaceholder(text, start, end))
  return found === undefined || found.length === 0 ? [] : found
}

/** Longest token that may be a placeholder. */
const LONGEST = 200

/** What documentation puts there: `AKIAIOSFODNN7EXAMPLE`, `ghp_xxxxxxxx…`, `sk-1234567890…`. */
function isPlaceholder(text: string, start: number, end: number): boolean {
  if (end - start > LONGEST) return false
  return /example|placeholder|redacted|(.)\1{7}|123456789|abcdefghi/i.test(text.slice(start, end))
}
