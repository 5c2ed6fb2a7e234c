/** What one question finds: each rule once, by a mark that tells this question from those before it. */
export interface Hits {
  readonly marks: Int32Array
  round: number
  found: number[]
}

/** Most questions find nothing: they share this. Never pushed to. */
const NONE: number[] = []

const LAST_ROUND = 2 ** 31 - 1

/** Take back all that was found from there on. */
export function forget(hits: Hits, from: number): void {
  if (hits.found.length === from) return
  for (let i = from; i < hits.found.length; i++) hits.marks[hits.found[i]!] = 0
  hits.found.length = from
}

export function note(hits: Hits, position: number): void {
  if (hits.marks[position] === hits.round) return
  hits.marks[position] = hits.round
  if (hits.found === NONE) hits.found = [position]
  else hits.found.push(position)
}

/** Room for the questions to so many rules. */
export function hitsFor(rules: number): Hits {
  return { marks: new Int32Array(rules), round: 0, found: NONE }
}

/** Begin another question. */
export function begin(hits: Hits): void {
  hits.round = hits.round === LAST_ROUND ? 1 : hits.round + 1
  if (hits.round === 1) hits.marks.fill(0)
  hits.found = NONE
}

export function noteAll(positions: readonly number[] | undefined, hits: Hits): void {
  if (positions === undefined) return
  for (const position of positions) note(hits, position)
}

/** In place and ascending; few rules are found, and those nearly in order. */
export function sorted(positions: number[]): readonly number[] {
  if (positions.length > 64) {
    return isSorted(positions) ? positions : positions.sort((a, b) => a - b)
  }
  for (let i = 1; i < positions.length; i++) {
    const position = positions[i]!
    let at = i
    for (; at > 0 && positions[at - 1]! > position; at--) positions[at] = positions[at - 1]!
    positions[at] = position
  }
  return positions
}

function isSorted(positions: readonly number[]): boolean {
  for (let i = 1; i < positions.length; i++) if (positions[i - 1]! > positions[i]!) return false
  return true
}
