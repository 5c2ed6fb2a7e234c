import { FIELD_LIMIT } from './limits.ts'
import { fedText, printedByPipe } from './printed.ts'
import type { Command, Piece, Script, Word } from './syntax.ts'
import { expandOne, type Expansion, type Field } from './words.ts'

/** What a command finds on its standard input. */
export interface Feed {
  /** The text where it can be told. */
  readonly text?: string | undefined
  /** Otherwise why not (security.md F24); '' where nothing is fed. */
  readonly unresolved: string
  /** The file it comes from. */
  readonly file?: Field | undefined
}

const NETWORK = new Set([
  'curl',
  'wget',
  'nc',
  'ncat',
  'netcat',
  'fetch',
  'http',
  'https',
  'xh',
  'aria2c',
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

const NOT_FED: Feed = { unresolved: '' }

/** What the command at `index` is fed: by a here-document, a here-string, or the pipe in front. */
export function feedOf(script: Script, index: number, expand: () => Expansion): Feed {
  const command = script.commands[index]
  if (command?.redirects.length === 0 && script.pipelines.length === 0) return NOT_FED
  for (const redirect of [...(command?.redirects ?? [])].reverse()) {
    if (redirect.body !== undefined) return textOf(redirect.body)
    if (redirect.operator === '<<<') {
      const text = fedText(redirect, expand())
      return text === undefined
        ? textOf(redirect.target)
        : { text: text.replace(/\n$/, ''), unresolved: '' }
    }
    if (redirect.operator === '<') return fileFeed(redirect.target, expand())
    if (redirect.operator === '<&' && !/^\d?-?$/.test(redirect.target.raw)) {
      return { unresolved: 'text:unknown' }
    }
  }
  const piped = script.pipelines.find(({ members }) => members.indexOf(index) > 0)
  const members = piped?.members ??
    (command === undefined ? script.commands.map((_, i) => i) : [index])
  const upstream = members.slice(0, command === undefined ? undefined : members.indexOf(index))
  if (upstream.length === 0) return { unresolved: '' }
  const commands = upstream.map((i) => script.commands[i]!)
  const printed = printedByPipe(commands, expand())
  if (printed !== undefined) return { text: printed.replace(/\n$/, ''), unresolved: '' }
  return { unresolved: kindOf(commands) }
}

/** A here-document is code for a shell; what it holds of expansions is expanded again when read. */
function textOf(word: Word): Feed {
  return {
    text: word.pieces.map((p) => p.kind === 'text' ? p.text : p.raw).join(''),
    unresolved: '',
  }
}

/** `< file`: a file that can be named is as good as a script's. */
function fileFeed(word: Word, expansion: Expansion): Feed {
  const process = word.pieces.find((piece) => piece.kind === 'process')
  if (process?.kind === 'process') {
    const text = printedByPipe(process.script.commands, expansion)
    return text === undefined
      ? { unresolved: kindOf(process.script.commands) }
      : { text, unresolved: '' }
  }
  const file = expandOne(word.pieces, expansion)
  return { unresolved: 'text:unknown', file }
}

/** Programs whose output is made to be run by a shell: completions, environments, prompts. */
const PRINTERS =
  /^(?:ssh-agent|dircolors|lesspipe|gpg-agent|keychain|register-python-argcomplete|(?:brew|linuxbrew) shellenv|[\w.-]+ (?:completions?|init|env|hook|shellenv|activate|docker-env|shell-hook|shell\.\w+|setup) ?[\w ./=-]*|direnv export \w+)(?: -{1,2}[\w=-]+)*$/

export function kindOf(commands: readonly Command[]): string {
  if (commands.length === 1 && (isPrinter(commands[0]!) || asksForHelp(commands[0]!))) {
    return 'script-unreadable'
  }
  let kind = 'text:unknown'
  for (const command of commands) {
    const own = kindOfOne(command)
    if (own === 'text:network') return own
    if (own !== 'text:unknown') kind = own
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

/** Every command of a long pipeline asks about all in front of it. */
const KINDS = new WeakMap<Command, string>()

function kindOfOne(command: Command): string {
  const known = KINDS.get(command)
  if (known !== undefined) return known
  const names = namesIn(command)
  const kind = names.some((name) => NETWORK.has(name))
    ? 'text:network'
    : names.some((name) => DECODING.has(name))
    ? 'text:decoded'
    : 'text:unknown'
  KINDS.set(command, kind)
  return kind
}

/** Every plain word of a command, base names: a launcher in front hides nothing. */
function namesIn(command: Command): string[] {
  const inner = command.script?.commands.flatMap(namesIn) ?? []
  // Names that far behind the first are nobody's program.
  const words = command.words.slice(0, FIELD_LIMIT).map((word) => {
    const text = word.pieces.map((piece) => piece.kind === 'text' ? piece.text : '').join('')
    return text.slice(text.lastIndexOf('/') + 1)
  })
  return [...inner, ...words, ...scriptsIn(command).flatMap((s) => s.commands.flatMap(namesIn))]
}

/** Scripts that stand in a command's words, redirections and here-documents. */
export function scriptsIn(command: Command): Script[] {
  const words = [
    ...command.words,
    ...command.redirects.flatMap(({ target, body }) =>
      body === undefined ? [target] : [target, body]
    ),
  ]
  return words.flatMap(({ pieces }) => scriptsOf(pieces))
}

function scriptsOf(pieces: readonly Piece[]): Script[] {
  return pieces.flatMap((piece): Script[] => {
    switch (piece.kind) {
      case 'script':
      case 'process':
        return [piece.script]
      case 'variable':
        return scriptsOf(piece.operand)
      case 'opaque':
        return scriptsOf(piece.inside)
      case 'list':
        return piece.words.flatMap((word) => scriptsOf(word.pieces))
      case 'text':
        return []
    }
  })
}
