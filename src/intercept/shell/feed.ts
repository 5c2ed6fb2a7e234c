import { fedText, printedByPipe } from './printed.ts'
import { printsNoCode } from './silent.ts'
import type { Command, Piece, Script, Word } from './syntax.ts'
import { expandOne, type Expansion, type Field } from './words.ts'

/** What a command finds on its standard input. */
export interface Feed {
  /** The text where it can be told. */
  readonly text?: string | undefined
  /** Otherwise why not (security.md F24); '' where nothing is fed. */
  readonly unresolved: string
  /** The commands it comes from. */
  readonly source?: Script | undefined
  /** The file it comes from. */
  readonly file?: Field | undefined
}

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

/** Standard input is what it was around the command. */
export const NOT_FED: Feed = { unresolved: '' }

/** The commands whose output a command finds on its standard input; all of them behind the last one. */
function upstreamOf({ commands, pipelines }: Script, index: number): readonly number[] {
  const command = commands[index]
  if (command === undefined) return commands.map((_, i) => i)
  const piped = pipelines.find(({ members }) => members.indexOf(index) > 0)?.members
  return piped?.slice(0, piped.indexOf(index)) ?? command.fedBy ?? []
}

/** What the command at `index` is fed: by a here-document, a here-string, or the pipe in front. */
export function feedOf(script: Script, index: number, expand: () => Expansion): Feed {
  const command = script.commands[index]
  const alone = script.pipelines.length === 0 && command?.fedBy === undefined
  if (command?.redirects.length === 0 && alone) return NOT_FED
  for (const redirect of [...(command?.redirects ?? [])].reverse()) {
    if (redirect.body !== undefined) return textOf(redirect.body)
    if (redirect.operator === '<<<') {
      const text = fedText(redirect, expand())
      return text === undefined
        ? stringFeed(redirect.target, expand())
        : { text: text.replace(/\n$/, ''), unresolved: '' }
    }
    if (redirect.operator === '<') return fileFeed(redirect.target, expand())
    if (redirect.operator === '<&' && !/^\d?-?$/.test(redirect.target.raw)) {
      return { unresolved: 'text:unknown' }
    }
  }
  const upstream = upstreamOf(script, index)
  if (upstream.length === 0) return NOT_FED
  const commands = upstream.map((i) => script.commands[i]!)
  const printed = printedByPipe(commands, expand())
  if (printed !== undefined) return { text: printed.replace(/\n$/, ''), unresolved: '' }
  return { unresolved: kindOf(commands, expand().outputs), source: sourceOf(commands) }
}

/**
 * What a command's `>(…)` is fed: what the command prints. Undefined for every other script that
 * stands in it.
 */
export function sinkFeed(
  command: Command,
  script: Script,
  own: Feed,
  expand: () => Expansion,
): Feed | undefined {
  const words = [...command.words, ...command.redirects.map(({ target }) => target)]
  const sink = words.some(({ pieces }) =>
    pieces.some((piece) =>
      piece.kind === 'process' && piece.script === script && piece.raw[0] === '>'
    )
  )
  if (!sink) return undefined
  if (own.unresolved !== '') return own
  const redirects = command.redirects.filter(({ operator }) => operator.startsWith('<'))
  const printed = printedByPipe([{ ...command, redirects }], expand())
  const kind = kindOf([{ ...command, redirects }], expand().outputs)
  return printed === undefined ? { unresolved: kind } : { text: printed, unresolved: '' }
}

const sourceOf = (commands: readonly Command[]): Script => ({
  raw: '',
  commands,
  pipelines: [],
  functions: [],
  broken: false,
})

/** A here-string that is not known: what a variable or a substitution alone makes of it, nobody can read. */
function stringFeed(word: Word, expansion: Expansion): Feed {
  const { output } = expandOne(word.pieces, expansion)
  if (output !== undefined) {
    return { unresolved: kindOf(output.commands, expansion.outputs), source: output }
  }
  const [only, ...others] = word.pieces
  return others.length === 0 && only?.kind !== 'text'
    ? { unresolved: 'text:unknown' }
    : textOf(word)
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
      ? { unresolved: kindOf(process.script.commands, expansion.outputs), source: process.script }
      : { text, unresolved: '' }
  }
  const file = expandOne(word.pieces, expansion)
  return { unresolved: 'text:unknown', file }
}

/** Programs whose output is made to be run by a shell: completions, environments, prompts. */
const PRINTERS =
  /^(?:ssh-agent|dircolors|lesspipe|gpg-agent|keychain|register-python-argcomplete|(?:brew|linuxbrew) shellenv|[\w.-]+ (?:completions?|init|env|hook|shellenv|activate|docker-env|shell-hook|shell\.\w+|setup) ?[\w ./=-]*|direnv export \w+)(?: -{1,2}[\w=-]+)*$/

/**
 * What text these commands print (security.md F24).
 *
 * @param outputs - the scripts whose output variables hold, where they are known.
 */
export function kindOf(
  commands: readonly Command[],
  outputs: ReadonlyMap<string, Script> = NO_OUTPUTS,
): string {
  if (commands.length === 1 && (isPrinter(commands[0]!) || asksForHelp(commands[0]!))) {
    return 'script-unreadable'
  }
  if (commands.length > 0 && commands.every((command) => kindOfOne(command) === SILENT)) {
    return SILENT
  }
  let kind = 'text:unknown'
  for (const command of commands) {
    const own = outputs.size === 0
      ? kindOfOne(command)
      : worst(kindOfOne(command), command, outputs)
    if (own === 'text:network') return own
    if (own !== 'text:unknown' && own !== SILENT) kind = own
  }
  return kind
}

/** What nobody reads and nobody needs to. */
const SILENT = 'script-unreadable'

const NO_OUTPUTS: ReadonlyMap<string, Script> = new Map()

/** `echo "$x"` prints what stands in `x`. */
function worst(own: string, command: Command, outputs: ReadonlyMap<string, Script>): string {
  for (const { pieces } of command.words) {
    for (const piece of pieces) {
      const held = piece.kind === 'variable' ? outputs.get(piece.name) : undefined
      const kind = held === undefined || own === 'text:network' ? own : kindOf(held.commands)
      if (kind === 'text:network' || kind === 'text:decoded') own = kind
    }
  }
  return own
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
  if (printsNoCode(command)) return SILENT
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
