import type { Feed } from './feed.ts'
import type { Field } from './field.ts'
import { APPENDED, type Inner } from './launch.ts'
import type { Reader } from './scope.ts'

/** What `xargs` makes of its input: words behind the command, or in the place it names. */
export function fed(
  { budget }: Reader,
  inner: Inner & { kind: 'argv' },
  { text, source, names = [] }: Feed,
): (readonly Field[])[] {
  const { fields, appends = '' } = inner
  if (!isTold(appends, text)) budget.bound = true
  const words = text === undefined || text.length > GUESS_LIMIT
    ? undefined
    : inner.lines === true
    ? text.split(/[\n\0]+/).filter((word) => word !== '')
    : wordsIn(text)
  if (appends !== '') {
    const lines = words === undefined ? [] : text!.split('\n').filter((line) => line.trim() !== '')
    const known = lines.length > 0 ? lines : names.map((field) => field.text)
    const guesses = known.length === 0 || known.length > LINE_LIMIT ? ['{}'] : known
    return guesses.map((guess) =>
      fields.map((field) =>
        field.text.includes(appends) ? placed(field, appends, guess.trim(), source) : field
      )
    )
  }
  const more = words?.map((word) => ({ ...APPENDED, text: word, glob: /[*?[]/.test(word) }))
  const named = names.map((field) => ({ ...field, known: false }))
  return [[...fields, ...(more ?? [...named, APPENDED])]]
}

/** Words as `xargs` takes them apart: quotes and backslashes join, and nothing else is heeded. */
function wordsIn(text: string): readonly string[] {
  const words = text.match(/(?:"[^"\n]*"|'[^'\n]*'|\\[^]|[^\s\0"'\\]|["'\\])+/g) ?? []
  return words.map((word) => word.replace(/"([^"\n]*)"|'([^'\n]*)'|\\([^])/g, '$1$2$3'))
}

/** A name below a directory, of which nobody knows more, may be any in it: `/{}` is `/*`. */
function placed(field: Field, appends: string, guess: string, output: Feed['source']): Field {
  const below = guess === '{}' && field.text.endsWith(`/${appends}`)
  const text = field.text.replaceAll(appends, () => below ? '*' : guess)
  return { ...field, known: false, text, glob: below || field.glob, output }
}

const GUESS_LIMIT = 4096
/** Lines for each of which `xargs -I` runs its command, as far as they are told apart. */
const LINE_LIMIT = 16

/** Whether input that is known is also short enough to be told apart. */
function isTold(appends: string, text: string | undefined): boolean {
  if (text === undefined) return true
  return text.length <= GUESS_LIMIT && (appends === '' || text.split('\n').length <= LINE_LIMIT + 1)
}
