import type { Subject } from '../../engine/types.ts'
import type { Place } from '../path.ts'
import { markBound } from './bound.ts'
import { readLatent } from './code-variables.ts'
import { NOT_FED } from './feed.ts'
import { literalField } from './field.ts'
import { ARGV_LIMIT, argvBudget } from './limits.ts'
import { launch } from './open.ts'
import { quotedWords } from './quote.ts'
import { readBytes } from './read-bytes.ts'
import type { Reading } from './read.ts'
import { freshReader, scopeOf } from './scope.ts'

/**
 * Read arguments as a program gets them: one simple command whose words are what they are, through the
 * same launchers and effects as a line. No shell takes part, so nothing is quoted and read again, and what
 * only a shell knows (functions, its own builtins, reserved words) is a program of that name. Linear; the
 * words of a call that has more than `ARGV_LIMIT` are not all read, and it is marked.
 *
 * @param words - at least one; the first names the program.
 */
export function readArgv(
  words: readonly string[],
  place: Place,
  scripts?: ReadonlyMap<string, string>,
): Reading {
  const some = words.length > ARGV_LIMIT ? words.slice(0, ARGV_LIMIT) : words
  const raw = quotedWords(some)
  const reader = freshReader(0, scripts)
  reader.budget = argvBudget(some.length, raw.length)
  if (some !== words) reader.budget.bound = true
  const scope = scopeOf(place)
  launch(reader, raw, some.map(literalField), scope, 0, {
    assigns: [],
    targets: [],
    feed: NOT_FED,
    unresolved: [],
    sets: undefined,
  })
  readLatent(reader, scope, raw)
  markBound(reader, scope, raw)
  return readBytes({
    subjects: reader.subjects,
    complete: reader.complete && !reader.budget.bound,
    scripts: reader.wanted.names(),
  })
}

/** Both readings of one call: a restriction takes either, a permission needs what both hold. */
export function bothReadings(one: Reading, other: Reading): Reading {
  const at = one.subjects.length
  const moved = other.subjects.map((subject): Subject => ({
    ...subject,
    ...(subject.parts === undefined ? {} : { parts: subject.parts.map((part) => part + at) }),
    ...(subject.of === undefined ? {} : { of: subject.of + at }),
  }))
  return {
    subjects: [...one.subjects, ...moved],
    complete: one.complete && other.complete,
    scripts: [...one.scripts ?? [], ...other.scripts ?? []],
  }
}
