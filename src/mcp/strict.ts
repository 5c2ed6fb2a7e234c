import { type Fields, folded } from './message.ts'

/** Why a request may mean something else to another reader; undefined where it cannot. */
export function doubtfulPart(params: Fields, text: string): string | undefined {
  const key = doubtfulKey(params)
  if (key !== undefined) return `The key ${JSON.stringify(key)} may be read as another one`
  const number = inexactNumber(text)
  return number === undefined
    ? undefined
    : `The number ${number} is read differently by different programs: send it as a text`
}

/** A key that is no ASCII and is a word of it once its letter case is folded, as Go reads keys. */
function doubtfulKey(value: unknown): string | undefined {
  const left: unknown[] = [value]
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    if (one === null || typeof one !== 'object') continue
    if (!Array.isArray(one)) {
      const odd = Object.keys(one).find((key) => !isAscii(key) && isAscii(folded(key)))
      if (odd !== undefined) return odd
    }
    left.push(...Object.values(one).filter((entry) => entry !== null && typeof entry === 'object'))
  }
  return undefined
}

// deno-lint-ignore no-control-regex
const isAscii = (text: string) => /^[\u0000-\u007f]*$/.test(text)

/** A whole number that no double holds: what is judged would not be what arrives. */
function inexactNumber(text: string): string | undefined {
  if (!/\d{16}/.test(text)) return undefined
  const bare = text.replace(/"(?:[^"\\]|\\.)*"/g, '""')
  for (const [number] of bare.matchAll(/-?\d{16,}(?![\d.eE])/g)) {
    if (BigInt(number) !== BigInt(Number(number))) return number.slice(0, 40)
  }
  return undefined
}
