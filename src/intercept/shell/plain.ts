import type { Word } from './syntax.ts'
import type { Field } from './words.ts'

/** Characters that make an unquoted text mean more than itself. */
const EXPANDING = /[~{*?[]/

/** The field of a word that holds nothing to expand, which most are. */
export function plainField({ pieces }: Word): Field | undefined {
  const [only] = pieces
  if (pieces.length !== 1 || only?.kind !== 'text') return undefined
  const { text, quoted } = only
  if (!quoted && (text === '' || EXPANDING.test(text))) return undefined
  return { text, shown: text, bare: text, known: true, tilde: false, glob: false }
}
