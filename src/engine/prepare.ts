import { type CommandGlob, compileCommandGlob } from './match/command-glob.ts'
import { canonicalCommandText } from './match/command-text.ts'
import { type Bits, type GlobSet, isSet } from './match/glob-set.ts'
import { type Grams, gramsOf } from './match/grams.ts'
import type { CommandForms, Subject } from './types.ts'

/** What came of asking all globs of a set at once. */
export interface Met {
  readonly set: GlobSet
  readonly bits: Bits
}

/** One text a glob may be held against, with the ranges a permissive `*` may not cross. */
export interface FencedText {
  readonly text: string
  readonly fences: readonly (readonly [start: number, end: number])[]
}

/** A command's spellings as globs meet them: blanks around operators gone, the home in both forms. */
export interface PreparedCommand {
  readonly forms: CommandForms
  /** What a restrictive rule is held against: as written, as words, with assignments. */
  readonly any: readonly string[]
  /** As written, as words, with assignments: each as it is, in lower case. */
  readonly folded: readonly string[]
  /** The program's name as a pattern, where the shell would look for a file that meets it. */
  readonly hidden: CommandGlob | undefined
  /** Whether a literal may stand in one of the texts of `any`. */
  mayHold(literal: string): boolean
  /** Which globs of the set meet one of the texts of `any`, as soon as somebody has asked for all. */
  readonly met: Met | undefined
  /** Ask for all of them, if nobody has. */
  meetAll(set: GlobSet): Met
  /** Whether a text of `any` is so long that it is filed before it is searched. */
  readonly isLong: boolean
  /** What a permissive rule is held against: each text is the whole command, spelled differently. */
  readonly whole: readonly FencedText[]
}

/** Texts up to this length are searched faster than they are filed. */
const SEARCHED = 512

/** Bring a subject's command into the spellings that globs are compiled to; once per evaluation. */
export function prepareCommand(
  subject: Subject,
  homes: readonly string[],
): PreparedCommand | undefined {
  return subject.command === undefined ? undefined : new Prepared(subject.command, homes)
}

/** The parts that a span joins. */
export class Joined {
  readonly commands: readonly PreparedCommand[]
  readonly #globs: () => GlobSet
  #bits: Bits | undefined

  constructor(commands: readonly PreparedCommand[], globs: () => GlobSet) {
    this.commands = commands
    this.#globs = globs
  }

  /** Whether a glob meets one of the parts; undefined where the set does not hold it. */
  meets(source: string): boolean | undefined {
    const number = this.#globs().numberOf(source)
    return number === undefined ? undefined : isSet(this.met(), number)
  }

  /** Which globs of the set meet one of the parts. */
  met(): Bits {
    return this.#bits ??= this.#all()
  }

  #all(): Bits {
    const set = this.#globs()
    const bits = new Uint32Array((set.sources.length + 31) >> 5)
    for (const command of this.commands) {
      command.meetAll(set).bits.forEach((word, i) => bits[i]! |= word)
    }
    return bits
  }
}

/** A class, for getters of a literal are made anew for every command, which costs more than all they give. */
class Prepared implements PreparedCommand {
  readonly forms: CommandForms
  readonly any: readonly string[]
  readonly hidden: CommandGlob | undefined
  readonly #homes: readonly string[]
  readonly isLong: boolean
  met: Met | undefined
  #grams: Grams | undefined
  #folded: readonly string[] | undefined
  #whole: readonly FencedText[] | undefined

  constructor(forms: CommandForms, homes: readonly string[]) {
    this.forms = forms
    this.any = spellingsOf(forms, homes)
    this.hidden = hiddenProgram(forms)
    this.#homes = homes
    this.isLong = !this.any.every(({ length }) => length < SEARCHED)
  }

  mayHold(literal: string): boolean {
    if (!this.isLong) return true
    return (this.#grams ??= gramsOf(this.any))(literal)
  }

  meetAll(set: GlobSet): Met {
    return this.met ??= { set, bits: set.meeting(this.any) }
  }

  get folded(): readonly string[] {
    return this.#folded ??= foldedTexts(this.forms)
  }

  get whole(): readonly FencedText[] {
    return this.#whole ??= wholeTexts(this.forms, this.#homes)
  }
}

function spellingsOf({ words, raw, whole }: CommandForms, homes: readonly string[]): string[] {
  const any: string[] = []
  addSpellings(any, words, homes)
  if (raw !== words) addSpellings(any, raw, homes)
  if (whole !== words && whole !== raw) addSpellings(any, whole, homes)
  return any
}

/** In the spelling of the command itself: `command_contains` speaks of text, not of words. */
function foldedTexts({ words, raw, whole }: CommandForms): readonly string[] {
  return [...new Set([words, raw, whole])].map((text) => text.toLowerCase())
}

/** `/bin/r?` may be `rm`. */
function hiddenProgram({ program, argv }: CommandForms): CommandGlob | undefined {
  if (program !== undefined || argv.length === 0) return undefined
  const word = argv[0]!
  if (!/[*?[]/.test(word)) return undefined
  const base = word.slice(word.lastIndexOf('/') + 1, NAME_LIMIT)
  // `*)` is the arm of a `case`; a name of nothing but wildcards means something only behind a path.
  if (!word.startsWith('/') && !/[A-Za-z]/.test(base)) return undefined
  return compileCommandGlob(base.toLowerCase())
}

const NAME_LIMIT = 4096

function addSpellings(any: string[], spelling: string, homes: readonly string[]): void {
  const text = canonicalCommandText(spelling)
  if (!any.includes(text)) any.push(text)
  for (const other of homeSpellings(text, homes)) if (!any.includes(other)) any.push(other)
}

const FENCE_LIMIT = 64

function wholeTexts(forms: CommandForms, homes: readonly string[]): FencedText[] {
  const text = canonicalCommandText(forms.whole)
  // So many that each costs a pass over the text: then no wildcard may stand for any of it.
  if (forms.fences.length > FENCE_LIMIT) return [{ text, fences: [[0, text.length]] }]
  const fences = text === forms.whole ? forms.fences : forms.fences.map(([start, end]) =>
    [
      canonicalCommandText(forms.whole.slice(0, start)).trimEnd().length,
      canonicalCommandText(forms.whole.slice(0, end)).length,
    ] as const
  )
  // Other spellings of the home move offsets, so they are offered only where there is no fence.
  const others = fences.length > 0 ? [] : homeSpellings(text, homes)
  return [{ text, fences }, ...others.map((other) => ({ text: other, fences: [] }))]
}

const NONE: readonly string[] = []

/** The text with `~` for each home at the start of a word, and with the first home for each `~`. */
function homeSpellings(text: string, homes: readonly string[]): readonly string[] {
  const tilde = text.includes('~')
  let spellings = NONE
  for (const home of homes) {
    if (home.length > 1 && text.includes(home)) {
      spellings = withOther(spellings, text, replaceWords(text, home, '~'))
    }
    if (tilde) spellings = withOther(spellings, text, replaceWords(text, '~', home))
  }
  return spellings
}

function withOther(
  spellings: readonly string[],
  text: string,
  spelling: string,
): readonly string[] {
  return spelling === text ? spellings : [...spellings, spelling]
}

/** Replace `from` by `to` where it begins a word and ends at `/` or at the word's end. */
function replaceWords(text: string, from: string, to: string): string {
  const starts = ' \t=:|&;<>\n"\''
  let out = ''
  let at = 0
  for (let i = text.indexOf(from); i >= 0; i = text.indexOf(from, i + from.length)) {
    const after = text[i + from.length]
    const begins = i === 0 || starts.includes(text[i - 1]!)
    const ends = after === undefined || after === '/' || starts.includes(after)
    if (!begins || !ends) continue
    out += text.slice(at, i) + to
    at = i + from.length
  }
  return out + text.slice(at)
}
