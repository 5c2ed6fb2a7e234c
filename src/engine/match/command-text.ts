import { codeAt } from './code-at.ts'

/**
 * The one spelling in which command globs and command texts meet (contract.md): runs of blanks become
 * one, blanks around `| || & && ; < > >>` and line ends are gone, `$HOME` and `${HOME}` read `~`.
 *
 * Globs and texts go through the same function, so whatever it does to one it does to the other. It
 * knows nothing of quoting: a quoted operator loses its blanks on both sides alike. One pass.
 */
export function canonicalCommandText(text: string): string {
  return isCanonical(text) ? text : respelled(text)
}

const BLANK = 32
const BACKSLASH = 92
const DOLLAR = 36

/** Characters at which a text may have to be respelled; other texts are words with single blanks. */
const TO_RESPELL = new Uint8Array(128)
for (const char of '\t\n|&;<>\\$') TO_RESPELL[char.charCodeAt(0)] = 1

function isCanonical(text: string): boolean {
  let blank = true
  const { length } = text
  for (let i = 0; i < length; i++) {
    const code = codeAt(text, i)
    if (code === BLANK) {
      if (blank) return false
      blank = true
    } else {
      if (code < 128 && TO_RESPELL[code] === 1) return false
      blank = false
    }
  }
  return !blank || length === 0
}

/** What stays as it is gets copied in runs; `from` is where the run under way began. */
function respelled(text: string): string {
  let out = ''
  let from = 0
  let glue = true
  const { length } = text
  for (let i = 0; i < length;) {
    const start = i
    while (i < length && isBlank(codeAt(text, i))) i++
    if (i === length) return out + text.slice(from, start)
    const code = codeAt(text, i)
    const escaped = code === BACKSLASH && i + 1 < length
    const operator = isOperator(escaped ? codeAt(text, i + 1) : code)
    if (i > start) {
      const kept = !glue && !operator
      if (!kept || i - start > 1 || codeAt(text, start) !== BLANK) {
        out += text.slice(from, start)
        if (kept) out += ' '
        from = i
      }
    }
    glue = operator
    const home = code === DOLLAR ? homeLength(text, i) : 0
    if (home > 0) {
      out += `${text.slice(from, i)}~`
      i += home
      from = i
    } else {
      // `\;` of a glob must meet the `;` of a text: the pair is one operator. An escaped blank stays.
      i += escaped ? 2 : 1
    }
  }
  return from === 0 ? text : out + text.slice(from)
}

function isBlank(code: number): boolean {
  return code === BLANK || code === 9
}

/** `|`, `&`, `;`, `<`, `>` and the end of a line. */
function isOperator(code: number): boolean {
  return code === 124 || code === 38 || code === 59 || code === 60 || code === 62 || code === 10
}

/** Length of the `$HOME` or `${HOME}` that starts here, 0 where none does. */
function homeLength(text: string, at: number): number {
  if (text.startsWith('${HOME}', at)) return 7
  if (!text.startsWith('$HOME', at)) return 0
  return at + 5 < text.length && isNameCode(codeAt(text, at + 5)) ? 0 : 5
}

function isNameCode(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 ||
    (code >= 97 && code <= 122)
}
