import { pathValues } from '../path.ts'
import type { Effect } from './effects.ts'
import { printedByPipe } from './printed.ts'
import { placeIn, type Reader, type Scope } from './scope.ts'
import type { Command } from './syntax.ts'
import { expandOne, type Expansion, type Field } from './words.ts'

/** Files remembered of one line. */
const WRITTEN_LIMIT = 256

/**
 * Remember what a command writes: run later in the line, it is code that nobody saw (F23).
 *
 * @param fetches - it writes what comes from another host.
 */
export function rememberWritten(
  reader: Reader,
  scope: Scope,
  effects: readonly Effect[],
  program: string | undefined,
  fetches: boolean,
): void {
  // Other rights are no other text.
  if (program === 'chmod') return
  const remote = fetches ||
    (reader.fetched.size > 0 &&
      effects.some((effect) =>
        effect.kind === 'path' && effect.access === 'read' && isFetched(reader, scope, effect.field)
      ))
  for (const effect of effects) {
    if (effect.kind !== 'path' || effect.access !== 'write') continue
    const { text, known } = effect.field
    if (!known || text === '') continue
    if (reader.written.size >= WRITTEN_LIMIT) {
      // What is run later may be a file that was forgotten here.
      reader.budget.bound = true
      return
    }
    for (const { path } of pathValues(text, 'write', placeIn(reader, scope))) {
      reader.written.set(path, undefined)
      // What is added behind a download leaves it there.
      if (remote) reader.fetched.add(path)
    }
  }
}

/** Whether what the line wrote into this file came from another host. */
export function isFetched(reader: Reader, scope: Scope, file: Field): boolean {
  return isAmong(reader.fetched, reader, scope, file)
}

/** Whether the line wrote this file before. */
export function isWritten(reader: Reader, scope: Scope, file: Field): boolean {
  return isAmong(reader.written, reader, scope, file)
}

function isAmong(
  paths: { readonly size: number; has(path: string): boolean },
  reader: Reader,
  scope: Scope,
  { text }: Field,
): boolean {
  if (paths.size === 0 || text === '' || text.length > 4096) return false
  return pathValues(text, 'read', placeIn(reader, scope)).some(({ path }) => paths.has(path))
}

/** Programs beside which a file that was written stays as it was written. */
const TAME = new Set(
  'echo printf cat chmod mkdir cd pwd ls true : test [ export set which command source . bash sh zsh dash'
    .split(' '),
)
/** Programs that may change files, but no more when they have ended. */
const FOREGROUND = new Set('curl wget tee rm mv cp touch sed grep head tail sort'.split(' '))
const RUNNERS = new Set(['source', '.', 'bash', 'sh', 'zsh', 'dash'])

/** Note which programs a line has run: behind any but a few, no file is surely what was written before. */
export function noteProgram(reader: Reader, scope: Scope, program: string | undefined): void {
  const itself = program !== undefined && !scope.functions.has(program) && !scope.values.has('PATH')
  const tame = itself && TAME.has(program) && !RUNNERS.has(program)
  if (tame) return
  if (!itself || !FOREGROUND.has(program)) reader.wild = true
  for (const path of reader.written.keys()) reader.written.set(path, undefined)
}

/**
 * What a command writes into the file it is redirected to, where both can be told: `echo … > x` and
 * `cat > x <<E`. Only in a line in which nothing runs beside it that could change the file.
 */
export function contentWritten(
  reader: Reader,
  scope: Scope,
  command: Command,
  expansion: Expansion,
): { readonly path: string; readonly text: string } | undefined {
  const { redirects, conditional, inFunction, before, after } = command
  if (reader.wild || reader.possible !== undefined || conditional || inFunction) return undefined
  if (/^\|/.test(before) || before === '&' || after === '&' || after === '|') return undefined
  const out = redirects.filter(({ operator }) => !operator.startsWith('<<'))
  if (out.length !== 1 || out[0]!.operator !== '>' || !/^1?>/.test(out[0]!.raw)) return undefined
  const target = expandOne(out[0]!.target.pieces, expansion)
  if (!target.known || target.glob || target.tilde) return undefined
  const paths = pathValues(target.text, 'write', placeIn(reader, scope))
  if (paths.length !== 1) return undefined
  const rest = { ...command, redirects: redirects.filter((one) => one !== out[0]) }
  const text = printedByPipe([rest], expansion)
  return text === undefined ? undefined : { path: paths[0]!.path, text }
}

/** The text of a file that the line itself wrote, where it surely still is what was written. */
export function writtenText(reader: Reader, scope: Scope, { text }: Field): string | undefined {
  if (reader.wild || reader.written.size === 0 || text === '') return undefined
  const paths = pathValues(text, 'read', placeIn(reader, scope))
  return paths.length === 1 ? reader.written.get(paths[0]!.path) : undefined
}
