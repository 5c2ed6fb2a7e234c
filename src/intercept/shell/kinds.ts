import { LazyMap } from './lazy.ts'
import { FIELD_LIMIT } from './limits.ts'
import { printsLocalFile, printsNoCode } from './silent.ts'
import type { Command, Piece, Script } from './syntax.ts'
import { expandOne, type Expansion } from './words.ts'

/** Programs that print what comes from other hosts. */
export const NETWORK: ReadonlySet<string> = new Set([
  'curl',
  'wget',
  'nc',
  'ncat',
  'netcat',
  'fetch',
  'http',
  'https',
  'xh',
  'xhs',
  'httpie',
  'aria2c',
  'axel',
  'lwp-download',
  'lwp-request',
  'GET',
  'lftp',
  'sftp',
  'tftp',
  'smbclient',
  'rclone',
  'lynx',
  'ftp',
  'scp',
  'ssh',
  'socat',
  'telnet',
  'dig',
  'nslookup',
])
const DECODING = new Set([
  'base64',
  'base32',
  'basenc',
  'xxd',
  'openssl',
  'gunzip',
  'gzip',
  'zcat',
  'bunzip2',
  'xz',
  'unxz',
  'zstd',
  'uudecode',
  'rev',
  'tr',
  'gpg',
])

/** Programs whose output is made to be run by a shell: completions, environments, prompts. */
const PRINTERS =
  /^(?:ssh-agent|dircolors|lesspipe|gpg-agent|keychain|register-python-argcomplete|(?:brew|linuxbrew) shellenv|[\w.-]+ (?:completions?|init|env|hook|shellenv|activate|docker-env|shell-hook|shell\.\w+|setup) ?[\w ./=-]*|direnv export \w+)(?: -{1,2}[\w=-]+)*$/

/**
 * What text these commands print (security.md F24).
 *
 * @param expansion - what the line made of names; without it they are what they are everywhere.
 */
export function kindOf(commands: readonly Command[], expansion?: Expansion): string {
  const [first, ...others] = commands
  if (first === undefined) return 'text:unknown'
  const made = expansion !== undefined && madeOf(first, expansion) !== undefined
  const sole = others.length === 0 && !made
  if (sole && (isPrinter(first) || asksForHelp(first))) return SILENT
  if (expansion === undefined) return commands.map(kindOfOne).reduce(worse)
  return commands.map((command) =>
    worse(
      expansion.values.size + expansion.outputs.size === 0
        ? kindOfOne(command)
        : heldKind(command, expansion),
      madeKind(command, expansion),
    )
  ).reduce(worse)
}

/** The bodies of a function, none of an alias; undefined where a name is nothing that the line made. */
export function madeOf(
  command: Command,
  { functions, aliases }: Pick<Expansion, 'functions' | 'aliases'>,
): readonly Script[] | undefined {
  if (functions.size + aliases.size === 0) return undefined
  const name = nameOf(command)
  return functions.get(name) ?? (aliases.has(name) ? [] : undefined)
}

/** `cat() { curl …; }`: what a name does that the line itself gave a meaning. */
function madeKind(command: Command, expansion: Expansion): string {
  const bodies = madeOf(command, expansion)
  if (bodies === undefined) return SILENT
  const alias = expansion.aliases.get(nameOf(command)) ?? ''
  const names = bodies.flatMap(({ commands }) => commands.flatMap(namesIn))
  return kindByNames([...names, ...alias.split(/[\s|;&]+/)])
}

function nameOf({ words: [first] }: Command): string {
  return first?.pieces.map((piece) => piece.kind === 'text' ? piece.text : '').join('') ?? ''
}

/** What nobody reads and nobody needs to. */
const SILENT = 'script-unreadable'

/** From what is best to what is worst. */
const KINDS = [SILENT, 'text:unknown', 'text:decoded', 'text:network']
const worse = (a: string, b: string): string => KINDS.indexOf(a) < KINDS.indexOf(b) ? b : a

/** `echo "$x"` prints what stands in `x`, and `$x` prints what the program of that name does. */
function heldKind(command: Command, expansion: Expansion): string {
  const { words } = command
  const [first] = words
  // What a variable holds may have been made with that variable: nobody looks into it twice.
  const unheld = { ...expansion, values: new LazyMap<never>(), outputs: new LazyMap<never>() }
  let kind = kindOfOne(command)
  if (first?.pieces.some((piece) => piece.kind !== 'text')) {
    const { text } = expandOne(first.pieces, expansion)
    kind = worse(kind, kindByNames([text.slice(text.lastIndexOf('/') + 1)]))
  }
  for (const { pieces } of words) {
    for (const piece of pieces) {
      const held = piece.kind === 'variable' ? expansion.outputs.get(piece.name) : undefined
      if (held !== undefined) kind = worse(kind, kindOf(held.commands, unheld))
    }
  }
  return kind
}

/** Programs that print what they are given: `cat env` is no program's own environment. */
const COPIERS = new Set(
  'cat tac nl head tail less more sed awk gawk grep egrep rg echo printf cut sort uniq tee dd strings jq yq od fold cp sudo env'
    .split(' '),
)

function isPrinter(command: Command): boolean {
  const raw = command.raw.trim()
  const name = /^[\w.-]+/.exec(raw)?.[0] ?? ''
  return PRINTERS.test(raw) && !NETWORK.has(name) && !DECODING.has(name) && !COPIERS.has(name)
}

/** `curl --version`: what is asked first is answered, and nothing else is done. */
function asksForHelp({ raw, redirects }: Command): boolean {
  return redirects.length === 0 && /^[\w.-]+ --(?:help|version)(?: |$)/.test(raw.trim())
}

function kindOfOne(command: Command): string {
  return command.feeds ??= printsNoCode(command)
    ? SILENT
    : printsLocalFile(command)
    ? 'text:unknown'
    : kindByNames(namesIn(command))
}

function kindByNames(names: readonly string[]): string {
  return names.some((name) => NETWORK.has(name))
    ? 'text:network'
    : names.some((name) => DECODING.has(name))
    ? 'text:decoded'
    : 'text:unknown'
}

/** Every plain word of a command, base names: a launcher in front hides nothing. */
function namesIn(command: Command): string[] {
  const names = command.script?.commands.flatMap(namesIn) ?? []
  // Names that far behind the first are nobody's program.
  for (const { sole, pieces } of command.words.slice(0, FIELD_LIMIT)) {
    const text = sole?.text ??
      pieces.map((piece) => piece.kind === 'text' ? piece.text : '').join('')
    names.push(text.includes('/') ? text.slice(text.lastIndexOf('/') + 1) : text)
  }
  for (const script of scriptsIn(command)) names.push(...script.commands.flatMap(namesIn))
  return names
}

/** Scripts that stand in a command's words, redirections and here-documents. */
export function scriptsIn({ words, redirects }: Command): readonly Script[] {
  const found: Script[] = []
  for (const { sole, pieces } of words) if (sole === undefined) addScripts(found, pieces)
  for (const { target, body } of redirects) {
    addScripts(found, target.pieces)
    if (body !== undefined) addScripts(found, body.pieces)
  }
  return found
}

function addScripts(found: Script[], pieces: readonly Piece[]): void {
  for (const piece of pieces) {
    switch (piece.kind) {
      case 'script':
      case 'process':
        found.push(piece.script)
        break
      case 'variable':
        addScripts(found, piece.operand)
        break
      case 'opaque':
        addScripts(found, piece.inside)
        break
      case 'list':
        for (const word of piece.words) addScripts(found, word.pieces)
    }
  }
}
