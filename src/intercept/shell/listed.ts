import { foundBy } from './find.ts'
import { baseName } from './program.ts'
import type { Command } from './syntax.ts'
import { expandWords, type Expansion, type Field, NOTHING } from './words.ts'

/** Programs that print some of the lines they are fed, in some order or shape. */
const FILTERS = new Set(
  'grep egrep fgrep head tail sort uniq tr sed awk cut tee rev shuf xargs'.split(' '),
)
/** What `ls` names by itself. */
const ALL: Field = { ...NOTHING, text: '*', shown: '*', bare: '*', glob: true }
/** Names that are followed. */
const NAME_LIMIT = 16

/**
 * Names of files that a pipeline may print for `xargs`: what `find` finds, what `ls` and `grep -l` name.
 * They are guesses; empty where nothing is clear.
 */
export function listedBy(commands: readonly Command[], expansion: Expansion): readonly Field[] {
  const [first, ...others] = commands
  if (first?.kind !== 'simple' || !others.every(isFilter)) return []
  const fields = expandWords(first.words, expansion)
  const name = fields[0] === undefined ? undefined : baseName(fields[0])
  const operands = fields.slice(1).filter(({ text }) => !text.startsWith('-'))
  if (name === 'ls' && operands.length === 0) return [ALL]
  if (name === 'ls' || name === 'echo' || name === 'printf') {
    return operands.filter(({ glob }) => glob).slice(0, NAME_LIMIT)
  }
  if (name === 'grep') {
    const lists = fields.some(({ text }) => /^-[a-zA-Z]*[lL]|^--files-with/.test(text))
    return lists ? operands.slice(1, NAME_LIMIT) : []
  }
  const found = name === 'find' || name === 'gfind' ? foundBy(fields) : undefined
  return found === undefined ? [] : found.split(' ').slice(0, NAME_LIMIT).map((text) => ({
    ...fields[0]!,
    text,
    shown: text,
    tilde: text.startsWith('~'),
    glob: false,
  }))
}

function isFilter({ kind, words: [first] }: Command): boolean {
  const [piece, ...others] = first?.pieces ?? []
  return kind === 'simple' && others.length === 0 && piece?.kind === 'text' &&
    FILTERS.has(piece.text)
}
