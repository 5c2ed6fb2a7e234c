import { LazyMap } from './lazy.ts'
import type { Piece } from './syntax.ts'
import type { Expansion } from './words.ts'

/** Values that a variable may well hold where none is certain: each turn of a loop, each branch. */
export type Guesses = LazyMap<readonly string[]>

/**
 * The expansions of a word in which a variable may hold one of several values: one for each. To a
 * command they stand beside one another, as they would come one after the other.
 */
export function turnsOf(pieces: readonly Piece[], expansion: Expansion): readonly Expansion[] {
  const { guesses, values } = expansion
  if (guesses.size === 0) return [expansion]
  for (const piece of pieces) {
    if (piece.kind !== 'variable' || values.get(piece.name) !== undefined) continue
    const held = guesses.get(piece.name)
    if (held === undefined || held.length < 2) continue
    return held.map((one) => ({
      ...expansion,
      guesses: new LazyMap(guesses).set(piece.name, [one]),
    }))
  }
  return [expansion]
}
