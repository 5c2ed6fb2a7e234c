import type { Effect, Touched } from './effects.ts'
import type { Field } from './words.ts'

/** `find` looks into its starting points and, with `-delete`, deletes below them. */
export function findEffects(fields: readonly Field[]): Touched {
  let at = 1
  while (/^-(?:[HLP]|O\d)$/.test(fields[at]?.text ?? '')) at++
  const starts: Field[] = []
  while (at < fields.length && !/^(?:-.|[(!,])/.test(fields[at]!.text)) starts.push(fields[at++]!)
  const effects: Effect[] = starts.map((field) => ({ kind: 'path', access: 'read', field }))
  for (let i = at; i < fields.length; i++) {
    const { text } = fields[i]!
    const file = fields[i + 1]
    if (text === '-delete') {
      for (const field of starts) effects.push({ kind: 'path', access: 'delete', field })
    }
    if (/^-f(?:print|print0|printf|ls)$/.test(text) && file !== undefined) {
      effects.push({ kind: 'path', access: 'write', field: file })
    }
  }
  return { effects, complete: true }
}
