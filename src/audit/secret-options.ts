import { LONGEST_NAME, secretWord } from './secret-names.ts'
import { findValue } from './secret-named.ts'
import { DOTS, isBlank, isLetter, isQuote, type Reading, type ShortOption } from './secret-text.ts'
import { isPath } from './secret-value.ts'

const DASH = 0x2d
const COMMA = 0x2c
const EQUALS = 0x3d

/** Options whose value is `name:secret`. */
const USER_OPTIONS: ReadonlySet<string> = new Set(['u', 'U', 'user', 'proxy-user'])

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

/** Whether an option, with its dashes, says that the next word is a secret or holds one. */
export function optionKind(option: string): 'secret' | 'user' | undefined {
  if (!option.startsWith('-') || option.length > LONGEST_NAME) return undefined
  if (USER_OPTIONS.has(option.replace(/^--?/, ''))) return 'user'
  return secretWord(option, option.length) === undefined ? undefined : 'secret'
}

/** Look at an option that begins at `at`, behind a blank or a quote. */
export function findOption(reading: Reading, at: number): number {
  const { text } = reading
  const first = reading.code(at + 1)
  if (first !== DASH && !isLetter(first)) return at
  const nameEnd = reading.runEnd(DOTS, at)
  const next = reading.code(nameEnd)
  if (nameEnd - at > LONGEST_NAME) return at
  const start = separateValue(reading, nameEnd)
  const dashes = text.charCodeAt(at + 1) === DASH ? 2 : 1
  const option = text.slice(at + dashes, nameEnd)
  if (USER_OPTIONS.has(option)) {
    const from = start ?? (next === EQUALS ? nameEnd + 1 : undefined)
    if (from !== undefined) findUser(reading, from)
    return at
  }
  if (dashes === 1 && LETTERS.includes(text[at + 1] ?? ' ')) {
    return findShort(reading, at, start, option)
  }
  if (start === undefined || reading.code(start) === DASH) return at
  if (secretWord(text, nameEnd) === undefined) return at
  findValue(reading, start, { rule: 'option', place: 'data', name: option })
  return at
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
export function findUser(reading: Reading, from: number): void {
  const start = isQuote(reading.code(from)) ? from + 1 : from
  const end = reading.literalEnd(start)
  if (!reading.isEnd(end)) return
  const secret = userSecret(reading.text.slice(start, Math.min(end, start + 1000)))
  if (secret !== undefined) reading.add('user', 'data', [start + secret, end])
}

/** Where the secret of `name:secret` begins. */
export function userSecret(text: string): number | undefined {
  const colon = text.indexOf(':')
  if (colon < 0 || text.startsWith('://', colon)) return undefined
  const user = text.slice(0, colon)
  const secret = text.slice(colon + 1)
  if (secret === '' || secret.startsWith('[redacted-') || isPath(secret)) return undefined
  if (/^\d+$/.test(secret) && /^\d*$/.test(user)) return undefined
  if (user.includes('@') && secret.includes('/')) return undefined
  return colon + 1
}

/** Short options of the programs above, which mean something else elsewhere. */
function findShort(
  reading: Reading,
  at: number,
  start: number | undefined,
  option: string,
): number {
  const isGlued = option.length > 1 || start === undefined
  const row = optionsAround(reading, at).find(({ letter, glued }) =>
    letter === option[0] && glued === isGlued
  )
  const from = isGlued ? at + 2 : start!
  if (row !== undefined && !isBlank(reading.code(from)) && reading.code(from) !== DASH) {
    findValue(reading, from, { rule: 'program-option', place: 'data', name: '' })
  }
  return at
}

/** Words of a command that are looked through for its program: launchers may stand in front. */
const WORDS = 6
const LONGEST_LOOK = 200
const SEPARATORS = ';|&\n(`'

/** The short options of the simple command around `at` that hold secrets. */
function optionsAround(reading: Reading, at: number): readonly ShortOption[] {
  const from = reading.commandStart(at, SEPARATORS)
  if (reading.command?.from !== from) {
    reading.command = {
      from,
      options: optionsOf(reading.text.slice(from, Math.min(at, from + LONGEST_LOOK))),
    }
  }
  return reading.command.options
}

function optionsOf(command: string): readonly Short[] {
  const words = command.split(/[\s"',[\]]+/).map((word) => word.slice(word.lastIndexOf('/') + 1))
  const program = words.slice(0, WORDS + 1).find((word) => programs.has(word))
  const rows = programs.get(program ?? '') ?? []
  return rows.filter(({ verb }) => verb === undefined || words.includes(verb))
}

/** Whether the second or a later text of a list is a secret of its first: `["mysql", "-psecret"]`. */
export function gluedSecret(program: string, option: string): number | undefined {
  const rows = programs.get(program.slice(program.lastIndexOf('/') + 1))
  if (rows === undefined || option.length < 3 || option[0] !== '-') return undefined
  return rows.some(({ letter, glued }) => glued && letter === option[1]) ? 2 : undefined
}
