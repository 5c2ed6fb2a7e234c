/** Where a shell's options end and what they make of the rest. */
export interface ShellOptions {
  /** Index of the first word that is no option: the line of `-c`, the script, or the first argument. */
  readonly at: number
  /** `-c`: that word is code. */
  readonly code: boolean
  /** `-s`: the script is standard input, whatever follows. */
  readonly input: boolean
  /** `-n`: it reads and runs nothing. */
  readonly noexec: boolean
  readonly interactive: boolean
  /** Index of what bash reads first when it is interactive. */
  readonly started?: number | undefined
  /** `--version` or `--help`: it ends. */
  readonly ends: boolean
}

interface Reading {
  at: number
  code: boolean
  input: boolean
  noexec: boolean
  interactive: boolean
  started?: number
  ends: boolean
}

/** bash takes them with one hyphen as well, in front of all others. */
const LONG = new Set(
  ('debug debugger dump-po-strings dump-strings help init-file login noediting noprofile norc posix ' +
    'pretty-print rcfile restricted verbose version').split(' '),
)
const RCFILE = /^--?(?:rcfile|init-file)$/
const ENDS = /^--?(?:help|version)$/

/**
 * Read the options of a shell as it does itself (shim/options.c is the same in C, and a test holds both
 * against the shells). `words` begins with the shell's name. Where shells differ in what they refuse, the
 * words are read on: who refuses runs nothing.
 */
export function readShellOptions(name: string, words: readonly string[]): ShellOptions {
  const reading: Reading = {
    at: 1,
    code: false,
    input: false,
    noexec: false,
    interactive: false,
    ends: false,
  }
  const zsh = /^r?zsh/.test(name)
  if (!zsh) readLong(reading, words)
  while (!reading.ends && /^[-+]/.test(words[reading.at] ?? '')) {
    const word = words[reading.at++]!
    if (word === '-' || word === '--' || (zsh && word === '+')) break
    if (word.startsWith('--')) readName(reading, word, zsh)
    else if (readCluster(reading, word, words, zsh)) break
  }
  return reading
}

function readLong(reading: Reading, words: readonly string[]): void {
  for (let word; (word = words[reading.at]) !== undefined; reading.at++) {
    if (!LONG.has(word.replace(/^--?/, '')) || !word.startsWith('-')) return
    if (ENDS.test(word)) reading.ends = true
    if (RCFILE.test(word)) reading.started = ++reading.at
  }
}

/** Behind short options bash refuses them; zsh and others take the names of options so. */
function readName(reading: Reading, word: string, zsh: boolean): void {
  if (ENDS.test(word)) reading.ends = true
  else if (RCFILE.test(word)) reading.started = reading.at++
  else if (word === '--emulate') reading.at++
  else if (zsh) readNamed(reading, word, true)
}

/** `shinstdin`, `no_exec`: letter case, hyphens and underscores do not count, `no` turns it round. */
function readNamed(reading: Reading, name: string, on: boolean): void {
  const plain = name.toLowerCase().replace(/[-_]/g, '')
  const turned = plain.startsWith('no') && plain !== 'notify'
  const value = turned ? !on : on
  const option = turned ? plain.slice(2) : plain
  if (option === 'stdin' || option === 'shinstdin') reading.input = value
  if (option === 'interactive') reading.interactive = value
  if (option === 'exec') reading.noexec = !value
}

/** Letters behind one sign; `o` (and `O` of bash) takes a word. Whether the options end here. */
function readCluster(
  reading: Reading,
  word: string,
  words: readonly string[],
  zsh: boolean,
): boolean {
  const on = word.startsWith('-')
  let last = false
  for (let i = 1; i < word.length; i++) {
    const letter = word[i]
    if (letter === 'o' && zsh) {
      readNamed(reading, i + 1 < word.length ? word.slice(i + 1) : words[reading.at++] ?? '', on)
      break
    }
    if (letter === 'o') readNamed(reading, words[reading.at++] ?? '', on)
    else if (letter === 'O' && !zsh) reading.at++
    else if (letter === 'c') reading.code = true
    else if (letter === 's') reading.input = on || !zsh
    else if (letter === 'i') reading.interactive = on
    else if (letter === 'n') reading.noexec = on
    else if (letter === 'b' || (letter === '-' && i === word.length - 1)) last ||= zsh
  }
  return last
}
