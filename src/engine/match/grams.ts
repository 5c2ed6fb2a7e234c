/**
 * Which runs of three characters some texts hold. A rule may have a hundred globs: asking a long text for
 * each one's literal costs a hundred passes over it, asking here one.
 */
export type Grams = (literal: string) => boolean

const SLOTS = 1 << 13

/** Whether a literal may stand in one of the texts; false only where it surely does not. */
export function gramsOf(texts: readonly string[]): Grams {
  let seen: Uint8Array | undefined
  return (literal) => {
    if (literal.length < 3) return true
    seen ??= filed(texts)
    for (let i = 0; i + 3 <= literal.length; i++) {
      const place = slot(
        literal.charCodeAt(i),
        literal.charCodeAt(i + 1),
        literal.charCodeAt(i + 2),
      )
      if (seen[place] === 0) return false
    }
    return true
  }
}

function filed(texts: readonly string[]): Uint8Array {
  const seen = new Uint8Array(SLOTS)
  for (const text of texts) {
    let first = text.charCodeAt(0)
    let second = text.charCodeAt(1)
    for (let i = 2; i < text.length; i++) {
      const third = text.charCodeAt(i)
      seen[slot(first, second, third)] = 1
      first = second
      second = third
    }
  }
  return seen
}

function slot(first: number, second: number, third: number): number {
  return (first * 961 + second * 31 + third) & (SLOTS - 1)
}
