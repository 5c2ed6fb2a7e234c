import type { Subject } from '../../engine/types.ts'

/** Expansions that set a variable. */
const ASSIGNS = /\$\{!?\w+(?:\[[^\]]*\])?:?=|\(\(|\$\[/
/** What joins commands and changes nothing for them. */
const JOINS = /^[\s;&|()]*$/
/** Longer lines are not looked at: each part is searched for in the line. */
const LONGEST = 16_384

/**
 * Whether a line is nothing but its simple commands, joined: no assignment between them, no function, no
 * loop, nothing that gives a command another meaning than it has alone.
 */
export function isPlainLine(line: string, subjects: readonly Subject[]): boolean {
  if (line.length > LONGEST || ASSIGNS.test(line)) return false
  const covered = new Uint8Array(line.length)
  for (const text of new Set(partsOf(subjects))) {
    for (let at = line.indexOf(text); at >= 0; at = line.indexOf(text, at + text.length)) {
      covered.fill(1, at, at + text.length)
    }
  }
  let left = ''
  for (let at = 0; at < line.length; at++) if (covered[at] === 0) left += line[at]
  return JOINS.test(left)
}

function partsOf(subjects: readonly Subject[]): string[] {
  return subjects.flatMap(({ kind, command }) =>
    kind === 'part' && command !== undefined && command.raw !== '' ? [command.raw] : []
  )
}
