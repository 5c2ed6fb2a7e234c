// One process's part of the hostile figures, as JSON: `node --expose-gc bench/floods.ts`.
import process from 'node:process'
import { evaluate } from '../src/engine/evaluate.ts'
import type { PolicySet } from '../src/engine/policy-set.ts'
import { RampartError } from '../src/errors.ts'
import { profileSet } from '../test/detection/measure.ts'
import { callOf, factsOf, setOf } from '../test/helpers/engine.ts'

const KIB = 1024
const ROUNDS = 5

/** Each costs more than its length somewhere unless a bound holds. */
const FLOODS = [
  ...[
    '$(',
    '`a',
    '"a\'',
    'a;',
    'a|',
    'a&&',
    '(',
    '((',
    '$((',
    '{a,b}',
    '{',
    '<<E ',
    '<(cat ',
    '>a ',
  ],
  ...['sudo ', 'sh -c ', 'eval ', 'xargs ', 'cat ~/a ', 'rm -rf /a ', 'cd a&&', 'HOME=/x;'],
  ...[
    'A=$A$A;',
    '${A:-',
    '$A',
    'f(){ ',
    'case a in ',
    'if a;then ',
    'a\\\n',
    '\\',
    "$'\\x41'",
    '~/*',
  ],
  ...['echo YQ==|base64 -d|sh;', 'python3 -c "', 'find . -exec ', 'curl a.test ', '../', 'é', '\0'],
  ...['a=(', '[[ a =~ ', 'trap "', 'alias a=b;', 'env -S "', 'ssh a ', 'git -c a=b ', '\n', '#'],
]

interface Worst {
  readonly flood: string
  readonly value: number
}

const facts = factsOf()
const standard = profileSet('standard')

/** Conditions of a thousand rules, of which texts of the right letters hold all that a literal can ask. */
const CONDITIONS: readonly ((n: number) => unknown)[] = [
  (n) => ({ command_matches: [`*a*${n.toString(36)}*a*zq*`] }),
  (n) => ({ command_matches: [`*${letters(n, 5).join('*')}*zq*`] }),
  (n) => ({ command_matches: [`*${letters(n, 2).join('?')}*${letters(n + 7, 3).join('[!x]')}*`] }),
  (n) => ({ command_contains: [`${letters(n, 4).join('')}`] }),
  (n) => ({ path_matches: [`**/${letters(n, 3).join('*/*')}*zq`] }),
  (n) => ({ domain_matches: [`*.${n.toString(36)}*t*.zq`] }),
]
const thousands = CONDITIONS.map((when) =>
  setOf({
    user: [{
      name: 'thousand',
      rules: Array.from({ length: 1000 }, (_, n) => ({ action: 'deny', when: when(n) })),
    }],
  })
)

/** Letters that floods are made of, another choice for each number. */
function letters(n: number, count: number): string[] {
  return Array.from({ length: count }, (_, at) => 'abceht/-o$'[Math.floor(n / 3 ** at) % 10]!)
}

function judge(set: PolicySet, command: string): void {
  try {
    evaluate(set, callOf('exec', { command }), facts)
  } catch (error) {
    // Refused counts as answered; anything else is a bug that the benchmark must not hide.
    if (!(error instanceof RampartError)) throw error
  }
}

function line(flood: string, length: number): string {
  return flood.repeat(Math.floor(length / flood.length))
}

/** Milliseconds of its best round. */
function took(set: PolicySet, command: string): number {
  let best = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    const from = performance.now()
    judge(set, command)
    best = Math.min(best, performance.now() - from)
  }
  return best
}

/** Megabytes of heap and buffers that are there after a line and were not before, garbage included. */
function grew(command: string): number {
  globalThis.gc?.()
  const before = held()
  judge(standard, command)
  return (held() - before) / 1e6
}

function held(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function worst(measure: (flood: string) => number): Worst {
  return FLOODS.map((flood) => ({ flood, value: measure(flood) }))
    .reduce((a, b) => b.value > a.value ? b : a)
}

// Any server has judged other lines before.
for (const set of [standard, ...thousands]) {
  for (const flood of FLOODS) judge(set, line(flood, 64 * KIB))
}

process.stdout.write(JSON.stringify({
  mib: worst((flood) => took(standard, line(flood, 1024 * KIB))),
  longest: worst((flood) => took(standard, line(flood, 127 * KIB))),
  chunk: worst((flood) =>
    Math.max(...[standard, ...thousands].map((set) => took(set, line(flood, 64 * KIB))))
  ),
  memory: worst((flood) => grew(line(flood, 127 * KIB))),
}))
