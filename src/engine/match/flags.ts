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

/**
 * Whether a command has a flag in any spelling that its program knows: `-rf`, `-r -f`, `--recursive`,
 * and with `lenient` what getopt takes for an abbreviation. `flag` is a letter or a long name.
 */
export function hasFlag(argv: readonly string[], flag: string, lenient: boolean): boolean {
  const program = argv[0]?.slice(argv[0].lastIndexOf('/') + 1).toLowerCase() ?? ''
  const letters = flag.length === 1
    ? flag
    : LETTERS[Object.hasOwn(LETTERS, program) ? program : '']?.[flag] ?? ''
  for (const text of argv.slice(1)) {
    if (text === '--') return false
    if (!text.startsWith('-')) continue
    if (text.startsWith('--')) {
      if (isLong(text.slice(2), flag, lenient)) return true
    } else if (text.slice(1) === flag) return true
    else if ([...letters].some((letter) => text.includes(letter, 1))) return true
  }
  return false
}

function isLong(given: string, flag: string, lenient: boolean): boolean {
  const equals = given.indexOf('=')
  const name = equals < 0 ? given : given.slice(0, equals)
  return name === flag || (lenient && name.length > 0 && flag.length > 1 && flag.startsWith(name))
}
