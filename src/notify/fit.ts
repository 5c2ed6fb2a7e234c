import { display } from '../audit/display.ts'
import { bytesOf } from '../audit/format/text.ts'

/** How a channel shows one character; every text of an agent goes through one of these. */
export type Show = (character: string) => string
/** How a channel counts. */
export type Size = (shown: string) => number

export const units: Size = (shown: string): number => shown.length
export const utf8: Size = bytesOf

/** Room for `…[1234567 more characters]…` in any counting. */
const GAP = 40

/**
 * A text as a channel shows it, with nothing unseen in it, in at most `most` of what the channel counts: what
 * is longer is its head and its tail with the number of characters between (security.md F13), so that
 * padding hides neither end. No more is read of a text than is shown.
 */
export function fitted(text: string, most: number, show: Show = display, size = units): string {
  if (text.length <= most) {
    const whole = shownAll(text, show)
    if (size(whole) <= most) return whole
  }
  const room = Math.max(0, most - GAP)
  const head = taken(forward(text), Math.ceil(room * 0.6), show, size)
  const tail = taken(backward(text, head.length), room - head.size, show, size)
  const left = text.length - head.length - tail.length
  return `${head.shown.join('')}…[${left} more characters]…${tail.shown.reverse().join('')}`
}

/** Whether `fitted` shows all of it. */
export function fits(text: string, most: number, show: Show = display, size = units): boolean {
  return text.length <= most && size(shownAll(text, show)) <= most
}

function shownAll(text: string, show: Show): string {
  let shown = ''
  for (const character of text) shown += show(character)
  return shown
}

interface Taken {
  readonly shown: string[]
  readonly size: number
  /** Of the text, in UTF-16 units. */
  readonly length: number
}

function taken(characters: Iterable<string>, room: number, show: Show, size: Size): Taken {
  const shown: string[] = []
  let used = 0
  let length = 0
  for (const character of characters) {
    const next = show(character)
    const cost = size(next)
    if (used + cost > room) break
    used += cost
    length += character.length
    shown.push(next)
  }
  return { shown, size: used, length }
}

function* forward(text: string): Generator<string> {
  yield* text
}

/** From the end down to `stop`, by whole characters. */
function* backward(text: string, stop: number): Generator<string> {
  for (let at = text.length; at > stop;) {
    const low = (text.charCodeAt(at - 1) & 0xfc00) === 0xdc00
    const pair = low && at - 2 >= stop && (text.charCodeAt(at - 2) & 0xfc00) === 0xd800
    const from = pair ? at - 2 : at - 1
    yield text.slice(from, at)
    at = from
  }
}

/** `display` for a channel in which some characters mean something. */
export function showing(meaning: Readonly<Record<string, string>>): Show {
  return (character) => Object.hasOwn(meaning, character) ? meaning[character]! : display(character)
}

/** Where a channel makes links of what looks like one: no text of an agent becomes something to click. */
export function unlinked(text: string): string {
  return text.replaceAll('://', '[://]').replaceAll(/\bwww\./gi, 'www[.]')
}
