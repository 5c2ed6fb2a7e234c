import { basename, delimiter, join } from 'node:path'
import process from 'node:process'

/** What a wrapped program is told of Rampart. */
export interface Governed {
  readonly home: string
  readonly socket: string
  readonly agent: string
  readonly session: string
  readonly run: string
  /** Absolute path of a program that decides where the server cannot. */
  readonly bin: string
  readonly failOpen: boolean
  readonly quiet: boolean
  /** How long an answer may take; undefined: as the clients have it. Longer is no looser. */
  readonly timeoutMs: string | undefined
  /** The library under a path that the loader's variable can hold; undefined: not loaded. */
  readonly library: string | undefined
  /** We asked about the program ourselves. */
  readonly asked: boolean
  readonly files: boolean
  readonly net: boolean
  /** Directory with a name for each shell; undefined: shells are left alone. */
  readonly shells: { readonly dir: string; readonly names: readonly string[] } | undefined
}

type Variables = Readonly<Record<string, string | undefined>>

/** Ours to set; anything else of this name is an earlier one's, a secret, or an attempt to loosen (F5). */
const isOurs = (name: string) => name.startsWith('RAMPART_') && name !== 'RAMPART_AGENT_DEPTH'

/**
 * The environment of a wrapped program: the caller's, without any `RAMPART_*` of its own (a token never
 * gets in), with where the server is, the library before other preloaded ones, and shells that ask.
 */
export function childEnvironment(own: Variables, governed: Governed): Record<string, string> {
  const kept = Object.entries(own).filter((entry): entry is [string, string] =>
    entry[1] !== undefined && !isOurs(entry[0])
  )
  const env: Record<string, string> = { ...Object.fromEntries(kept), ...settingsFor(governed) }
  // The library asks about a program of which nobody has asked: of our child, we have.
  if (governed.asked) env['RAMPART_ASKED'] = `s${process.pid}`
  const { library, shells } = governed
  if (library !== undefined) {
    const others = (own['LD_PRELOAD'] ?? '').split(/[:\s]+/)
      .filter((one) => one !== '' && basename(one) !== basename(library))
    env['LD_PRELOAD'] = [library, ...others].join(':')
  }
  if (shells !== undefined) {
    env['PATH'] = withFirst(shells.dir, own['PATH'])
    const shell = shellOf(own['SHELL'], shells.names)
    const forAgents = ['bash', 'zsh'].find((name) => name === shell || shells.names.includes(name))
    if (shell !== undefined) env['SHELL'] = join(shells.dir, shell)
    delete env['CLAUDE_CODE_SHELL']
    if (forAgents !== undefined) env['CLAUDE_CODE_SHELL'] = join(shells.dir, forAgents)
  }
  return env
}

/** The same as variables and as the file beside the shells, which no environment overrules. */
export function settingsFor(governed: Governed): Record<string, string> {
  const { library, files, net } = governed
  const preload = ['exec', ...(files ? ['file'] : []), ...(net ? ['net'] : [])].join(',')
  return {
    RAMPART_HOME: governed.home,
    RAMPART_SOCKET: governed.socket,
    RAMPART_AGENT: governed.agent,
    RAMPART_SESSION: governed.session,
    RAMPART_RUN: governed.run,
    RAMPART_BIN: governed.bin,
    RAMPART_FAIL_OPEN: governed.failOpen ? '1' : '0',
    ...(governed.timeoutMs === undefined ? {} : { RAMPART_TIMEOUT_MS: governed.timeoutMs }),
    ...(governed.quiet ? { RAMPART_QUIET: '1' } : {}),
    ...(library === undefined ? {} : { RAMPART_LIB: library, RAMPART_PRELOAD: preload }),
  }
}

/** The directory first, and nowhere else: whoever searches behind it must not find it again. */
function withFirst(dir: string, path: string | undefined): string {
  const left = (path ?? '').split(delimiter).filter((one) => one !== '' && one !== dir)
  return [dir, ...(left.length === 0 ? ['/usr/local/bin', '/usr/bin', '/bin'] : left)].join(
    delimiter,
  )
}

/** The person's own shell, as far as it is one that can ask; else the first that can. */
function shellOf(own: string | undefined, names: readonly string[]): string | undefined {
  const wanted = own === undefined ? undefined : basename(own)
  return names.find((name) => name === wanted) ?? names[0]
}
