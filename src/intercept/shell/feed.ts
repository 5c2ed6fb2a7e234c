import { runsInput } from './foreign.ts'
import { isInput, isInterpreter, takesCodeFirst } from './interpreters.ts'
import { kindOf } from './kinds.ts'
import { listedBy } from './listed.ts'
import type { Launcher } from './launcher-row.ts'
import { LAUNCHERS } from './launchers.ts'
import { expands } from './plain.ts'
import { fedText, printedByPipe } from './printed.ts'
import { printedFile } from './printed-file.ts'
import type { Command, Redirect, Script, Word } from './syntax.ts'
import { isWindowsShell } from '../windows/paths.ts'
import { expandOne, type Expansion, type Field } from './words.ts'

/** What a command finds on its standard input. */
export interface Feed {
  /** The text where it can be told. */
  readonly text?: string | undefined
  /** Otherwise why not (security.md F24); '' where nothing is fed. */
  readonly unresolved: string
  /** The commands it comes from. */
  readonly source?: Script | undefined
  /** Names of files that it may hold, for who takes it for names. */
  readonly names?: readonly Field[] | undefined
  /** The file it comes from. */
  readonly file?: Field | undefined
  /** A launcher made words of it: whom it launches finds nothing there. */
  readonly taken?: true
}

/** Standard input is what it was around the command. */
export const NOT_FED: Feed = { unresolved: '' }

/** The commands whose output a pipe leads into a command; all of them behind the last one. */
function pipedInto({ commands, pipelines }: Script, index: number): readonly number[] | undefined {
  if (index >= commands.length) return commands.map((_, i) => i)
  const piped = pipelines.find(({ members }) => members.indexOf(index) > 0)?.members
  return piped?.slice(0, piped.indexOf(index))
}

/**
 * Whether a command may look at what it is fed: launchers, interpreters, what sets variables or hands on,
 * and who is not known by a plain name. What a pipe hands to the others is nobody's code.
 */
function looksAtFeed({ kind, words, redirects }: Command): boolean {
  const sole = words[0]?.sole
  if (kind !== 'simple' || sole === undefined) return true
  const { text, quoted } = sole
  if (!quoted && (text.includes('=') || expands(text))) return true
  const name = text.includes('/') ? text.slice(text.lastIndexOf('/') + 1) : text
  if (name === '' || READERS.has(name) || isWindowsShell(text)) return true
  if (redirects.length + words.length > 1 && hasSink(words, redirects)) return true
  if (redirects.some(isOutput)) return true
  const row = LAUNCHERS.get(name)
  const form = row?.form
  // These are given their code in words; only where a word is not known may it be what is fed.
  const inWords = form === 'git' || takesCodeFirst(name) ||
    (form === 'option' && row!.bare !== true && !words.some((word) => holdsCode(word, row!)))
  if (inWords && words.every(isSpelled)) return false
  return form !== undefined || isInterpreter(name)
}

/** `script -c CODE`: the code finds what is fed. */
const holdsCode = ({ sole }: Word, { code }: Launcher): boolean =>
  sole !== undefined && code?.includes(sole.text) === true

/** Into a file, where what was fed may be found later. */
const isOutput = ({ operator, target }: Redirect): boolean =>
  operator.startsWith('>') && !/^(?:\/dev\/null|&?\d?-?)$/.test(target.raw)

/** A word that says all there is to it, and does not send its reader to standard input. */
function isSpelled({ sole }: Word): boolean {
  if (sole === undefined || runsInput(sole.text)) return false
  return !isInput(sole.text.replace(/^(?:-f|--file=)/, ''))
}

/**
 * What the command at `index` is fed: by a here-document, a here-string, or the pipe in front.
 *
 * @param called - it may be a function, whose commands are fed in its place.
 */
export function feedOf(
  script: Script,
  index: number,
  expand: () => Expansion,
  called: boolean,
): Feed {
  const command = script.commands[index]
  const alone = script.pipelines.length === 0 && command?.fedBy === undefined &&
    command?.input === undefined
  if (command?.redirects.length === 0 && alone) return NOT_FED
  if (command !== undefined && !called && !looksAtFeed(command)) return NOT_FED
  for (const redirect of [...(command?.redirects ?? [])].reverse()) {
    const fed = redirectFeed(redirect, expand)
    if (fed !== undefined) return fed
  }
  const piped = pipedInto(script, index)
  const around = command?.input
  const heeded = around !== undefined && piped?.some((i) => i >= around.from) !== true
  const fed = heeded ? redirectFeed(around.redirect, expand) : undefined
  if (fed !== undefined) return fed
  const upstream = piped ?? command?.fedBy ?? []
  if (upstream.length === 0) return NOT_FED
  const commands = upstream.map((i) => script.commands[i]!)
  const expansion = expand()
  const printed = printedByPipe(commands, expansion)
  if (printed !== undefined) return { text: printed.replace(/\n$/, ''), unresolved: '' }
  return {
    unresolved: kindOf(commands, expansion),
    source: sourceOf(commands),
    file: printedFile(commands, expansion),
    names: takesNames(command) ? listedBy(commands, expansion) : undefined,
  }
}

/** What a redirection leads into standard input; undefined for one that does not. */
function redirectFeed(redirect: Redirect, expand: () => Expansion): Feed | undefined {
  const { operator, target, body } = redirect
  if (body !== undefined) return textOf(body)
  if (operator === '<<<') {
    const text = fedText(redirect, expand())
    return text === undefined
      ? stringFeed(target, expand())
      : { text: text.replace(/\n$/, ''), unresolved: '' }
  }
  if (operator === '<') return fileFeed(target, expand())
  // What stands behind another descriptor was put there by somebody.
  if (operator === '<&' && !/^[0-2]?-?$/.test(target.raw)) return { unresolved: 'text:unknown' }
  return undefined
}

/** Whether a `>(…)` stands in a command, this one or any. */
function hasSink(
  words: readonly Word[],
  redirects: Command['redirects'],
  script?: Script,
): boolean {
  const isSink = ({ pieces }: Word) =>
    pieces.some((piece) =>
      piece.kind === 'process' && piece.raw[0] === '>' &&
      (script === undefined || piece.script === script)
    )
  return words.some(isSink) || redirects.some(({ target }) => isSink(target))
}

/** Whose variables or files hold what they are fed. */
const READERS = new Set(['read', 'mapfile', 'readarray', 'tee', 'sponge', 'dd'])

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
  if (!hasSink(command.words, command.redirects, script)) return undefined
  if (own.unresolved !== '') return own
  const redirects = command.redirects.filter(({ operator }) => operator.startsWith('<'))
  const printed = printedByPipe([{ ...command, redirects }], expand())
  const kind = kindOf([{ ...command, redirects }], expand())
  return printed === undefined ? { unresolved: kind } : { text: printed, unresolved: '' }
}

/** `xargs`, behind whatever launchers, and what reads lines into variables. */
function takesNames(command: Command | undefined): boolean {
  return command?.words.some(({ raw }) =>
    /^(?:g?xargs|parallel|read|mapfile|readarray)$/.test(raw)
  ) ===
    true
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
    return { unresolved: kindOf(output.commands, expansion), source: output }
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
  if (process?.kind === 'process') return scriptFeed(process.script, expansion)
  return { unresolved: 'text:unknown', file: expandOne(word.pieces, expansion) }
}

/** The same for a file that an option names. */
export function feedFrom(file: Field, expansion: Expansion): Feed {
  return file.process === undefined
    ? { unresolved: 'text:unknown', file }
    : scriptFeed(file.process, expansion)
}

function scriptFeed(source: Script, expansion: Expansion): Feed {
  const text = printedByPipe(source.commands, expansion)
  return text === undefined
    ? {
      unresolved: kindOf(source.commands, expansion),
      source,
      file: printedFile(source.commands, expansion),
    }
    : { text, unresolved: '' }
}
