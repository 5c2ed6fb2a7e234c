import { pathValues } from '../path.ts'
import type { Effect } from './effects.ts'
import { placeIn, type Reader, type Scope } from './scope.ts'
import type { Field } from './words.ts'

/** Files remembered of one line. */
const WRITTEN_LIMIT = 256

/** Remember what a command writes: run later in the line, it is code that nobody saw (F23). */
export function rememberWritten(reader: Reader, scope: Scope, effects: readonly Effect[]): void {
  for (const effect of effects) {
    if (effect.kind !== 'path' || effect.access !== 'write') continue
    const { text, known } = effect.field
    if (!known || text === '' || reader.written.size >= WRITTEN_LIMIT) continue
    for (const { path } of pathValues(text, 'write', placeIn(reader, scope))) {
      reader.written.add(path)
    }
  }
}

/** Whether the line wrote this file before. */
export function isWritten(reader: Reader, scope: Scope, { text }: Field): boolean {
  if (reader.written.size === 0 || text === '' || text.length > 4096) return false
  return pathValues(text, 'read', placeIn(reader, scope)).some(({ path }) =>
    reader.written.has(path)
  )
}
