import type { Feed } from './feed.ts'
import type { Assign, Target } from './forms.ts'
import { expansionIn, type Reader, type Scope } from './scope.ts'
import { printedBy } from './printed.ts'
import type { Expansion } from './words.ts'

/** What reading a command gave: its parts, and its words with launchers still in front. */
export interface Ran {
  readonly parts: readonly number[]
  readonly words: string
  readonly assigns: readonly string[]
}

/** What comes from around a command: set or redirected for everything it launches. */
export interface Around {
  readonly assigns: readonly Assign[]
  readonly targets: readonly Target[]
  readonly feed: Feed
  readonly unresolved: readonly string[]
  /** Names that a declaring builtin sets. */
  readonly sets?: readonly string[] | undefined
}

/** How words expand in a scope; a substitution that is one known `echo` counts as its text. */
export function expansion(reader: Reader, scope: Scope): Expansion {
  return expansionIn(
    reader,
    scope,
    (script) => printedBy(script, expansion(reader, scope)),
  )
}
