import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { after, before, test } from 'node:test'
import { build, ROOT, SHIM, whyNot } from './bench.ts'

const skip = whyNot()
let dir = ''
let probe = ''

const SOURCES = ['shim/options.c', 'wire/answer.c', 'wire/reply.c', 'wire/text.c'].map((name) =>
  join(ROOT, name)
)
const STRICT = '-std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wconversion -Werror -g -O1'.split(
  ' ',
)

function cc(args: readonly string[]): { status: number | null; stderr: string } {
  return spawnSync(process.env.CC ?? 'cc', args, { encoding: 'utf8' })
}

before(() => {
  if (skip !== undefined) return
  dir = mkdtempSync(join(tmpdir(), 'rampart-probe-'))
  probe = join(dir, 'probe')
  const made = (more: readonly string[]) =>
    cc([...STRICT, ...more, '-o', probe, join(ROOT, 'test', 'shim', 'probe.c'), ...SOURCES])
  // Not every machine has the sanitizers' libraries.
  if (made(['-fsanitize=address,undefined', '-fno-sanitize-recover=all']).status === 0) return
  const { status, stderr } = made([])
  assert.equal(status, 0, stderr)
})

after(() => rmSync(dir, { recursive: true, force: true }))

function ask(args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(probe, args, { input, encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  return stdout
}

test('100,000 rounds of any options and of answers with changed bytes, under the sanitizers', {
  skip,
}, () => {
  const rounds = process.env.SHIM_FUZZ_ROUNDS ?? '100000'
  for (const seed of ['1', '2']) assert.equal(ask(['fuzz', seed, rounds]), 'ok\n')
})

/** What JSON.parse refuses or reads otherwise is never an allow. */
const ANSWERS: Readonly<Record<string, string>> = {
  '{"allowed":true,"decision":"allow"}': '1 0|||',
  ' { "decision" : "deny" , "allowed" : false , "message" : "a\\"\\u00e9\\ud83d\\ude00" , "policy" : "p" } ':
    '0 0|a"é😀|p|',
  '{"allowed":false,"decision":"require_approval","approval_id":"id-1","policy":null}':
    '0 1|||id-1',
  '{"allowed":true,"decision":"allow","n":[{},[],-1.5e+9,null,false,"x"]}': '1 0|||',
  '{"allowed":true}': 'unreadable',
  '{"allowed":true,"decision":"allow",}': 'unreadable',
  '{"allowed":true,"decision":"allow"': 'unreadable',
  '{"allowed":true "decision":"allow"}': 'unreadable',
  '{"allowed":TRUE,"decision":"allow"}': 'unreadable',
  '{"allowed":1,"decision":"allow"}': 'unreadable',
  '{"allowed":true,"decision":"allow","n":01}': 'unreadable',
  '{"allowed":true,"decision":"allow","n":1.}': 'unreadable',
  '{"allowed":true,"decision":"allow","n":+1}': 'unreadable',
  '{"allowed":true,"decision":"allow","message":"\\ud800"}': 'unreadable',
  '{"allowed":true,"decision":"allow","message":"a\nb"}': 'unreadable',
  '{"allowed":true,"decision":"allow","message":"\\x41"}': 'unreadable',
  '{"allowed":true,"allowed":true,"decision":"allow"}': 'unreadable',
  '{"Allowed":true,"decision":"allow"}': 'unreadable',
  '\ufeff{"allowed":true,"decision":"allow"}': 'unreadable',
  '': 'unreadable',
}

for (const [json, wanted] of Object.entries(ANSWERS)) {
  test(`an answer is read strictly: ${JSON.stringify(json).slice(0, 80)}`, { skip }, () => {
    assert.equal(ask(['answer'], json).trimEnd(), wanted)
    if (wanted === 'unreadable') return
    assert.equal(JSON.parse(json).allowed, wanted.startsWith('1'))
  })
}

test('nesting, names and messages have their bounds', { skip }, () => {
  const nested = (depth: number) =>
    `{"allowed":true,"decision":"allow","x":${'['.repeat(depth)}${']'.repeat(depth)}}`
  assert.equal(ask(['answer'], nested(30)), '1 0|||\n')
  assert.equal(ask(['answer'], nested(100_000).slice(0, 60_000)), 'unreadable\n')
  assert.equal(ask(['answer'], nested(40)), 'unreadable\n')
  const long = ask(
    ['answer'],
    `{"allowed":false,"decision":"deny","message":"${'é'.repeat(2000)}"}`,
  )
  assert.equal(long, `0 0|${'é'.repeat(255)}||\n`)
  assert.equal(ask(['answer'], `{"allowed":true,"decision":"${'x'.repeat(100)}"}`), 'unreadable\n')
})

test(
  'every source compiles with the strictest warnings, with the libc and, where it is there, musl',
  { skip },
  () => {
    build()
    assert.equal(spawnSync(SHIM, ['-c', 'exit 3'], { env: {} }).status, 3)
    const makes = [
      ['FREE='],
      ...(spawnSync('musl-gcc', ['--version']).status === 0 ? [['CC=musl-gcc']] : []),
    ]
    for (const [index, more] of makes.entries()) {
      const made = spawnSync('make', [
        '-C',
        join(ROOT, 'shim'),
        `BUILD=${join(dir, String(index))}`,
        ...more,
      ], {
        encoding: 'utf8',
      })
      assert.equal(made.status, 0, made.stderr)
      const built = join(dir, String(index), 'rampart-shim')
      writeFileSync(
        join(dir, String(index), 'rampart.env'),
        'RAMPART_SOCKET=/nonexistent\nRAMPART_QUIET=1\n',
        { mode: 0o600 },
      )
      assert.equal(
        spawnSync(built, ['-c', 'echo hi; exit 3'], { env: {}, encoding: 'utf8' }).stdout,
        'hi\n',
      )
    }
  },
)
