import type { Subject } from '../../engine/types.ts'
import { type Place } from '../path.ts'
import { markBound } from './bound.ts'
import { readLatent } from './code-variables.ts'
import { emitPart } from './emit.ts'
import { freshReader, scopeOf } from './scope.ts'
import { readWholeScript } from './run.ts'
import { parseScript } from './split.ts'
import { unread } from './words.ts'

/** What a line would do, and whether that is all. */
export interface Reading {
  readonly subjects: readonly Subject[]
  readonly complete: boolean
  /** Script files it would run, by absolute path: with their text more could be told. */
  readonly scripts?: readonly string[] | undefined
}

/**
 * Read a command line: a part for each simple command it would run, an effect for each file and host
 * those touch, a span for each pipeline and for the whole line. Total and linear in the text; what
 * cannot be known without running it is marked, never guessed.
 */
export function readCommandLine(
  text: string,
  place: Place,
  scripts?: ReadonlyMap<string, string>,
): Reading {
  const reader = freshReader(text.length, scripts)
  const script = parseScript(text, reader.budget)
  const scope = scopeOf(place)
  readWholeScript(reader, script, scope, 0)
  readLatent(reader, scope, text)
  // A text in which no command was found though it is no whole script may be one to another shell.
  if (script.broken && reader.subjects.length === 0) {
    emitPart(reader, scope, {
      raw: text.trim(),
      fields: [unread(text.trim())],
      unresolved: ['text:syntax'],
    })
  }
  markBound(reader, scope, text)
  return {
    subjects: reader.subjects,
    complete: reader.complete && !reader.budget.bound,
    scripts: reader.wanted.names(),
  }
}
