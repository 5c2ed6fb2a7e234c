import { LONGEST_NAME, secretWord } from './secret-names.ts'
import { findValue } from './secret-named.ts'
import {
  type CommandWords,
  DOTS,
  isBlank,
  isLetter,
  isQuote,
  type Reading,
  type ShortOption,
  startsMark,
} from '../engine/secret/text.ts'
import { isPath } from './secret-value.ts'

const DASH = 0x2d
const COMMA = 0x2c
const EQUALS = 0x3d
const COLON = 0x3a

/** Options whose value is `name:secret`; the short ones where the program has them so. */
const USER_OPTIONS: ReadonlySet<string> = new Set(['u', 'U', 'user', 'proxy-user'])
const USER_PROGRAMS =
  /curl|^(?:wget|https?|xh|ab|hey|siege|jf|jfrog|svn|ffuf|wfuzz|nuclei|mc|influx)$/i

interface Short extends ShortOption {
  /** The word that must stand behind the program. */
  readonly verb?: string
}

const glued = (letter: string): Short => ({ letter, glued: true })
const apart = (letter: string, verb?: string): Short => ({
  letter,
  glued: false,
  ...(verb === undefined ? undefined : { verb }),
})

/** Short options that hold a secret, by program. */
const PROGRAM_OPTIONS: Readonly<Record<string, readonly Short[]>> = {
  'mysql mysqldump mysqladmin mysqlimport mysqlshow mysqlcheck': [glued('p')],
  'mariadb mariadb-dump mariadb-admin': [glued('p')],
  'sshpass mongo mongosh mongodump mongorestore': [glued('p'), apart('p')],
  'redis-cli': [apart('a')],
  'ldapsearch ldapadd ldapmodify ldapdelete ldappasswd': [glued('w'), apart('w')],
  'sqlcmd bcp': [glued('P'), apart('P')],
  'zip unzip': [apart('P')],
  '7z 7za 7zr rar unrar': [glued('p')],
  'docker podman buildah skopeo helm nerdctl': [apart('p', 'login')],
}

const programs = new Map<string, readonly Short[]>()
for (const [names, rows] of Object.entries(PROGRAM_OPTIONS)) {
  for (const name of names.split(' ')) programs.set(name, rows)
}
const LETTERS = 'paPw'
/** Of the options that are looked at though their names are no secret ones. */
const USER_INITIALS = 'uUp'
const INITIALS = `${USER_INITIALS}${LETTERS}`

/** Whether an option, with its dashes, says that the next word is a secret. `--no-password` takes none, and a signature that is made or checked is no secret. */
export function isSecretOption(option: string): boolean {
  if (option.length > LONGEST_NAME || !/^-[\w.-]+$/.test(option)) return false
  const word = secretWord(option, option.length)
  return word !== undefined && word !== 'signature' && !/^--?no-/.test(option)
}

/** Look at an option that begins at `at`, behind a blank or a quote. */
export function findOption(reading: Reading, at: number): number {
  const { text } = reading
  const first = reading.code(at + 1)
  if (at < reading.named || (first !== DASH && !isLetter(first))) return at
  const nameEnd = reading.runEnd(DOTS, at)
  const isLong = first === DASH
  if (nameEnd - at > LONGEST_NAME) return at
  const word = secretWord(text, nameEnd)
  const initial = text[isLong ? at + 2 : at + 1] ?? ' '
  if (word === undefined && !INITIALS.includes(initial)) return at
  if (!isLong && LETTERS.includes(initial)) findShort(reading, at, nameEnd)
  if (word === undefined && !USER_INITIALS.includes(initial)) return at
  const start = separateValue(reading, nameEnd)
  const option = text.slice(isLong ? at + 2 : at + 1, nameEnd)
  if (isGluedUser(reading, at, nameEnd)) findUser(reading, at + 2)
  else if (USER_OPTIONS.has(option)) {
    const from = start ?? (reading.code(nameEnd) === EQUALS ? nameEnd + 1 : undefined)
    if (from === undefined) return at
    if (option.length > 1 || commandAround(reading, at).hasUsers) findUser(reading, from)
  } else if (start !== undefined && reading.code(start) !== DASH) {
    if (isSecretOption(text.slice(at, nameEnd))) {
      findValue(reading, start, { rule: 'option', place: 'data', name: option })
    }
  }
  return at
}

/** `curl -uname:secret` */
function isGluedUser(reading: Reading, at: number, nameEnd: number): boolean {
  return reading.code(nameEnd) === COLON && nameEnd > at + 2 &&
    'uU'.includes(reading.text[at + 1]!) && commandAround(reading, at).hasUsers
}

/** Where a value of its own begins: behind a blank, or as the next text of a list. */
function separateValue(reading: Reading, nameEnd: number): number | undefined {
  const next = reading.code(nameEnd)
  if (isBlank(next)) return reading.afterBlanks(nameEnd)
  if (isQuote(next) && reading.code(nameEnd + 1) === COMMA) {
    const start = reading.afterBlanks(nameEnd + 2)
    return isQuote(reading.code(start)) ? start : undefined
  }
  return undefined
}

/** `-u name:secret`; an image's `-u 1000:1000` and a remote path are none. */
function findUser(reading: Reading, from: number): void {
  const start = isQuote(reading.code(from)) ? from + 1 : from
  const end = reading.literalEnd(start)
  if (!reading.isEnd(end)) return
  const secret = userSecret(reading.text.slice(start, Math.min(end, start + 1000)))
  if (secret !== undefined) reading.add('user', 'data', [start + secret, end])
}

/** Where the secret of `name:secret` begins. */
function userSecret(text: string): number | undefined {
  const colon = text.indexOf(':')
  if (colon < 0 || text.startsWith('://', colon)) return undefined
  const user = text.slice(0, colon)
  const secret = text.slice(colon + 1)
  if (secret === '' || startsMark(secret) || isPath(secret)) return undefined
  if (/^\d+$/.test(secret) && /^\d*$/.test(user)) return undefined
  // `date -u +%H:%M`
  if (user.startsWith('+')) return undefined
  if (user.includes('@') && secret.includes('/')) return undefined
  return colon + 1
}

/** Short options of the programs above, which mean something else elsewhere. */
function findShort(reading: Reading, at: number, nameEnd: number): void {
  const { options } = commandAround(reading, at)
  if (options.length === 0) return
  const start = separateValue(reading, nameEnd)
  const isGlued = nameEnd > at + 2 || start === undefined
  const letter = reading.text[at + 1]
  if (!options.some((row) => row.letter === letter && row.glued === isGlued)) return
  const from = isGlued ? at + 2 : start!
  if (isBlank(reading.code(from)) || reading.code(from) === DASH) return
  findValue(reading, from, { rule: 'program-option', place: 'data', name: '' })
}

/** Words of a command that are looked through for its program: launchers may stand in front. */
const WORDS = 6
const SEPARATORS = ';|&\n(`'

/** What the simple command around `at` says of its short options. */
function commandAround(reading: Reading, at: number): CommandWords {
  const from = reading.commandStart(at, SEPARATORS)
  if (reading.command?.from !== from) {
    reading.command = { from, ...commandOf(wordsFrom(reading, from)) }
  }
  return reading.command
}

const BETWEEN = ' \t\r"\','

/** The first words of the command that begins there. */
function wordsFrom({ text }: Reading, from: number): string[] {
  const words: string[] = []
  let start = from
  for (let at = from; words.length <= WORDS; at++) {
    const isOver = at >= text.length || SEPARATORS.includes(text[at]!)
    if (!isOver && !BETWEEN.includes(text[at]!)) continue
    if (at > start) words.push(text.slice(start, at))
    start = at + 1
    if (isOver) break
  }
  return words
}

/** A program's name without its path, and without the bracket of a list in front. */
function nameOf(word: string): string {
  return word.slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('[')) + 1)
}

function commandOf(words: readonly string[]): Omit<CommandWords, 'from'> {
  const names = words.slice(0, WORDS + 1).map(nameOf)
  const rows = programs.get(names.find((name) => programs.has(name)) ?? '') ?? []
  return {
    options: rows.filter(({ verb }) => verb === undefined || words.includes(verb)),
    hasUsers: names.some((name) => USER_PROGRAMS.test(name)),
  }
}

/** Whether a text of a list may be a short option and its secret. */
export function mayBeGlued(item: string): boolean {
  return item.length > 2 && LETTERS.includes(item[1]!)
}

/** Where the secret begins in a text of a list, behind those in front of it. */
export function listedSecret(before: readonly string[], item: string): number | undefined {
  const option = before.at(-1) ?? ''
  if (item.startsWith('-')) {
    const { options } = commandOf(before)
    return options.some(({ letter, glued }) => glued && item.length > 2 && item[1] === letter)
      ? 2
      : undefined
  }
  if (!USER_OPTIONS.has(option.replace(/^--?/, ''))) return undefined
  return option.length > 2 || commandOf(before).hasUsers ? userSecret(item) : undefined
}
