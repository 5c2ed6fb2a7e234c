import type { HostName as HookFormat } from '../hosts/host.ts'
import { quotedWords } from '../intercept/shell/quote.ts'

/** A host that `setup` knows. */
export type HostName = Exclude<HookFormat, 'generic'>

/** What a host is told to run, in the two forms that hosts take. */
export interface HookCall {
  /** For a shell. */
  readonly command: string
  /** For a plugin that starts a process by itself. */
  readonly argv: readonly string[]
  /** How long the host has to wait for a person's answer. */
  readonly seconds: number
}

/** What starts a hook, by absolute paths; never an interpreter with a script (security.md F37). */
export type HookProgram =
  | { readonly kind: 'executable'; readonly path: string }
  /** The client in C, which asks the server and starts `bin` where none answers. */
  | { readonly kind: 'shim'; readonly path: string; readonly bin: string }

/** Code that a runtime inside our executable would take from the environment of whoever starts it (F37). */
export const CLEARED = ['BUN_OPTIONS', 'BUN_BE_BUN'] as const

export interface HookSettings {
  readonly home: string
  /** Where the server listens; undefined where it has no socket. */
  readonly socket: string | undefined
  /** How long the host waits. */
  readonly seconds: number
}

/** Our own answer is out so long before the host gives up, for most of them then let the call run. */
const AHEAD_S = 20

/**
 * The one place where the command line of a hook is made. Directory and socket are named, so
 * that no variable of an agent's settings leads to others (security.md F5).
 */
export function hookCall(
  program: HookProgram,
  host: HostName,
  { home, socket, seconds }: HookSettings,
): HookCall {
  const words = program.kind === 'shim'
    ? ['hook', host, '--bin', program.bin]
    : ['hook', '--format', host]
  const where = socket === undefined ? [] : ['--socket', socket]
  const deadline = ['--timeout-ms', String((seconds - AHEAD_S) * 1000)]
  const argv = [program.path, ...words, '--home', home, ...where, ...deadline]
  // The client clears them by itself.
  const clear = program.kind === 'shim' ? '' : CLEARED.map((name) => `${name}= `).join('')
  const command = `${clear}${quotedWords(argv)}`
  return { command, argv, seconds }
}

/** Ours, whichever version, path or form wrote it: `…/rampart hook --format HOST`, `…/rampart-shim hook HOST`. */
export function isOurs(command: string, host: HostName): boolean {
  const words = wordsOf(command)
  const at = words.findIndex((word, index) =>
    word === 'hook' &&
    /(?:^|[\\/])(?:rampart(?:-shim|\.mjs|\.exe)?|cli\.ts)$/.test(words[index - 1] ?? '')
  )
  if (at < 0) return false
  const rest = words.slice(at + 1)
  if (rest[0] === host || rest.includes(`--format=${host}`)) return true
  const format = rest.indexOf('--format')
  return format >= 0 && rest[format + 1] === host
}

/** The words of a line that we made, or that people type; a line with more shell in it has other words. */
export function wordsOf(line: string): string[] {
  const found = line.match(/(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+/g) ?? []
  return found.map((word) =>
    word.replace(
      /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g,
      (_, single, double, escaped) => single ?? escaped ?? double.replace(/\\([\\"$`])/g, '$1'),
    )
  )
}
