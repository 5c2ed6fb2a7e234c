import { isInterpreter, takesCodeFirst } from './interpreters.ts'
import { LAUNCHERS } from './launchers.ts'
import { expands } from './plain.ts'
import { fedText, printedByPipe } from './printed.ts'
import type { Command, Piece, Script, Word } from './syntax.ts'
import { isWindowsShell } from '../windows/paths.ts'
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

/**
 * Whether a command may look at what it is fed: launchers, interpreters, and who is not known by a plain
 * name. What a pipe hands to the others is nobody's code.
 */
function looksAtFeed({ kind, words }: Command): boolean {
  const sole = words[0]?.sole
  if (kind !== 'simple' || sole === undefined) return true
  const { text, quoted } = sole
  if (!quoted && (text.includes('=') || expands(text))) return true
  const name = text.includes('/') ? text.slice(text.lastIndexOf('/') + 1) : text
  if (name === '' || isWindowsShell(text)) return true
  const form = LAUNCHERS.get(name)?.form
  // These are given their code in words; only where a word is not known may it be what is fed.
  const inWords = form === 'option' || form === 'git' || takesCodeFirst(name)
  if (inWords && words.every(({ sole }) => sole !== undefined)) return false
  return form !== undefined || isInterpreter(name)
}

/** What the command at `index` is fed: by a here-document, a here-string, or the pipe in front. */
export function feedOf(script: Script, index: number, expand: () => Expansion): Feed {
  const command = script.commands[index]
  if (command?.redirects.length === 0 && script.pipelines.length === 0) return NOT_FED
  if (command !== undefined && !looksAtFeed(command)) return NOT_FED
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

function kindOfOne(command: Command): string {
  return command.feeds ??= kindByNames(namesIn(command))
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
  for (const { sole, pieces } of command.words) {
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
