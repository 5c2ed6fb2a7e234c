import { pathValues } from '../path.ts'
import { hintsIn } from './open-foreign.ts'
import { DEPTH_LIMIT, SCRIPT_FILE_LIMIT } from './limits.ts'
import { readText } from './code.ts'
import { quotedWords } from './quote.ts'
import type { Around } from './ran.ts'
import { copyOf, placeIn, type Reader, readPossible, type Scope } from './scope.ts'
import type { Feed } from './feed.ts'
import { type Field, spelled } from './field.ts'
import { isWritten } from './written.ts'

interface Here {
  readonly scope: Scope
  readonly depth: number
  readonly around: Around
}

/** Where programs lie that came with the system. */
const SYSTEM = /^\/(?:usr\/)?(?:local\/)?s?bin\//
const SHELLS = /^(?:ba|da|z|k|mk|pdk|a|)sh$|^busybox$/
const INTERPRETERS = /^(?:python|pypy|perl|ruby|node|bun|deno|tsx|php|lua|tclsh|expect|osascript)/

/** Which program a script's first line asks for; a text without such a line is a shell's. */
export function shebangOf(text: string): 'shell' | 'foreign' | 'unknown' {
  const line = /^#![ \t]*(\S+)(?:[ \t]+(?:-S[ \t]+)?(\S+))?/.exec(text)
  if (line === null) return 'shell'
  const base = (path: string) => path.slice(path.lastIndexOf('/') + 1)
  const name = base(line[1]!) === 'env' ? base(line[2] ?? '') : base(line[1]!)
  return SHELLS.test(name) ? 'shell' : INTERPRETERS.test(name) ? 'foreign' : 'unknown'
}

/**
 * The command that the kernel makes of a first line, where that runs more than the text below it: the program, all
 * that follows as one word (which `env -S` takes apart), the script. Shells and interpreters read the text.
 */
function firstCommand(text: string, path: string): string | undefined {
  const [, program, rest] = /^#![ \t]*([^ \t\n]+)[ \t]*([^\n]*)/.exec(text) ?? []
  if (program === undefined || rest === undefined) return undefined
  const splits = /^(?:-\w*S|--split-string)/.test(rest)
  if (!splits && shebangOf(text) !== 'unknown') return undefined
  const word = rest.trimEnd()
  return quotedWords(word === '' ? [program, path] : [program, word, path])
}

/**
 * Read the text of a script that a command runs, where it was handed in as a fact. It may be another
 * when it runs, so restrictive rules alone are asked; what it asks for is noted either way.
 *
 * @param direct - run by its own name: its first line says which program reads it.
 */
export function readScriptFile(
  reader: Reader,
  file: Field,
  part: number,
  here: Here,
  direct: boolean,
): void {
  if (!file.known || file.glob || file.text === '' || here.depth >= DEPTH_LIMIT) return
  for (const { path, absolute } of pathValues(spelled(file), 'read', placeIn(reader, here.scope))) {
    if (!absolute || reader.open.has(path) || (direct && SYSTEM.test(path))) continue
    if (!reader.wanted.has(path) && reader.wanted.size >= SCRIPT_FILE_LIMIT) return
    reader.wanted.add(path)
    const text = reader.scripts.get(path)
    if (text !== undefined) readAside(reader, path, text, part, here, direct)
  }
}

/** Whether the text of a script was handed in, and nothing in the line has changed it since. */
export function isRead(reader: Reader, scope: Scope, file: Field): boolean {
  if (!file.known || file.glob || reader.scripts.size === 0) return false
  const paths = pathValues(spelled(file), 'read', placeIn(reader, scope))
  return paths.every(({ path }) => reader.scripts.has(path) && !reader.written.has(path))
}

/** Names that lead to what no file of that name holds: descriptors, devices, connections. */
const NO_FILE = /^\/(?:dev|proc)\//

/** Why what is fed to a command is not known: a file of this machine is a script like any other (F24). */
export function kindOfFeed(reader: Reader, scope: Scope, { file, unresolved }: Feed): string {
  const plain = file !== undefined && file.known && !file.glob && unresolved === 'text:unknown' &&
    file.text !== '' && !NO_FILE.test(file.text)
  if (!plain) return unresolved
  return isWritten(reader, scope, file) ? 'written' : 'script-unreadable'
}

/** Read a text on a budget of its own: what a script is long must not hide the line that runs it. */
function readAside(
  reader: Reader,
  path: string,
  text: string,
  part: number,
  { scope, depth, around }: Here,
  direct: boolean,
): void {
  const language = direct ? shebangOf(text) : 'shell'
  const command = direct ? firstCommand(text, path) : undefined
  const { budget } = reader
  reader.budget = reader.aside
  reader.open.add(path)
  const quiet: Around = {
    assigns: around.assigns,
    targets: [],
    feed: { unresolved: '' },
    unresolved: [],
    sets: undefined,
  }
  readPossible(reader, part, () => {
    if (command !== undefined) readText(reader, command, copyOf(scope), depth, quiet)
    if (language === 'shell') readText(reader, text, copyOf(scope), depth, quiet)
    else if (language === 'foreign') hintsIn(reader, text, { scope, depth, around: quiet }, false)
  })
  reader.open.delete(path)
  reader.budget = budget
}
