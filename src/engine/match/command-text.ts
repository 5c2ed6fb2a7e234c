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

function respelled(text: string): string {
  let out = ''
  let blank = false
  let glue = true
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!
    if (char === ' ' || char === '\t') {
      blank = true
      continue
    }
    const escaped = char === '\\' && i + 1 < text.length
    const operator = isOperator(escaped ? text[i + 1]! : char)
    if (blank && !glue && !operator) out += ' '
    blank = false
    glue = operator
    const home = char === '$' ? homeLength(text, i) : 0
    if (home > 0) {
      out += '~'
      i += home - 1
    } else if (escaped) {
      // `\;` of a glob must meet the `;` of a text: the pair is one operator. An escaped blank stays.
      out += char + text[++i]!
    } else {
      out += char
    }
  }
  return out
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
