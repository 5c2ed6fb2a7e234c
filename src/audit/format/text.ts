const ODD = /[^\x20-\x7e]/
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/**
 * Text on one line that says no more than it shows: controls as their pictures (`␊`, `␀`), marks that
 * turn or hide text as `<U+202E>`, lone surrogates as U+FFFD. What stands here came from an agent.
 */
export function oneLine(text: string): string {
  if (!ODD.test(text)) return text
  return text.toWellFormed().replace(UNSEEN, shownMark)
}

function shownMark(mark: string): string {
  const code = mark.codePointAt(0)!
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '\u2421'
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
}

/** JSON with the same marks as JSON writes them, `\u202e`: another text of the same value, so of the same hash. */
export function jsonShown(json: string): string {
  if (!ODD.test(json)) return json
  return json.toWellFormed().replace(
    UNSEEN,
    (mark) =>
      mark.split('').map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join(
        '',
      ),
  )
}

/** At most so many UTF-16 units, never half a character; what is cut ends in `…`. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text
  const end = Math.max(0, most - 1)
  const half = end > 0 && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800
  return `${text.slice(0, half ? end - 1 : end)}…`
}

const encoder = new TextEncoder()

export function bytesOf(text: string): number {
  return encoder.encode(text).length
}

/** At most so many bytes of UTF-8, never half a character; what is cut ends in `…`. */
export function cutBytes(text: string, most: number): string {
  if (text.length * 3 <= most) return text
  const bytes = encoder.encode(text)
  if (bytes.length <= most) return text
  let end = Math.max(0, most - 3)
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end -= 1
  return `${new TextDecoder().decode(bytes.subarray(0, end))}…`
}
