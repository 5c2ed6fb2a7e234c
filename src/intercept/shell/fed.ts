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
    : text.split(/[\s\0]+/).filter((word) => word !== '')
  if (appends !== '') {
    const lines = words === undefined ? [] : text!.split('\n').filter((line) => line.trim() !== '')
    const known = lines.length > 0 ? lines : names.map((field) => field.text)
    const guesses = known.length === 0 || known.length > LINE_LIMIT ? ['{}'] : known
    return guesses.map((guess) =>
      fields.map((field) =>
        field.text.includes(appends)
          ? {
            ...field,
            known: false,
            text: field.text.replaceAll(appends, () => guess.trim()),
            output: source,
          }
          : field
      )
    )
  }
  const more = words?.map((word) => ({ ...APPENDED, text: word, glob: /[*?[]/.test(word) }))
  const named = names.map((field) => ({ ...field, known: false }))
  return [[...fields, ...(more ?? [...named, APPENDED])]]
}

const GUESS_LIMIT = 4096
/** Lines for each of which `xargs -I` runs its command, as far as they are told apart. */
const LINE_LIMIT = 16

/** Whether input that is known is also short enough to be told apart. */
function isTold(appends: string, text: string | undefined): boolean {
  if (text === undefined) return true
  return text.length <= GUESS_LIMIT && (appends === '' || text.split('\n').length <= LINE_LIMIT + 1)
}
