import type { Effect } from './effects.ts'
import { type Field, NOTHING } from './field.ts'

/** Where `w` begins a command, or ends a substitution, with a file that lies somewhere else behind it. */
const WRITES = /(?:^|[;{}\d$,/|#IMgp]|\n)[ \t]*w[ \t]+(~?\/[^\n]*|\.[^\n]*)/g

/** Files that a `sed` script writes: `w FILE`, `s/x/y/w FILE`. */
export function sedWrites(fields: readonly Field[]): Effect[] {
  return fields.slice(1).flatMap(({ text }): Effect[] =>
    text.length > SCRIPT_LENGTH ? [] : [...text.matchAll(WRITES)].map((match) => {
      const file = match[1]!.trim()
      return { kind: 'path', access: 'write', field: { ...NOTHING, text: file, shown: file } }
    })
  )
}

/** Longer scripts are nobody's words. */
const SCRIPT_LENGTH = 4096
