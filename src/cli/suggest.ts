/** The known word that a misspelt one most likely means, if one is near enough. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  const given = word.slice(0, 64).toLowerCase()
  let best: string | undefined
  let least = Math.max(1, Math.floor(given.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(given, candidate)
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best
}

/** Changes of one character, or of two neighbours' order, that make `a` into `b`. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      next.push(Math.min(
        row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
        row[j]! + 1,
        next[j - 1]! + 1,
        swapped ? before[j - 2]! + 1 : Infinity,
      ))
    }
    before = row
    row = next
  }
  return row[b.length]!
}
