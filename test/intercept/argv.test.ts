import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { normaliseCall } from '../../src/intercept/normalise.ts'
import { quotedWords } from '../../src/intercept/shell/quote.ts'
import { readArgv } from '../../src/intercept/shell/read-argv.ts'
import { readCommandLine } from '../../src/intercept/shell/read.ts'
import { identityOf } from '../helpers/engine.ts'
import { runs } from '../helpers/runtime.ts'

const PLACE = { cwds: ['/w'], homes: ['/home/u'] }

const exec = (params: Record<string, string | string[]>) =>
  normaliseCall({
    tool: 'exec',
    params,
    identity: identityOf(),
    cwd: '/w',
    homes: ['/home/u'],
  })
const parts = (params: Record<string, string | string[]>) =>
  exec(params).subjects.filter(({ kind }) => kind === 'part').map(({ command }) => command!)
const effects = (params: Record<string, string | string[]>) =>
  exec(params).subjects.filter(({ kind }) => kind === 'effect').map(({ label }) => label)

const program = fc.constantFrom(
  ...('rm ls cat cp env sudo bash sh xargs find git python3 timeout nice curl tar sed dd tee ssh ' +
    'docker make ./x.sh /usr/bin/rm nohup watch flock busybox perl node ln chmod awk {}').split(
      ' ',
    ),
)
const word = fc.oneof(
  fc.constantFrom(
    ...[
      '-rf',
      '-c',
      '--',
      '/',
      '~',
      '~/.ssh/id_rsa',
      '-i',
      '-exec',
      '+',
      ';',
      '{}',
      'a b',
      '$HOME',
      '$(id)',
      '`id`',
    ],
    ...[
      'rm -rf /',
      'echo a | sh',
      'X=1',
      '*',
      '{a,b}',
      '>',
      '/etc/passwd',
      'import os',
      '-d',
      '@file',
      '-',
      '|',
      '&&',
    ],
    ...[
      "it's",
      '"',
      '\\',
      '',
      '\n',
      'é',
      '-e',
      '-lc',
      '<(x)',
      '!',
      '#',
      '-o',
      '-t',
      'http://a.b/c',
      'a@b:/c',
      '=ls',
    ],
  ),
  program,
)

test('arguments are read as the line in which each is quoted', () => {
  fc.assert(
    fc.property(program, fc.array(word, { maxLength: 6 }), (first, rest) => {
      const words = [first, ...rest]
      assert.deepEqual(readArgv(words, PLACE), readCommandLine(quotedWords(words), PLACE))
    }),
    { numRuns: runs(1500) },
  )
})

test('what a shell alone would take for its own is a program to arguments', () => {
  for (const name of ['for', 'if', '{', '!', 'A=b', 'function', '[[', 'a\nb']) {
    const [part] = parts({ argv: [name, 'x'] })
    assert.equal(part?.program, name)
    assert.deepEqual(part?.argv, [name, 'x'])
  }
})

test('launchers among arguments are opened, however they came', () => {
  const table: [string[], string[]][] = [
    [['bash', '-c', 'ls; rm -rf /'], ['ls', 'rm -rf /']],
    [['sudo', 'rm', '-rf', '/'], ['rm -rf /', 'sudo rm -rf /']],
    [['env', 'X=1', 'rm', 'a b'], ['rm a b']],
    [['xargs', '-0', 'rm', '-rf'], ['rm -rf {}']],
  ]
  for (const [argv, words] of table) {
    assert.deepEqual(parts({ argv }).map((part) => part.words), words)
  }
  assert.deepEqual(effects({ argv: ['cat', 'a b', '~/x', '$HOME'] }), [
    'read a b',
    'read ./~/x',
    'read $HOME',
  ])
})

test('the program decides, whatever the caller calls it', () => {
  const words = (params: Record<string, string | string[]>) =>
    parts(params).map((part) => part.words)
  const argv = ['ls', '-rf', '/']
  assert.deepEqual(words({ argv, program: '/bin/ls' }), ['ls -rf /'])
  assert.deepEqual(words({ argv, program: '/usr/bin/rm' }), ['rm -rf /', 'ls -rf /'])
  assert.deepEqual(words({ argv: ['rm', '-rf', '/'], program: '/bin/busybox' }).at(-1), 'rm -rf /')
  assert.deepEqual(words({ argv: ['-bash', '-c', 'id'], program: '/bin/bash' }), ['id'])
  assert.deepEqual(words({ argv: ['', 'x'], program: '/bin/cat' }), ['cat x'])
  assert.deepEqual(exec({ argv: ['x.sh'], program: '/w/bin/x.sh' }).scripts, ['/w/bin/x.sh'])
  assert.deepEqual(exec({ argv: ['./x.sh'], program: '/w/x.sh' }).subjects[0]?.label, './x.sh')
  assert.deepEqual(
    exec({ argv: ['git', 'status'], program: '/usr/bin/git' }).subjects[0]?.label,
    'git status',
  )
})

test('a line beside other arguments is refused, as is a program that is none', () => {
  for (
    const params of [
      { command: 'ls', argv: ['rm', '-rf', '/'] },
      { argv: ['ls'], program: '' },
      { argv: ['ls'], program: 'a\0b' },
      { argv: ['ls', 'a\0b'] },
      { argv: [] },
    ]
  ) assert.throws(() => exec(params), /request_invalid|must|differ|empty/, JSON.stringify(params))
  assert.deepEqual(parts({ command: ['ls', '-l'], argv: ['ls', '-l'] }).length, 1)
})

test('long calls are read whole: no argument hides behind a limit', () => {
  const files = Array.from({ length: 20_000 }, (_, i) => `build/objects/unit-${i}.o`)
  const call = exec({ argv: ['rm', '-f', ...files, '/etc/passwd'] })
  assert.ok(call.complete)
  assert.deepEqual(call.subjects[0]?.command?.unresolved, [])
  assert.deepEqual(call.subjects.at(-1)?.label, 'delete /etc/passwd')
  assert.equal(call.subjects.length, 20_002)
  const code = exec({ argv: ['bash', '-c', 'rm -rf "$@"', 'x', ...files.slice(0, 900), '/'] })
  assert.ok(code.subjects.some(({ label }) => label === 'delete /'))
})

test('more arguments than anybody reads are marked, never granted', () => {
  const call = exec({ argv: ['rm', ...Array<string>(70_000).fill('a')] })
  assert.ok(!call.complete)
  assert.ok(call.subjects[0]?.command?.unresolved.includes('bound'))
})

test('F47 bytes that are no text are kept apart and permitted by nothing', () => {
  const call = exec({ argv: ['cat', 'caf\udce9'] })
  const { command } = call.subjects[0]!
  assert.deepEqual([command?.unresolved, command?.fences], [['operand'], [[0, 8]]])
  assert.ok(!call.complete)
  assert.deepEqual(parts({ argv: ['caf\udce9'] })[0]?.unresolved, ['text:unknown'])
  assert.deepEqual(parts({ command: 'ls caf\udce9; id' }).map((part) => part.unresolved), [[
    'operand',
  ], []])
})
