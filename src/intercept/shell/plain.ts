import { codeAt } from '../../engine/match/code-at.ts'
import type { Word } from './syntax.ts'
import { type Field, literalField } from './field.ts'

/** Characters that make an unquoted text mean more than itself. */
const EXPANDING = new Uint8Array(128)
for (const char of '~{*?[') EXPANDING[char.charCodeAt(0)] = 1

/** Whether an unquoted text may become another one, or several. */
export function expands(text: string): boolean {
  const { length } = text
  for (let i = 0; i < length; i++) {
    const code = codeAt(text, i)
    if (code < 128 && EXPANDING[code] === 1) return true
  }
  return false
}

/** The field of a word that holds nothing to expand, which most are. */
export function plainField({ sole }: Word): Field | undefined {
  if (sole === undefined) return undefined
  const { text, quoted } = sole
  if (!quoted && (text === '' || expands(text))) return undefined
  return literalField(text)
}
