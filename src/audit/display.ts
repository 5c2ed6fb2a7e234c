/**
 * What people are shown of text that an agent chose, on terminals, pages and in messages (security.md F13). Nothing in it can move the
 * cursor, reverse the reading direction, hide, or pass for a blank: such characters become visible
 * escapes.
 */

/** Controls, formats, surrogates, private use, separators, ignorables and every blank but the space. */
export const UNSEEN: RegExp =
  /(?! )[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Zs}\p{Default_Ignorable_Code_Point}\u2800]/gu

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** One line of text with everything unseen spelled out. */
export function display(text: string): string {
  return text.replace(UNSEEN, spelled)
}

/** One unseen character, spelled out. */
export function spelled(c: string): string {
  return SHORT[c] ?? `\\u{${c.codePointAt(0)!.toString(16)}}`
}

/** The same for JSON text: still JSON, still the same values. */
export function displayJson(json: string): string {
  // Indentation is ours, so line ends stay.
  return json.replace(UNSEEN, (c) => c === '\n' ? c : escapeUnits(c))
}

function escapeUnits(text: string): string {
  let escaped = ''
  for (let i = 0; i < text.length; i++) {
    escaped += `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`
  }
  return escaped
}

/**
 * Long text as its head, its tail and the number of characters between: what stands at the end is seen
 * however much padding comes before it.
 */
export function abridge(text: string, most: number): string {
  const points = [...text]
  if (points.length <= most) return display(text)
  const head = Math.ceil(most * 0.6)
  const tail = most - head
  const left = points.length - head - tail
  return `${display(points.slice(0, head).join(''))} …[${left} more characters]… ${
    display(points.slice(points.length - tail).join(''))
  }`
}

const SCRIPTS = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
]

/** Words that mix scripts whose letters look alike, such as a Cyrillic `а` in a Latin word. */
export function mixedScriptWords(text: string): string[] {
  const words = text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  return words.filter((word) => SCRIPTS.filter((script) => script.test(word)).length > 1)
}
