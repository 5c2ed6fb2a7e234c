import type { Assign } from './forms.ts'
import { DEPTH_LIMIT } from './limits.ts'
import { readText } from './code.ts'
import type { Around } from './ran.ts'
import { copyOf, type Reader, readPossible, type Scope } from './scope.ts'

/** Variables whose value some program runs as a command (F22). */
const CODE_VARIABLES = new Set(
  ('EDITOR VISUAL PAGER MANPAGER SYSTEMD_PAGER BROWSER FCEDIT GIT_EDITOR GIT_SEQUENCE_EDITOR GIT_PAGER GIT_SSH ' +
    'GIT_SSH_COMMAND GIT_ASKPASS GIT_EXTERNAL_DIFF GIT_PROXY_COMMAND SSH_ASKPASS SUDO_ASKPASS SUDO_EDITOR ' +
    'LESSOPEN LESSCLOSE LESSEDIT MAKEFLAGS GNUMAKEFLAGS RUSTC_WRAPPER RUSTC CARGO_BUILD_RUSTC_WRAPPER ' +
    'PSQL_EDITOR PSQL_PAGER HGEDITOR SVN_EDITOR SVN_SSH CVS_RSH RSYNC_RSH BORG_RSH PROMPT_COMMAND SHELL')
    .split(' '),
)
/** Variables that a shell expands, and with that runs what is substituted in them (F21). */
const EXPANDED = /^(?:PS[0-4]|(?:BASH_)?ENV)$/
/** Where a shell evaluates the values of variables once more. */
const EVALUATES =
  /@P|\(e\)|\(\(|\[\[|\b(?:let|test|declare|typeset|local|unset|eval)\b|\[ |\$\[|-v |\bset +-\w*x|xtrace|sh +-\w*x/
const SUBSTITUTES = /\$\(|`/

const QUIET: Around = { assigns: [], targets: [], feed: { unresolved: '' }, unresolved: [] }

/** Read what variables hold that a command may run. It only may: restrictive rules alone are asked. */
export function readCodeVariables(
  reader: Reader,
  scope: Scope,
  assigns: readonly Assign[],
  part: number,
  depth: number,
): void {
  for (const { name, value } of assigns) {
    const expanded = EXPANDED.test(name) && SUBSTITUTES.test(value.text)
    if (value.text === '' || (!expanded && !CODE_VARIABLES.has(name))) continue
    readPossibly(reader, scope, expanded ? evaluated(value.text) : piped(value.text), part, depth)
  }
}

/** Remember a value that a substitution stands in: some places in a line evaluate it later. */
export function noteLatent(reader: Reader, { value }: Assign): void {
  if (value.known && SUBSTITUTES.test(value.text)) (reader.latent ??= []).push(value.text)
}

/** What stands in remembered values may run where the line evaluates variables. */
export function readLatent(reader: Reader, scope: Scope, line: string): void {
  if (reader.latent === undefined || !EVALUATES.test(line)) return
  const part = reader.subjects.findIndex(({ kind }) => kind === 'part')
  if (part < 0) return
  for (const text of reader.latent) readPossibly(reader, scope, evaluated(text), part, 0)
}

/** `LESSOPEN='|x %s'` */
const piped = (text: string): string => text.replace(/^\s*\|-?/, '')
const evaluated = (text: string): string => `: "${text.replace(/["\\]/g, '\\$&')}"`

function readPossibly(
  reader: Reader,
  scope: Scope,
  code: string,
  part: number,
  depth: number,
): void {
  if (depth >= DEPTH_LIMIT) return
  readPossible(reader, part, () => readText(reader, code, copyOf(scope), depth, QUIET))
}
