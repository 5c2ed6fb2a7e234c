import { RE2JS } from 're2js'

/** A user's regular expression: RE2 syntax, linear in the text. */
export interface Regex {
  readonly source: string
  readonly test: (text: string) => boolean
  /** Where it matches, in order, without overlap: for redaction. */
  readonly matches: (text: string) => readonly (readonly [start: number, end: number])[]
}

/** Longest expression accepted, in characters. */
const REGEX_LIMIT = 2000
/** Instructions of a compiled expression: `(((a{100}){100}){100}` would take gigabytes (F36). */
const PROGRAM_LIMIT = 20_000

/**
 * Compile an RE2 expression. It looks for a match anywhere; `^` and `$` anchor it.
 *
 * @throws RangeError with RE2's own reason when it is malformed or too large.
 */
export function compileRegex(source: string): Regex {
  if (source.length > REGEX_LIMIT) {
    throw new RangeError(`A regular expression is at most ${REGEX_LIMIT} characters long`)
  }
  const compiled = compile(source)
  if (compiled.programSize() > PROGRAM_LIMIT) {
    throw new RangeError(`The regular expression is too large once its counts are unrolled`)
  }
  return {
    source,
    test: (text) => compiled.test(text),
    matches: (text) => {
      const matcher = compiled.matcher(text)
      const found: (readonly [number, number])[] = []
      while (matcher.find()) found.push([matcher.start(), matcher.end()])
      return found
    },
  }
}

function compile(source: string): RE2JS {
  try {
    return RE2JS.compile(source)
  } catch (error) {
    throw new RangeError(`Not an RE2 expression: ${(error as Error).message}`)
  }
}
