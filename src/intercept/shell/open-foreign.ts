import { emitEffects, emitPart } from './emit.ts'
import type { Feed } from './feed.ts'
import { kindOf } from './kinds.ts'
import { hintsOf, runsInput } from './foreign.ts'
import { type Foreign, isInput } from './interpreters.ts'
import { readText } from './code.ts'
import { printedByPipe } from './printed.ts'
import { type Around, expansion } from './ran.ts'
import { copyOf, type Reader, type Scope } from './scope.ts'
import { kindOfFeed } from './script-file.ts'
import { isFetched, writtenText } from './written.ts'
import { type Field, literalField, NOTHING } from './words.ts'

interface Here {
  readonly scope: Scope
  readonly depth: number
  readonly around: Around
}

/** Code in files that the line itself wrote is as good as code in its words; as long as nothing else has run. */
export function withWritten(
  reader: Reader,
  scope: Scope,
  foreign: Foreign | undefined,
): Foreign | undefined {
  if (foreign === undefined || foreign.files.length === 0 || reader.written.size === 0) {
    return foreign
  }
  const texts = foreign.files.map((file) => writtenText(reader, scope, file))
  const code = texts.flatMap((text) =>
    text === undefined || text.length > reader.budget.code ? [] : [literalField(text)]
  )
  return code.length === 0 ? foreign : { ...foreign, code: [...foreign.code, ...code] }
}

/** What cannot be known of an interpreter that reads its code from where nobody sees it. */
export function feedKinds(
  reader: Reader,
  scope: Scope,
  { input, code, files }: Foreign,
  feed: Feed,
): readonly string[] {
  if (files.some((file) => isFetched(reader, scope, file))) return ['written']
  const here = expansion(reader, scope)
  const printed = files.flatMap(({ process }) =>
    process === undefined ? [] : [kindOf(process.commands, here)]
  ).filter((kind) => kind === 'text:network' || kind === 'text:decoded')
  if (printed.length > 0) return printed
  const held = code.flatMap(({ output }) =>
    output === undefined ? [] : [kindOf(output.commands, here)]
  )
    .find((kind) => kind === 'text:network' || kind === 'text:decoded')
  if (held !== undefined) return [held]
  const fed = input === 'none' ? 0 : feed.text?.length ?? 0
  if (code.reduce((sum, { text }) => sum + text.length, fed) > reader.budget.code) return ['bound']
  if (code.some(({ text, known }) => !known && text === '{}')) {
    return [feed.unresolved === '' ? 'text:unknown' : feed.unresolved]
  }
  if (feed.text !== undefined || feed.unresolved === '') return []
  // What a filter makes of a local text is the line's own doing; of one that nobody saw it is not.
  const hidden = feed.unresolved === 'text:network' || feed.unresolved === 'text:decoded'
  const runs = input === 'code' ||
    (hidden &&
      (input === 'none'
        ? code.some(({ text }) => runsInput(text))
        : files.some(({ text }) => isInput(text))))
  return runs ? [kindOfFeed(reader, scope, feed)] : []
}

/**
 * Read what code of another language may run and touch. It only may: restrictive rules are asked, and
 * nothing is granted or counted as known for it.
 */
export function readForeign(
  reader: Reader,
  program: Field,
  foreign: Foreign,
  part: number,
  here: Here,
): void {
  const texts = foreign.code.map(({ text }) => text)
  const { text: fed } = here.around.feed
  const before = { complete: reader.complete, possible: reader.possible }
  reader.possible = before.possible ?? part
  if (foreign.input !== 'none' && fed !== undefined) {
    texts.push(fed)
    if (foreign.input === 'code' && fed.length <= reader.budget.code) {
      emitFed(reader, program, fed, here)
    }
  }
  for (const file of foreign.files) {
    const { process } = file
    const printed = process && printedByPipe(process.commands, expansion(reader, here.scope))
    if (printed !== undefined) texts.push(printed)
  }
  for (const text of texts) {
    if (text.length > reader.budget.code) continue
    reader.budget.code -= text.length
    hintsIn(reader, text, here, foreign.shell)
  }
  reader.possible = before.possible
  if (texts.length > 0) reader.complete = false
}

/** Code on standard input reads to rules as the same code behind `-c`. */
function emitFed(reader: Reader, program: Field, code: string, { scope }: Here): void {
  const word = (text: string): Field => ({ ...NOTHING, text, shown: text })
  const raw = `${program.text} -c ${code}`
  emitPart(reader, scope, { raw, fields: [program, word('-c'), word(code)], launched: true })
}

/** What code of another language may run and touch, as effects of the part that is being read. */
export function hintsIn(
  reader: Reader,
  code: string,
  { scope, depth, around }: Here,
  shell: boolean,
): void {
  const { paths, urls, changes, ...hints } = hintsOf(code)
  const commands = shell ? [code, ...hints.commands] : hints.commands
  const field = (text: string): Field => ({ ...NOTHING, text, shown: text, tilde: text[0] === '~' })
  emitEffects(reader, scope, [
    ...paths.flatMap((path) =>
      (changes === undefined ? ['read'] as const : ['read', changes] as const).map((access) =>
        ({ kind: 'path', access, field: field(path) }) as const
      )
    ),
    ...urls.map((url) => ({ kind: 'url', scheme: 'http', field: field(url) }) as const),
  ])
  for (const command of commands) {
    readText(reader, command, copyOf(scope), depth, { ...around, unresolved: [] })
  }
}
