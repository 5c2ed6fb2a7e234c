import type { KnownSecrets } from './secret-known.ts'
import { findSecrets, inOrder } from './secret-scan.ts'
import { type Finding, hasMark, MARK } from '../engine/secret/text.ts'

/** What may be secret in a text, by the rules and by its very text. */
export function secretsIn(
  text: string,
  known: KnownSecrets | undefined,
): readonly Finding[] | undefined {
  const found = findSecrets(text)
  const exact = known?.find(text)
  return exact === undefined ? found : inOrder([...(found ?? []), ...exact])
}

/**
 * The text with marks for those of its secrets that may be hidden; of two that overlap, for the first and
 * for the rest of the second.
 */
export function hide(
  text: string,
  found: readonly Finding[],
  markOf: (finding: Finding, index: number) => string | undefined,
): string {
  let out = ''
  let done = 0
  for (let i = 0; i < found.length; i++) {
    const whole = found[i]!
    if (whole.end <= done) continue
    // Of one that begins within another, what is left.
    const finding = whole.start < done ? { ...whole, start: done } : whole
    // What stands around a mark was looked at when it was made.
    if (hasMark(text.slice(finding.start, finding.end))) continue
    const mark = markOf(finding, i)
    if (mark === undefined) continue
    out += text.slice(done, finding.start) + mark
    done = finding.end
  }
  return done === 0 ? text : out + text.slice(done)
}

/**
 * A line for people who run the server: all that looks like a secret is hidden, also where an event would
 * show it, for nobody looks for a command there.
 */
export function redactLine(text: string, known?: KnownSecrets): string {
  const found = secretsIn(text, known)
  if (found === undefined) return text
  return hide(text, found, ({ start, end }) => `${MARK}${end - start}]`)
}
