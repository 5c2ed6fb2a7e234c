import { display } from '../display.ts'

/** Two columns wherever some terminal takes two: a line that is thought too wide never overflows. */
const WIDE =
  /[\u1100-\u11ff\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{1b2ff}\u{1d300}-\u{1d35f}\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Extended_Pictographic}|\p{Emoji_Presentation}|\p{Regional_Indicator}/u
const MARK = /\p{M}/u
/** Marks that stand on nothing, and more of them than any script needs: they reach into other lines. */
const LOOSE_MARKS = /(?<![\p{L}\p{N}\p{M}])\p{M}+|(?<=\p{M}{3})\p{M}+/gu

/** One line of text that an agent chose, fit for a cell of a screen (security.md F13). */
export function cell(text: string): string {
  return display(text).replace(
    LOOSE_MARKS,
    (marks) => [...marks].map((c) => `\\u{${c.codePointAt(0)!.toString(16)}}`).join(''),
  )
}

/** Columns that a text of `cell` takes at most. */
export function widthOf(text: string): number {
  // Plain text is most of it.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let width = 0
  for (const character of text) width += widthOfOne(character)
  return width
}

function widthOfOne(character: string): number {
  if (character <= '~') return 1
  return MARK.test(character) ? 0 : WIDE.test(character) ? 2 : 1
}

/** The start of a text, in no more than so many columns; what is left out is marked. */
export function fit(text: string, columns: number): string {
  if (columns <= 0) return ''
  if (widthOf(text) <= columns) return text
  return `${split(text, columns - 1)[0]}…`
}

/** The whole text in lines of no more than so many columns each, two at least. */
export function wrap(text: string, columns: number): string[] {
  const most = Math.max(2, columns)
  const lines: string[] = []
  let from = 0
  let width = 0
  let blank = -1
  for (let at = 0; at < text.length;) {
    const character = String.fromCodePoint(text.codePointAt(at)!)
    const own = widthOfOne(character)
    if (width + own > most) {
      // At a blank, where one stands near enough to the end.
      const end = blank - from > (at - from) * 0.6 ? blank + 1 : at
      lines.push(text.slice(from, end).trimEnd())
      width = widthOf(text.slice(end, at))
      from = end
      blank = -1
    }
    if (character === ' ') blank = at
    width += own
    at += character.length
  }
  return [...lines, text.slice(from)]
}

/** So much as fits, and the rest; a character is never cut, nor parted from its marks. */
function split(text: string, columns: number): [string, string] {
  let width = 0
  let at = 0
  for (const character of text) {
    const next = width + widthOfOne(character)
    if (next > columns) break
    width = next
    at += character.length
  }
  return [text.slice(0, at), text.slice(at)]
}
