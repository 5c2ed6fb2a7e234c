/** Letters that mean a long option, by program; '' holds for every other one. */
const LETTERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '': { recursive: 'rR', force: 'f', help: 'h', verbose: 'v', quiet: 'q' },
  chmod: { recursive: 'R' },
  chown: { recursive: 'R' },
  chgrp: { recursive: 'R' },
  cp: { recursive: 'rRa', force: 'f' },
  curl: {
    data: 'd',
    form: 'F',
    'upload-file': 'T',
    output: 'o',
    'remote-name': 'O',
    request: 'X',
    header: 'H',
    insecure: 'k',
    user: 'u',
  },
  git: { force: 'f', delete: 'dD' },
  rm: { recursive: 'rR', force: 'f', dir: 'd', interactive: 'iI' },
  sed: { 'in-place': 'i', expression: 'e', quiet: 'n' },
  wget: { 'output-document': 'O', quiet: 'q', 'no-check-certificate': '' },
}

/** Words up to which a command is gone through for each question. */
const FEW = 64

/**
 * Whether a command has a flag in any spelling that its program knows: `-rf`, `-r -f`, `--recursive`,
 * and with `lenient` what getopt takes for an abbreviation. `flag` is a letter or a long name.
 */
export function hasFlag(argv: readonly string[], flag: string, lenient: boolean): boolean {
  const program = argv[0]?.slice(argv[0].lastIndexOf('/') + 1).toLowerCase() ?? ''
  const letters = flag.length === 1
    ? flag
    : LETTERS[Object.hasOwn(LETTERS, program) ? program : '']?.[flag] ?? ''
  if (argv.length > FEW) return isGiven(givenTo(argv), flag, letters, lenient)
  for (let i = 1; i < argv.length; i++) {
    const text = argv[i]!
    if (text === '--') return false
    if (!text.startsWith('-')) continue
    if (text.startsWith('--')) {
      if (isLong(text.slice(2), flag, lenient)) return true
    } else if (text.slice(1) === flag) return true
    else for (const letter of letters) if (text.includes(letter, 1)) return true
  }
  return false
}

/** What a command is given that begins with `-`. */
interface Given {
  readonly argv: readonly string[]
  /** Behind `--`, up to a `=`. */
  readonly long: ReadonlySet<string>
  /** Behind a single `-`, and its letters. */
  readonly short: ReadonlySet<string>
  readonly letters: ReadonlySet<string>
}

/** The last one read: every rule asks about the same command in turn. */
let latest: Given | undefined

function givenTo(argv: readonly string[]): Given {
  if (latest?.argv === argv) return latest
  const long = new Set<string>()
  const short = new Set<string>()
  const letters = new Set<string>()
  for (let i = 1; i < argv.length && argv[i] !== '--'; i++) {
    const text = argv[i]!
    if (text.startsWith('--')) long.add(text.slice(2).split('=', 1)[0]!)
    else if (text.startsWith('-')) {
      short.add(text.slice(1))
      for (const letter of text.slice(1)) letters.add(letter)
    }
  }
  return latest = { argv, long, short, letters }
}

function isGiven(
  { long, short, letters }: Given,
  flag: string,
  meant: string,
  lenient: boolean,
): boolean {
  if (long.has(flag) || short.has(flag)) return true
  for (const letter of meant) if (letters.has(letter)) return true
  if (!lenient) return false
  for (let end = 1; end < flag.length; end++) if (long.has(flag.slice(0, end))) return true
  return false
}

function isLong(given: string, flag: string, lenient: boolean): boolean {
  const equals = given.indexOf('=')
  const name = equals < 0 ? given : given.slice(0, equals)
  return name === flag || (lenient && name.length > 0 && flag.length > 1 && flag.startsWith(name))
}
