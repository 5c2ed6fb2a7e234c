/**
 * The one spelling in which command globs and command texts meet (contract.md): runs of blanks become
 * one, blanks around `| || & && ; < > >>` and line ends are gone, `$HOME` and `${HOME}` read `~`.
 *
 * Globs and texts go through the same function, so whatever it does to one it does to the other. It
 * knows nothing of quoting: a quoted operator loses its blanks on both sides alike. One pass.
 */
export function canonicalCommandText(text: string): string {
  return TO_RESPELL.test(text) ? respelled(text) : text
}

/** Most texts are words with single blanks between them and hold none of these. */
const TO_RESPELL = /[\t\n|&;<>\\$]| {2}|^ | $/

/** Characters that mean something here; all others are taken over in runs. */
const SPECIAL = new Uint8Array(128)
for (const char of ' \t\n|&;<>\\$') SPECIAL[char.charCodeAt(0)] = 1

function respelled(text: string): string {
  let out = ''
  let from = 0
  let glue = true
  for (let i = 0; i < text.length;) {
    const code = text.charCodeAt(i)
    if (code > 127 || SPECIAL[code] === 0) {
      glue = false
      i++
    } else if (isBlank(code)) {
      out += text.slice(from, i)
      while (isBlank(text.charCodeAt(i))) i++
      from = i
      if (i < text.length && !glue && !isOperator(unescapedAt(text, i))) out += ' '
    } else {
      const home = code === DOLLAR ? homeLength(text, i) : 0
      if (home > 0) {
        out += `${text.slice(from, i)}~`
        from = i + home
      }
      // `\;` of a glob must meet the `;` of a text: the pair is one operator. An escaped blank stays.
      glue = isOperator(unescapedAt(text, i))
      i += home > 0 ? home : code === BACKSLASH ? 2 : 1
    }
  }
  return out + text.slice(from)
}

const BACKSLASH = 92
const DOLLAR = 36

function isBlank(code: number): boolean {
  return code === 32 || code === 9
}

/** The character here, or the one that a backslash here escapes. */
function unescapedAt(text: string, at: number): string {
  const escaped = text.charCodeAt(at) === BACKSLASH && at + 1 < text.length
  return text[escaped ? at + 1 : at]!
}

function isOperator(char: string): boolean {
  return char === '|' || char === '&' || char === ';' || char === '<' || char === '>' ||
    char === '\n'
}

/** Length of the `$HOME` or `${HOME}` that starts here, 0 where none does. */
function homeLength(text: string, at: number): number {
  if (text.startsWith('${HOME}', at)) return 7
  if (!text.startsWith('$HOME', at)) return 0
  const next = text.charCodeAt(at + 5)
  return isNameCode(next) ? 0 : 5
}

function isNameCode(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 ||
    (code >= 97 && code <= 122)
}
