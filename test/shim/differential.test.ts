import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { readShellOptions } from '../../src/intercept/shell/shell-options.ts'
import { ALLOW, type Asked, type Bench, has, type Ran, run, whyNot, withShim } from './bench.ts'

const skip = whyNot()

/** `S` stands for a script file that prints S; a word that prints its last letter is a line. */
const COMMON = [
  '-c',
  '-ec',
  '-ce',
  '-cs',
  '-sc',
  '+c',
  '-o',
  '+o',
  '-e',
  '+e',
  '-x',
  '-u',
  '-s',
  '+s',
  '--',
  '-',
  '+',
  '-l',
  '-n',
  '+n',
  'echo A',
  'echo B',
  'echo C',
  'S',
  'S',
  'noexec',
  'errexit',
  'nosuch',
  '-oc',
  '-co',
  '-eo',
  '-oo',
  '',
  '-f',
  '-i',
  '--version',
  '--help',
  '-q',
  '-Z',
]
const OWN: Readonly<Record<string, readonly string[]>> = {
  bash: [
    '--norc',
    '-norc',
    '--noprofile',
    '-login',
    '--posix',
    '-posix',
    '--rcfile',
    '-rcfile',
    '-init-file',
    '/dev/null',
    '-O',
    '+O',
    'extglob',
    'pipefail',
    '-Oc',
    '-oO',
    '-D',
    '-r',
    '--restricted',
    '-p',
    '-v',
    '--verbose',
    '--nosuch',
  ],
  dash: ['stdin', '-I', '-V', '-E', '-oe', 'interactive', '-a', '-b'],
  zsh: [
    '--emulate|sh',
    '--emulate|ksh',
    '-oerrexit',
    '-oshinstdin',
    'shinstdin',
    'no_exec',
    '--no-rcs',
    '--no-exec',
    '--shin-stdin',
    '-fc',
    '-y',
    '-0',
    '-b',
    '-cb',
    '-A',
    '-e-',
    '- ',
    '--noshinstdin',
    '-ocerrexit',
  ],
}

/** What people and agents write, each word for word. */
const WRITTEN: readonly (readonly [shell: string, ...args: string[]])[] = [
  ['bash', '-c', 'echo A'],
  ['bash', '-lc', 'echo A'],
  ['bash', '-ec', 'echo A; false; echo B'],
  ['bash', '-euo', 'pipefail', '-c', 'echo A'],
  ['bash', '-c', 'exit 42'],
  ['bash', '-c', 'kill -9 $$'],
  ['bash', '-c', 'kill -TERM $$'],
  ['bash', '-c', 'printf "%s|" "$0" "$@"', 'zero', 'a b', '', '*'],
  ['bash', '-c'],
  ['bash', '-o'],
  ['bash', '+o'],
  ['bash', 'nosuch-file'],
  ['bash', '/'],
  ['bash', ''],
  ['bash', '-c', ''],
  ['bash', '-c', 'echo "'],
  ['bash', '-c', 'nosuch-program'],
  ['bash', '-x', '-c', 'echo A'],
  ['bash', '-c', 'cat'],
  ['bash', '-c', 'read x; echo "$x"'],
  ['bash', '-s', 'a b', 'c'],
  ['bash', '-'],
  ['bash', '--', 'S', '-c', 'echo A'],
  ['bash', '-c', '--', 'echo A'],
  ['bash', '-cl', 'echo A'],
  ['bash'],
  ['bash', '--rcfile', '/dev/null', '-ic', 'echo A'],
  ['bash', '-O', 'extglob', '-c', 'echo A'],
  ['bash', '-v', 'S'],
  ['sh', '-c', 'echo A; exit 3'],
  ['sh', '-ec', 'false'],
  ['sh', 'S', 'x'],
  ['sh', '-s', 'x'],
  ['sh'],
  ['dash', '-c', 'echo "$0"', 'n'],
  ['dash', '-o', 'stdin', 'x'],
  ['dash', '-oc', 'errexit', 'echo A'],
  ['dash', '-c'],
  ['dash', '-o'],
  ['dash', '-k'],
  ['dash', 'S'],
  ['dash', '-xc', 'echo A'],
  ['zsh', '-c', 'echo A', 'x'],
  ['zsh', '-fc', 'echo $0', 'n'],
  ['zsh', '--emulate', 'sh', '-c', 'echo A'],
  ['zsh', '-oerrexit', '-c', 'false; echo A'],
  ['zsh', '--version'],
  ['zsh', 'S', 'a'],
  ['zsh', '-s', 'a'],
]

/** The same words every time; SHIM_SEED tries others. `a|b` are two words. */
function* generated(shell: string, count: number, seed: number): Generator<string[]> {
  const words = [...COMMON, ...OWN[shell]!]
  let state = seed
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  for (let i = 0; i < count; i++) {
    yield Array.from({ length: 1 + next(6) }, () => words[next(words.length)]!).flatMap((word) =>
      word.split('|')
    )
  }
}

const STDIN = 'echo I; exit 9\n'

interface Pair {
  readonly shell: string
  readonly args: readonly string[]
  readonly real: Ran
  readonly ours: Ran
  readonly asked: readonly Asked[]
}

async function pairOf(bench: Bench, shell: string, given: readonly string[]): Promise<Pair> {
  const script = join(bench.dir, 'S')
  const args = given.map((word) => word === 'S' ? script : word)
  // No startup file, and the same name in messages.
  const home = join(bench.dir, 'home')
  const options = { input: STDIN, env: { HOME: home }, argv0: shell, cwd: home }
  const real = await run(`/bin/${shell}`, args, options)
  const before = bench.asked.length
  const ours = await run(join(bench.dir, shell), args, options)
  return { shell, args, real, ours, asked: bench.asked.slice(before) }
}

/** Lines of one letter that were printed: what ran. */
function printed(real: Ran): string[] {
  return real.out.split('\n').filter((line) => /^[ABCSI]$/.test(line))
}

function wasAsked(letter: string, asked: readonly Asked[], dir: string): boolean {
  const { argv, command } = asked[0]!.body.params
  const text = command ?? (argv[1] === '-c' ? argv[2] : argv[1] === '--' ? argv[2] : '')
  return letter === 'S' ? text === join(dir, 'S') : String(text).includes(`echo ${letter}`)
}

function check({ shell, args, real, ours, asked }: Pair, dir: string): void {
  const what = JSON.stringify([shell, ...args])
  if (ours.err.startsWith('rampart: blocked: ')) {
    // What we cannot read we refuse; nobody is asked, and nothing that people write is refused.
    assert.equal(asked.length, 0, what)
    assert.equal(ours.code, 126, what)
    return
  }
  assert.equal(asked.length, 1, what)
  assert.deepEqual({ ...ours }, { ...real }, what)
  for (const letter of printed(real)) {
    assert.ok(
      wasAsked(letter, asked, dir),
      `${what} ran ${letter} and asked ${JSON.stringify(asked[0]!.body.params)}`,
    )
  }
}

/** The reader of command lines finds the same: what ran is what it would judge. */
function checkReader({ shell, args, real }: Pair): void {
  const { at, code, input, noexec, interactive, ends } = readShellOptions(shell, [shell, ...args])
  const word = args[at - 1]
  const what = JSON.stringify([shell, ...args])
  for (const letter of printed(real)) {
    assert.ok(!ends && (!noexec || interactive), `${what} ran ${letter}`)
    if (letter === 'I') assert.ok(input || word === undefined || /\/\w+$/.test(word), what)
    else if (letter === 'S') assert.equal(basename(word ?? ''), 'S', what)
    else assert.ok(code && word?.includes(`echo ${letter}`), `${what} ran ${letter}`)
  }
}

test('allowed, a shell is the real one: argv, exit code, signal, stdout and stderr of 200 calls', {
  skip,
}, () =>
  withShim(() => ALLOW, async (bench) => {
    mkdirSync(join(bench.dir, 'home'))
    writeFileSync(join(bench.dir, 'S'), 'echo S\n')
    const seed = Number(process.env.SHIM_SEED ?? 7)
    const shells = ['bash', 'dash', ...(has('zsh') ? ['zsh'] : [])]
    const calls: [string, readonly string[]][] = [
      ...WRITTEN.filter(([shell]) => has(shell)).map((
        [shell, ...args],
      ): [string, string[]] => [shell, args]),
      ...shells.flatMap((shell) =>
        [...generated(shell, 60, seed)].map((args): [string, string[]] => [shell, args])
      ),
    ]
    let ran = 0
    let refused = 0
    for (const [index, [shell, args]] of calls.entries()) {
      const pair = await pairOf(bench, shell, args)
      check(pair, bench.dir)
      checkReader(pair)
      if (printed(pair.real).length > 0) ran++
      if (pair.ours.err.startsWith('rampart: blocked: ')) {
        assert.ok(index >= WRITTEN.length || args[0] === '-k', `${shell} ${args.join(' ')}`)
        // All but these the shells refuse themselves.
        if (!/-c together with -s|-b of zsh|a hyphen among/.test(pair.ours.err)) {
          assert.deepEqual(printed(pair.real), [], JSON.stringify([shell, ...args]))
        }
        refused++
      }
    }
    assert.ok(
      calls.length >= 200 && ran > calls.length / 5 && refused < calls.length / 2,
      `${ran} ran, ${refused} refused`,
    )
  }))
