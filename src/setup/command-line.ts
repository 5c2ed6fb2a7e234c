import { quotedWords } from '../intercept/shell/quote.ts'

/** The programs that agents start under, and what each takes for one of ours. */
export const HOST_NAMES = [
  'claude-code',
  'codex',
  'cline',
  'cursor',
  'gemini',
  'copilot',
  'antigravity',
  'opencode',
] as const
export type HostName = typeof HOST_NAMES[number]

/** What a host is told to run, in the two forms that hosts take. */
export interface HookCall {
  /** For a shell. */
  readonly command: string
  /** For a plugin that starts a process by itself. */
  readonly argv: readonly string[]
  /** How long the host has to wait for a person's answer. */
  readonly seconds: number
}

/** What starts a hook. */
export interface HookProgram {
  /** The executable by an absolute path; never an interpreter with a script (security.md F37). */
  readonly path: string
  /** `shim`: the client in C, which has a command line of its own. */
  readonly kind: 'executable' | 'shim'
}

/** Code that a runtime inside our executable would take from the environment of whoever starts it (F37). */
export const CLEARED = ['BUN_OPTIONS', 'BUN_BE_BUN'] as const

/**
 * The one place where the command line of a hook is made. The state directory is named, so that no variable of
 * an agent's settings leads to another one (security.md F5).
 */
export function hookCall(
  program: HookProgram,
  host: HostName,
  { home, seconds }: { readonly home: string; readonly seconds: number },
): HookCall {
  // The switch point for `rampart-shim hook HOST`, the warm path: it falls back to the executable by itself.
  const words = program.kind === 'shim'
    ? ['hook', host, '--home', home]
    : ['hook', '--format', host, '--home', home]
  const argv = [program.path, ...words]
  const clear = CLEARED.map((name) => `${name}= `).join('')
  const command = `${program.kind === 'shim' ? '' : clear}${quotedWords(argv)}`
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
