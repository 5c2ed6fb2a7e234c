import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Identity, Subject } from '../../src/engine/types.ts'
import { RampartError } from '../../src/errors.ts'
import { shellQuote } from '../../src/intercept/shell/quote.ts'
import { normaliseCall } from '../../src/intercept/normalise.ts'
import { COMMAND_COUNT_LIMIT, DEPTH_LIMIT, EFFECT_LIMIT } from '../../src/intercept/shell/limits.ts'
import { readCommandLine } from '../../src/intercept/shell/read.ts'
import { runs } from '../helpers/runtime.ts'

const PLACE = { cwds: ['/w'], homes: ['/home/u'] }
const identity: Identity = { principal: 'uid:1', agent: 'a', session: 's', bound: new Set() }

/** Text in which the shell's own characters are common. */
const shellText = fc.array(
  fc.oneof(
    fc.constantFrom(
      ...[...' \t\n;&|<>()$`\\"\'{},#!*?[]=~:-/0123456789abr'],
      ...[
        '$(',
        '${',
        '$((',
        '<<E\n',
        '\nE\n',
        '&&',
        '||',
        "$'",
        '<(',
        'a=',
        'x()',
        'rm ',
        'sh -c ',
      ],
      ...['if ', ';then ', ';fi', 'case x in ', ';;', 'esac', 'for i in ', ';do ', ';done', '[[ '],
      ...[
        'sudo ',
        'env ',
        'xargs ',
        'find . -exec ',
        'eval ',
        'cat ',
        'cd ',
        '$x',
        '${x:-',
        '{a,b}',
      ],
    ),
    fc.string({ unit: 'grapheme', maxLength: 4 }),
  ),
  { maxLength: 60 },
).map((pieces) => pieces.join(''))

test('F47 readCommandLine() answers for every text', () => {
  fc.assert(
    fc.property(shellText, (text) => {
      const { subjects } = readCommandLine(text, PLACE)
      subjects.forEach((subject, index) => {
        for (const part of subject.parts ?? []) {
          assert.ok(part < index)
          assert.equal(subjects[part]!.kind, 'part')
        }
        if (subject.of !== undefined) assert.equal(subjects[subject.of]!.kind, 'part')
        const { whole = '', fences = [] } = subject.command ?? {}
        for (const [start, end] of fences) {
          assert.ok(0 <= start && start < end && end <= whole.length)
        }
      })
    }),
    { numRuns: runs(2000) },
  )
})

test('contract words that are quoted and joined come back as arguments', () => {
  const word = fc.oneof(fc.string({ unit: 'binary' }), shellText).map((text) =>
    text.replaceAll('\0', '')
  )
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => {
      const line = ['prog', ...words].map(shellQuote).join(' ')
      const { subjects } = readCommandLine(line, PLACE)
      const parts = subjects.filter(({ kind }) => kind === 'part')
      assert.equal(parts.length, 1)
      assert.deepEqual(parts[0]!.command!.argv, ['prog', ...words])
    }),
    { numRuns: runs(1000) },
  )
})

test('semantics 2 commands joined by separators are as many parts', () => {
  const separator = fc.constantFrom(';', '&&', '||', '|', '&', '\n', ' ; ', '|&')
  fc.assert(
    fc.property(fc.array(separator, { maxLength: 20 }), (separators) => {
      const line = separators.map((text, i) => `c${i}${text}`).join('') + 'last'
      const { subjects } = readCommandLine(line, PLACE)
      const programs = subjects.filter(({ kind }) => kind === 'part').map((s) => s.command!.program)
      assert.deepEqual(programs, [...separators.map((_, i) => `c${i}`), 'last'])
    }),
  )
})

/** None of a line that is refused. */
function subjectsOf(text: string): readonly Subject[] {
  try {
    return readCommandLine(text, PLACE).subjects
  } catch (error) {
    assert.ok(error instanceof RampartError, String(error))
    assert.equal(error.code, 'request_invalid')
    return []
  }
}

const HUGE: Readonly<Record<string, (n: number) => string>> = {
  'nested substitutions': (n) => '$('.repeat(n),
  'nested brackets': (n) => '('.repeat(n),
  'nested arithmetic': (n) => '$(('.repeat(n),
  'nested parameters': (n) => '${a:-'.repeat(n),
  'nested quotes': (n) => '"$('.repeat(n),
  backticks: (n) => '`'.repeat(n),
  'process substitutions': (n) => '<('.repeat(n),
  'lists': (n) => 'a=('.repeat(n),
  'braces': (n) => '{'.repeat(n),
  'brace pairs': (n) => '{a,b}'.repeat(n),
  'brace nests': (n) => '{a,'.repeat(n) + '}'.repeat(n),
  'commands': (n) => 'a;'.repeat(n),
  'pipes': (n) => 'a|'.repeat(n),
  'launchers': (n) => 'sudo '.repeat(n) + 'a',
  'evals': (n) => 'eval '.repeat(n) + 'a',
  'here-documents': (n) => 'cat <<A '.repeat(n) + '\n' + 'x\n'.repeat(n),
  'comments': (n) => '#\n'.repeat(n),
  'doubling variables': (n) =>
    'a=xxxxxxxx;' + Array.from({ length: Math.min(n, 400) }, () => 'a=$a$a;').join('') + 'b $a',
  'redirections': (n) => `sh -c '${'a;'.repeat(200)}' ` + '>f '.repeat(n),
  'operands': (n) => 'cat ' + 'a '.repeat(n),
  'finds': (n) => 'find ' + '-exec a ; '.repeat(n),
  'open brackets': (n) => '['.repeat(n),
  'cases': (n) => 'case a in b) '.repeat(n),
  'tests': (n) => '[[ '.repeat(n),
  'old arithmetic': (n) => '$['.repeat(n),
  'functions': (n) => 'f() '.repeat(n),
}

for (const [what, make] of Object.entries(HUGE)) {
  test(`F47 ${what} without end stay within the limits or are refused`, () => {
    const text = make(50_000)
    const subjects = subjectsOf(text)
    const limit = 2 * COMMAND_COUNT_LIMIT * 3 + EFFECT_LIMIT
    assert.ok(subjects.length <= limit, `${subjects.length} subjects`)
    const size = subjects.reduce((sum, { command }) => sum + (command?.raw.length ?? 0), 0)
    assert.ok(size <= text.length * DEPTH_LIMIT * 4 + 1000, `${size} characters`)
  })
}

test('F47 what lies behind a bound is never permitted', () => {
  const { subjects, complete } = readCommandLine('a;'.repeat(5000) + 'rm -rf /', PLACE)
  assert.equal(complete, false)
  const last = subjects.filter(({ kind }) => kind === 'part').at(-1)!.command!
  assert.ok(last.unresolved.includes('bound'))
  assert.deepEqual(last.fences, [[0, last.whole.length]])
  assert.ok(last.raw.endsWith('rm -rf /'))
})

test('F18 normaliseCall() answers or refuses, whatever it is given', () => {
  const tool = fc.oneof(
    fc.constantFrom('exec', 'read', 'write', 'fetch', 'mcp__a__b', 'x', 'apply_patch', 'grep'),
    fc.string(),
  )
  const key = fc.oneof(
    fc.constantFrom('command', 'cmd', 'path', 'url', 'uri', 'paths', 'args', '__proto__', 'source'),
    fc.string(),
  )
  fc.assert(
    fc.property(tool, fc.dictionary(key, fc.jsonValue()), (name, params) => {
      try {
        const call = normaliseCall({
          tool: name,
          identity,
          params: params as Record<string, never>,
          cwd: '/w',
          homes: ['/home/u'],
        })
        // A comment or a bare assignment runs nothing; any other call is at least one part.
        const line = call.tool === 'exec'
        assert.ok(line || call.subjects.length > 0)
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'request_invalid', String(error))
      }
    }),
    { numRuns: runs(1000) },
  )
})

test('F47 redirections without end are a bound, not handed to everything launched', () => {
  const { subjects } = readCommandLine(`sh -c 'a;b' ${'>f '.repeat(500)}`, PLACE)
  const [only, ...others] = subjects
  assert.equal(others.length, 0)
  assert.ok(only!.command!.unresolved.includes('bound'))
  assert.deepEqual(only!.command!.fences, [[0, only!.command!.whole.length]])
})

test('F47 a text that is no whole script and holds no command is one part that nothing permits', () => {
  for (const line of ['{', 'case a in b)', 'if ', 'f() {']) {
    const { subjects, complete } = readCommandLine(line, PLACE)
    assert.equal(complete, false)
    assert.deepEqual(subjects.map(({ kind }) => kind), ['part'])
    assert.deepEqual(subjects[0]!.command!.unresolved, ['text:syntax', 'program'])
    assert.deepEqual(subjects[0]!.command!.fences, [[0, line.trim().length]])
  }
})

test('a span joins parts that stand in front of it, whatever else the line is read as', () => {
  const line = `find . -print0 | xargs -0 -I % sh -c 'echo % ; a1 "%" | a2'`
  const { subjects } = readCommandLine(line, { cwds: ['/w'], homes: [] })
  const spans = subjects.filter(({ kind }) => kind === 'span')
  assert.ok(spans.length > 1)
  for (const span of spans) {
    for (const part of span.parts!) assert.ok(part < subjects.indexOf(span), span.label)
  }
})

test('a word reads the same whatever ends it', () => {
  const piece = fc.constantFrom(...'ab1/.-=~{},*[]?', '$x', '\\b', "'b c'", '"b c"', '"$x"')
  const argv = (line: string) => readCommandLine(line, PLACE).subjects[0]?.command?.argv
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (pieces) => {
      const line = `a1 ${pieces.join('')}`
      assert.deepEqual(argv(`${line} `), argv(line))
      assert.deepEqual(argv(`${line}&`), argv(line))
    }),
    { numRuns: runs(2000) },
  )
})
