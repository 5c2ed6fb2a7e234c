import type { Random } from '../differential/random.ts'
import { base64, encodedCommand, quoted } from './encode.ts'

/**
 * Lines of every construct the reader knows, nested in one another at random. `fuel` is what is left to
 * spend: each construct takes one and shares the rest, so that a line ends.
 */
export class Grammar {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  line(fuel: number): string {
    const r = this.#random
    let text = this.#command(fuel >> 1)
    for (let left = fuel; left > 0; left -= 1 + r.below(8)) {
      text += r.pick(SEPARATORS) + this.#command(r.below(left))
    }
    return text
  }

  #command(fuel: number): string {
    if (fuel <= 0) return this.#random.pick(PROGRAMS)
    return this.#random.pick(COMMANDS)(this, this.#random, fuel - 1)
  }

  simple(fuel: number): string {
    const r = this.#random
    let text = r.chance(0.2) ? `${r.pick(NAMES)}=${this.word(fuel >> 1)} ` : ''
    text += r.chance(0.8) ? r.pick(PROGRAMS) : this.word(fuel >> 1)
    for (let n = r.below(4); n > 0; n--) text += ` ${this.word(fuel >> 1)}`
    if (r.chance(0.2)) text += ` ${r.pick(REDIRECTS)} ${this.word(fuel >> 2)}`
    return text
  }

  word(fuel: number): string {
    let text = ''
    for (let n = 1 + this.#random.below(3); n > 0; n--) {
      text += fuel <= 0 ? this.#random.pick(TEXTS) : this.#random.pick(WORDS)(this, fuel - 1)
    }
    return text
  }

  /** Code as one quoted word. */
  code(fuel: number): string {
    return quoted(this.line(fuel >> 1))
  }
}

const SEPARATORS = [';', '\n', '&&', '||', '|', '&', '|&', ' ; ', ';;', '', ' '] as const
const PROGRAMS =
  ('rm cat echo a sh bash eval true cd cp git curl tee find xargs set shift read export ' +
    'printf python perl awk sed powershell base64 rev tr f g').split(' ')
const NAMES = ['a', 'b', 'c', 'x', 'HOME', 'PATH', 'IFS', 'PWD'] as const
const REDIRECTS = ['>', '<', '>>', '2>&1', '&>', '<<<', '<>', '>|', '2>', '>&-'] as const
const TEXTS = [
  ...['a', '/', '~', '~/x', '/etc/passwd', '../..', '-rf', '--x=y', '*', '?', '[a-z]', '{}', ';'],
  ...['https://a.test/b', 'a@b:c', '$', '$$', '\\', '\\\n', '"', "'", '`', '#', '!', '=', ':::'],
  ...['\u{1f600}', '\ud800', '\u0301', '\u202e', '\u00a0', '\r', '\t', '9'.repeat(20), '%s', '+'],
] as const

type Word = (grammar: Grammar, fuel: number) => string

const WORDS: readonly Word[] = [
  (g, f) => `'${g.word(f).replaceAll("'", '')}'`,
  (g, f) => `"${g.word(f)}"`,
  (g, f) => `$'${g.word(f)}\\x61\\n'`,
  (g, f) => `$(${g.line(f >> 1)})`,
  (g, f) => `"$(${g.line(f >> 1)})"`,
  (g, f) => `\`${g.line(f >> 1).replaceAll('`', '\\`')}\``,
  (g, f) => `<(${g.line(f >> 1)})`,
  (g, f) => `$((${g.word(f)}+1))`,
  (g, f) => `\${a:-${g.word(f)}}`,
  (g, f) => `\${x//${g.word(f)}/${g.word(f >> 1)}}`,
  (g, f) => `\${x##${g.word(f)}}`,
  (g, f) => `{${g.word(f >> 1)},${g.word(f >> 1)}}`,
  (g, f) => `${g.word(f >> 1)}{1..20}`,
  (g, f) => `[${g.word(f)}]*?`,
  (g, f) => `x=(${g.word(f >> 1)} ${g.word(f >> 1)})`,
  () => '$a',
  () => '"$@"',
  () => '${x[1]}',
  () => '$HOME/.ssh/id_rsa',
  (g, f) => g.word(f),
]

type Command = (grammar: Grammar, random: Random, fuel: number) => string

const COMMANDS: readonly Command[] = [
  (g, _, f) => g.simple(f),
  (g, _, f) => g.simple(f),
  (g, _, f) => `(${g.line(f >> 1)})`,
  (g, _, f) => `{ ${g.line(f >> 1)};}`,
  (g, _, f) => `if ${g.line(f >> 1)};then ${g.line(f >> 1)};else ${g.line(f >> 2)};fi`,
  (g, _, f) => `while ${g.line(f >> 2)};do ${g.line(f >> 1)};done`,
  (g, _, f) => `for i in ${g.word(f)} ${g.word(f)};do ${g.line(f >> 1)};done`,
  (g, _, f) => `case ${g.word(f)} in ${g.word(f >> 1)}) ${g.line(f >> 1)};; *) b;; esac`,
  (g, r, f) => `${r.pick(['f', 'g', 'a'])}(){ ${g.line(f >> 1)};}`,
  (g, _, f) => `[[ ${g.word(f)} == ${g.word(f)} && -n ${g.word(f >> 1)} ]]`,
  (g, _, f) => `((${g.word(f)}))`,
  (g, r, f) =>
    `${r.pick(['cat', 'sh', 'python', 'cat >x'])} <<${r.pick(['E', "'E'", '-E'])}\n` +
    `${g.line(f >> 1)}\nE\n`,
  (g, r, f) => `${r.pick(LAUNCHERS)} ${g.simple(f)}`,
  (g, r, f) => `${r.pick(SHELLS)} ${g.code(f)}`,
  (g, _, f) => `find / ${g.word(f >> 1)} -exec ${g.simple(f)} {} \\;`,
  (g, _, f) => `${g.simple(f >> 1)} | xargs -I{} ${g.simple(f >> 1)} {}`,
  (g, _, f) => `echo ${base64(g.line(f >> 1))} | base64 -d | sh`,
  (g, _, f) => `echo ${quoted([...g.line(f >> 1)].reverse().join(''))} | rev | bash`,
  (g, _, f) => `printf '%s\\n' ${g.word(f)} ${g.word(f)} | tr a-z b-za | sed s/a/bb/g | sh`,
  (g, _, f) => `pwsh -enc ${encodedCommand(g.line(f >> 1))}`,
  (g, _, f) => `cmd /c ${g.code(f)}`,
  (g, _, f) => `python -c ${quoted(`import os;os.system(${JSON.stringify(g.line(f >> 1))})`)}`,
  (g, _, f) => `a=${g.word(f)};b=$a$a;a=$b$b;${g.simple(f >> 1)} $a $b`,
  (g, _, f) => `set -- ${g.word(f)} ${g.word(f)};rm $@ "$1"`,
  (g, _, f) => `alias a=${g.code(f)};trap ${g.code(f >> 1)} EXIT`,
]

const LAUNCHERS = [
  'sudo',
  'env',
  'env A=1',
  'nohup',
  'nice',
  'timeout 1',
  'command',
  'exec',
  'time',
  'watch',
  'flock /l',
  'parallel',
  'ssh h',
  'docker exec c',
  'busybox',
  'xargs',
  'git -C /',
] as const
const SHELLS = ['sh -c', 'bash -lc', 'eval', 'pwsh -c', 'su -c', 'perl -e', 'awk', 'ssh h'] as const
