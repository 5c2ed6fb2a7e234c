import type { CommandForms } from '../../engine/types.ts'
import type { Reading } from './read.ts'

/**
 * What a call does in which bytes stand that are no text (security.md F47): nothing permits it, and no fact
 * about such a file can be had.
 */
export function readBytes(reading: Reading): Reading {
  const { subjects } = reading
  if (subjects.every(({ label }) => label.isWellFormed())) return reading
  return {
    ...reading,
    complete: false,
    subjects: subjects.map((subject) => {
      const { command } = subject
      if (command === undefined || isText(command)) return subject
      return { ...subject, command: unknown(command) }
    }),
  }
}

function isText({ raw, whole }: CommandForms): boolean {
  return raw.isWellFormed() && whole.isWellFormed()
}

function unknown(command: CommandForms): CommandForms {
  const { whole, program, unresolved } = command
  const kind = program?.isWellFormed() === true ? 'operand' : 'text:unknown'
  return {
    ...command,
    fences: whole === '' ? [] : [[0, whole.length]],
    unresolved: [...new Set([...unresolved, kind])],
  }
}
