import { isSecretName } from './secret-names.ts'
import { type Finding, isDigit, isLetter, isLiteral } from '../engine/secret/text.ts'
import { holdsCode } from './secret-usage.ts'
import { isPlainValue } from './secret-value.ts'

/** Secrets whose very text is known, as those in variables of the server are. */
export interface KnownSecrets {
  find(text: string): readonly Finding[] | undefined
}

const LEAST = 8
/** Up to here, a value of small letters alone may be any word. */
const WORD = 12
const MOST = 4096
const MOST_VALUES = 256

const BITS = 12
const MASK = (1 << BITS) - 1

/**
 * The values of variables whose names say that they are secret, also in base64 and as URLs spell them.
 * Left out is what a command could be made of: values shorter than 8 characters, words, paths, and all
 * that a shell acts on. Undefined where nothing is left.
 */
export function knownSecrets(
  variables: Readonly<Record<string, string | undefined>>,
): KnownSecrets | undefined {
  const spellings = new Set<string>()
  for (const [name, value] of Object.entries(variables).slice(0, 10_000)) {
    if (value === undefined || !isSecretName(name) || !isKnowable(value)) continue
    if (spellings.size >= MOST_VALUES) break
    for (const spelling of spellingsOf(value)) {
      if (!holdsCode(spelling)) spellings.add(spelling)
    }
  }
  return spellings.size === 0 ? undefined : new Index([...spellings])
}

function isKnowable(value: string): boolean {
  if (value.length < LEAST || value.length > MOST || !isLiteral(value)) return false
  if (/^[a-z]+$/.test(value) && value.length < WORD) return false
  return !value.includes('redacted') && !value.includes('://') && !isPlainValue(value, '')
}

function spellingsOf(value: string): string[] {
  const bytes = new TextEncoder().encode(value)
  const padded = btoa(String.fromCharCode(...bytes))
  const base64 = padded.replace(/=+$/, '')
  const url = encodeURIComponent(value.toWellFormed())
  const inUrl = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_')
  return [value, url, padded, base64, inUrl(base64)]
}

/**
 * All spellings at once (Wu and Manber): a pair of characters tells how far to go on, which over most
 * text is nearly as far as the shortest spelling is long.
 */
class Index implements KnownSecrets {
  readonly #shift = new Uint8Array(1 << BITS).fill(LEAST - 1)
  readonly #byEnd = new Map<number, string[]>()

  constructor(spellings: readonly string[]) {
    for (const spelling of spellings) {
      for (let at = 1; at < LEAST; at++) {
        const hash = hashOf(spelling.charCodeAt(at - 1), spelling.charCodeAt(at))
        this.#shift[hash] = Math.min(this.#shift[hash]!, LEAST - 1 - at)
        if (at < LEAST - 1) continue
        const group = [...(this.#byEnd.get(hash) ?? []), spelling]
        this.#byEnd.set(hash, group.sort((a, b) => b.length - a.length))
      }
    }
  }

  find(text: string): readonly Finding[] | undefined {
    let findings: Finding[] | undefined
    let at = LEAST - 1
    while (at < text.length) {
      const hash = hashOf(text.charCodeAt(at - 1), text.charCodeAt(at))
      const shift = this.#shift[hash]!
      if (shift > 0) {
        at += shift
        continue
      }
      const start = at - LEAST + 1
      const found = this.#byEnd.get(hash)?.find((spelling) => stands(text, spelling, start))
      if (found === undefined) at += 1
      else {
        const end = start + found.length
        findings ??= []
        findings.push({ rule: 'environment', place: 'known', start, end })
        at = end + LEAST - 1
      }
    }
    return findings
  }
}

function hashOf(a: number, b: number): number {
  return ((a << 5) ^ b) & MASK
}

/** Whether it stands there, and neither begins nor ends within a word. */
function stands(text: string, spelling: string, start: number): boolean {
  if (
    isWordCode(text.charCodeAt(start - 1)) || isWordCode(text.charCodeAt(start + spelling.length))
  ) {
    return false
  }
  return text.startsWith(spelling, start)
}

function isWordCode(code: number): boolean {
  return isLetter(code) || isDigit(code)
}
