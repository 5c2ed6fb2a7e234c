import type { Subject } from '../../engine/types.ts'
import { emitPart } from './emit.ts'
import type { Reader, Scope } from './scope.ts'
import { unread } from './words.ts'

/**
 * Say of a line that hit a bound that it did. Most bounds are hit where no part is at hand (an operand
 * too many, an effect too many), yet what was left out may be the very thing a rule speaks of.
 */
export function markBound(reader: Reader, scope: Scope, text: string): void {
  if (!reader.budget.bound) return
  const { subjects } = reader
  if (subjects.some(({ kind, command }) => kind === 'part' && isBound(command))) return
  const last = subjects.findLastIndex(({ kind }) => kind === 'part')
  const raw = text.trim()
  if (last < 0) emitPart(reader, scope, { raw, fields: [unread(raw)], unresolved: ['bound'] })
  else subjects[last] = bounded(subjects[last]!)
}

function isBound(command: Subject['command']): boolean {
  return command?.unresolved.includes('bound') === true
}

/** No wildcard of a permission may stand for any of it. */
function bounded(subject: Subject): Subject {
  const command = subject.command!
  const { whole } = command
  return {
    ...subject,
    command: {
      ...command,
      fences: whole === '' ? [] : [[0, whole.length]],
      unresolved: [...command.unresolved, 'bound'],
    },
  }
}
