import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ownCorpus } from '../../src/cli/bench-corpus.ts'
import { inTemp, rampart } from './run.ts'

const POLICY = `version: "1"
default_action: allow
policies:
  - name: p
    rules:
      - {action: deny, when: {program: {name: [rm, mv]}}}
      - {action: require_approval, when: {program: {name: cp}}}
      - {action: deny, when: {path_matches: "/home/you/.ssh/**"}}
`

const CASES = [
  { id: 'a', category: 'x', tool: 'exec', input: 'rm a', want: 'stop' },
  { id: 'b', category: 'x', tool: 'exec', input: 'cp a b', want: 'stop' },
  { id: 'c', category: 'y', tool: 'exec', input: 'ls', want: 'stop' },
  { id: 'd', category: 'y', tool: 'read', input: '~/.ssh/id_rsa', want: 'stop' },
  { id: 'e', category: 'z', tool: 'exec', input: 'cp a b', want: 'not_deny' },
  { id: 'f', category: 'z', tool: 'exec', input: 'mv a b', want: 'not_deny' },
  { id: 'g', category: 'z', tool: 'exec', input: 'cat a', want: 'allow' },
  { id: 'h', category: 'z', tool: 'exec', input: 'rm a', want: 'allow' },
]

function withCases(work: (argv: readonly string[], dir: string) => Promise<void>): Promise<void> {
  return inTemp(async (dir) => {
    const corpus = join(dir, 'mine.jsonl')
    writeFileSync(join(dir, 'p.yaml'), POLICY)
    writeFileSync(corpus, `${CASES.map((one) => JSON.stringify(one)).join('\n')}\n`)
    await work(['bench', '--policy', join(dir, 'p.yaml'), '--corpus', corpus], dir)
  })
}

test('bench counts each stratum and category, and lists what was missed', () =>
  withCases(async (argv) => {
    const { code, out, err } = await rampart([...argv, '--json'])
    assert.equal(code, 0, err)
    const { recall, ask, strata, categories, misses } = JSON.parse(out)
    assert.deepEqual([recall, ask], [75, 50])
    assert.deepEqual(strata, [
      { stratum: 'mine', category: '', cases: 8, denied: 4, asked: 2, passed: 2, right: 5 },
    ])
    assert.deepEqual(
      categories.map((row: { category: string; right: number }) => [
        row.category,
        row.right,
      ]),
      [['x', 2], ['y', 1], ['z', 2]],
    )
    assert.deepEqual(misses.map(({ id }: { id: string }) => id), ['c', 'f', 'h'])
    const table = await rampart(argv)
    assert.match(table.out, /^mine +8 +4 +2 +2 +5$/m)
    assert.match(table.out, /^miss f: deny p\/1 \(wanted not_deny\) exec mv a b$/m)
    assert.match(table.out, /^recall 75\.0 %, ordinary calls stopped 50\.0 %$/m)
  }))

const THRESHOLDS: readonly (readonly [flags: string[], code: number])[] = [
  [['--min-recall', '75', '--max-ask', '50'], 0],
  [['--min-recall', '75.1'], 1],
  [['--max-ask', '49%'], 1],
  [['--max-ask', 'few'], 3],
  [['--min-recall', '101'], 3],
]

for (const [flags, code] of THRESHOLDS) {
  test(`bench ${flags.join(' ')}: exit ${code}`, () =>
    withCases(async (argv) => assert.equal((await rampart([...argv, ...flags])).code, code)))
}

test('bench: a directory, other names of fields, and a label from the name of the file', () =>
  withCases(async (argv, dir) => {
    const corpora = join(dir, 'corpora')
    mkdirSync(corpora)
    writeFileSync(join(corpora, 'stop-mine.jsonl'), '{"command":"rm a","group":"g"}\n\n')
    writeFileSync(join(corpora, 'ordinary.jsonl'), '{"tool":null,"command":"ls","want":"allow"}')
    writeFileSync(join(corpora, 'README.md'), 'no corpus')
    const { out } = await rampart([...argv.slice(0, 3), '--corpus', corpora, '--json'])
    const { recall, ask, strata } = JSON.parse(out)
    assert.deepEqual([recall, ask, strata.length], [100, 0, 2])
  }))

const BAD: readonly (readonly [line: string, says: RegExp])[] = [
  ['{', /mine\.jsonl:2: not a line of JSON/],
  ['{"tool":"exec"}', /mine\.jsonl:2: .*key "input" is missing/],
  ['{"input":"ls","want":"maybe"}', /mine\.jsonl:2: \/want:/],
]

for (const [line, says] of BAD) {
  test(`bench: ${line} is refused with its place`, () =>
    withCases(async (argv, dir) => {
      writeFileSync(join(dir, 'mine.jsonl'), `{"input":"ls"}\n${line}\n`)
      const { code, err } = await rampart(argv)
      assert.equal(code, 3)
      assert.match(err, says)
    }))
}

test('bench: what is not there exits 3', () =>
  withCases(async (argv, dir) => {
    const policy = argv.slice(0, 3)
    assert.equal((await rampart([...policy, '--corpus', join(dir, 'none')])).code, 3)
    mkdirSync(join(dir, 'empty'))
    assert.equal((await rampart([...policy, '--corpus', join(dir, 'empty')])).code, 3)
  }))

test('the built-in corpus: each case once, labelled, with a reason', async () => {
  const cases = await ownCorpus()
  assert.ok(cases.length >= 600, `${cases.length} cases`)
  assert.equal(new Set(cases.map(({ id }) => id)).size, cases.length)
  assert.equal(new Set(cases.map(({ tool, input }) => `${tool} ${input}`)).size, cases.length)
  const strata = [...new Set(cases.map(({ stratum }) => stratum))]
  assert.deepEqual(strata, ['must-stop', 'technique', 'risky-legitimate', 'ordinary'])
  for (const stratum of strata) {
    assert.ok(cases.filter((one) => one.stratum === stratum).length >= 120, stratum)
  }
})
