import { baseName } from './program.ts'
import type { Command, Piece, Script, Word } from './syntax.ts'
import type { Field } from './words.ts'

/** What a command finds on its standard input. */
export interface Feed {
  /** The text where it can be told. */
  readonly text?: string | undefined
  /** Otherwise why not (security.md F24); '' where nothing is fed. */
  readonly unresolved: string
}

type Expand = (words: readonly Word[]) => readonly Field[]

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
export function feedOf(script: Script, index: number, expand: Expand): Feed {
  const command = script.commands[index]
  if (command?.redirects.length === 0 && script.pipelines.length === 0) return NOT_FED
  for (const redirect of [...(command?.redirects ?? [])].reverse()) {
    if (redirect.body !== undefined) return textOf(redirect.body)
    if (redirect.operator === '<<<') {
      const [field] = expand([{ ...redirect.target, pieces: quotedAll(redirect.target.pieces) }])
      return field?.known ? { text: field.text, unresolved: '' } : textOf(redirect.target)
    }
    if (redirect.operator === '<') return { unresolved: kindOfWord(redirect.target) }
    if (redirect.operator === '<&' && !/^\d?-?$/.test(redirect.target.raw)) {
      return { unresolved: 'text:unknown' }
    }
  }
  const piped = script.pipelines.find(({ members }) => members.indexOf(index) > 0)
  const members = piped?.members ??
    (command === undefined ? script.commands.map((_, i) => i) : [index])
  const upstream = members.slice(0, command === undefined ? undefined : members.indexOf(index))
  if (upstream.length === 0) return { unresolved: '' }
  const first = script.commands[upstream[0]!]!
  const printed = upstream.length === 1 ? printedByCommand(first, expand) : undefined
  if (printed !== undefined) return { text: printed, unresolved: '' }
  return { unresolved: kindOf(upstream.map((i) => script.commands[i]!)) }
}

function quotedAll(pieces: readonly Piece[]): readonly Piece[] {
  return pieces.map((piece) => ({ ...piece, quoted: true }))
}

/** A here-document is code for a shell; what it holds of expansions is expanded again when read. */
function textOf(word: Word): Feed {
  return {
    text: word.pieces.map((p) => p.kind === 'text' ? p.text : p.raw).join(''),
    unresolved: '',
  }
}

function kindOfWord(word: Word): string {
  const process = word.pieces.find((piece) => piece.kind === 'process')
  return process?.kind === 'process' ? kindOf(process.script.commands) : 'text:unknown'
}

/** Programs whose output is made to be run by a shell: completions, environments, prompts. */
const PRINTERS =
  /^(?:ssh-agent|dircolors|lesspipe|gpg-agent|keychain|register-python-argcomplete|(?:brew|linuxbrew) shellenv|[\w.-]+ (?:completions?|init|env|hook|shellenv|activate|docker-env|shell-hook|shell\.\w+|setup) ?[\w ./=-]*|direnv export \w+)(?: -{1,2}[\w=-]+)*$/

export function kindOf(commands: readonly Command[]): string {
  if (commands.length === 1 && isPrinter(commands[0]!)) return 'script-unreadable'
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
  const words = command.words.map((word) => {
    const text = word.pieces.map((piece) => piece.kind === 'text' ? piece.text : '').join('')
    return text.slice(text.lastIndexOf('/') + 1)
  })
  return [...inner, ...words, ...scriptsIn(command).flatMap((s) => s.commands.flatMap(namesIn))]
}

/** What a script prints where it is one `echo` or `printf` of known words. */
export function printedBy(script: Script, expand: Expand): string | undefined {
  const [only, ...others] = script.commands
  if (only === undefined || others.length > 0 || script.broken) return undefined
  return printedByCommand(only, expand)
}

function printedByCommand(command: Command, expand: Expand): string | undefined {
  const [first] = command.words
  const piece = first?.pieces[0]
  if (command.kind !== 'simple' || command.bound || command.redirects.length > 0) return undefined
  if (piece?.kind !== 'text' || !/^(?:echo|printf|which|command)$/.test(piece.text)) {
    return undefined
  }
  const fields = expand(command.words)
  const name = fields[0] === undefined ? undefined : baseName(fields[0])
  if (!fields.every(({ known, glob }) => known && !glob)) return undefined
  const args = fields.slice(1).map(({ text }) => text)
  if (name === 'echo') return echoed(args)
  if (name === 'which' || name === 'command') return located(name, args)
  return name === 'printf' ? printed(args) : undefined
}

/** Where a program lies nobody knows here, but it ends in its name. */
function located(name: string, args: readonly string[]): string | undefined {
  const [program, ...others] = name === 'command' && args[0] === '-v' ? args.slice(1) : args
  if (program === undefined || others.length > 0 || !/^[\w.+-]+$/.test(program)) return undefined
  return program.startsWith('-') || (name === 'command' && args[0] !== '-v')
    ? undefined
    : `/usr/bin/${program}`
}

function echoed(args: readonly string[]): string | undefined {
  const flags = args.findIndex((text) => !/^-[neE]+$/.test(text))
  const rest = flags < 0 ? [] : args.slice(flags)
  const options = flags < 0 ? args : args.slice(0, flags)
  const text = rest.join(' ')
  // Escapes are read by some shells unasked, so a text that holds any is not certain.
  return text.includes('\\') && !options.some((o) => o.includes('E')) ? undefined : text
}

function printed([format, ...args]: readonly string[]): string | undefined {
  if (format === undefined || format.startsWith('-')) return undefined
  const text = format.replaceAll('\\n', '\n').replaceAll('\\t', '\t')
  if (text.includes('\\') || /%(?!s)/.test(text)) return undefined
  const holes = text.split('%s')
  if (holes.length - 1 < args.length && holes.length > 1) {
    return args.map((arg) => holes.join('%s').replace('%s', () => arg)).join('')
  }
  return holes.map((part, i) => part + (i < holes.length - 1 ? args[i] ?? '' : '')).join('')
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
