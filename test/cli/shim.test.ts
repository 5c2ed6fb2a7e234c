import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import type { Invocation } from '../../src/cli/command.ts'
import { environmentOf } from '../../src/cli/config.ts'
import { createOutput } from '../../src/cli/output.ts'
import { decideLocally } from '../../src/cli/shim/local.ts'
import { shellCall } from '../../src/cli/shim/shell.ts'
import { shShim } from '../../src/cli/shim/sh-text.ts'
import { TABLE } from '../../src/cli/table.ts'
import { inTemp } from './run.ts'

function invocation(home: string): Invocation {
  return {
    command: TABLE.find(({ name }) => name === 'shim decide')!,
    operands: [],
    flags: new Map(),
    environment: environmentOf({ RAMPART_HOME: home }, '/nonexistent'),
    out: createOutput({ out: () => {}, err: () => {} }, { json: false, colour: false }),
  }
}

const decide = (home: string, body: string) =>
  decideLocally(invocation(home), body, { layer: 'shim', tool: 'exec' })
const call = { agent: 'a', session: 's', params: { command: 'ls' }, enforce: true, layer: 'shim' }

test('a local decision denies what it cannot read, with the reason', () =>
  inTemp(async (dir) => {
    const bad = [
      '',
      '{',
      '{}',
      '[]',
      JSON.stringify({ ...call, nosuch: 1 }),
      JSON.stringify({ ...call, params: {} }),
      JSON.stringify({ ...call, params: { command: 'ls', command_b64: 'bHM=' } }),
      `{"agent":"a","agent":"b","session":"s","params":{"command":"ls"}}`,
    ]
    for (const body of bad) {
      const { allowed, decision, message } = await decide(dir, body)
      assert.deepEqual([allowed, decision], [false, 'deny'], body)
      assert.notEqual(message, '')
    }
  }))

test('a local decision with policies that are invalid denies', () =>
  inTemp(async (dir) => {
    mkdirSync(join(dir, 'policies'), { mode: 0o700 })
    writeFileSync(join(dir, 'policies', 'bad.yaml'), 'version: "1"\nnosuch: 1\n', { mode: 0o600 })
    const { allowed, message } = await decide(dir, JSON.stringify(call))
    assert.equal(allowed, false)
    assert.match(message, /polic/i)
  }))

test('a question is a denial where nobody can be asked, and plain calls pass', () =>
  inTemp(async (dir) => {
    mkdirSync(join(dir, 'policies'), { mode: 0o700 })
    const policy =
      'version: "1"\ndefault_action: allow\npolicies:\n  - name: asks\n    match: {tool: exec}\n    rules:\n' +
      '      - action: require_approval\n        when: {command_matches: ["touch *"]}\n        message: May it\n'
    writeFileSync(join(dir, 'policies', 'p.yaml'), policy, { mode: 0o600 })
    const asked = await decide(dir, JSON.stringify({ ...call, params: { command: 'touch x' } }))
    assert.deepEqual([asked.allowed, asked.decision, asked.approval_id], [false, 'deny', undefined])
    const passed = await decide(dir, JSON.stringify(call))
    assert.equal(passed.allowed, true)
  }))

test('only a shell that can be read is run', { skip: process.platform === 'win32' }, () => {
  for (const word of ['python3', '/bin/true', '', 'fish', 'bash/']) {
    assert.throws(() => shellCall([word, '-c', 'x']), { code: 'usage' })
  }
  const reads = (...words: string[]) => shellCall(words).reads
  assert.deepEqual(
    [
      reads('bash'),
      reads('bash', '-s', 'x'),
      reads('bash', '-c', 'x'),
      reads('bash', 'x'),
      reads('bash', '--help'),
    ],
    [true, true, false, false, false],
  )
})

test('the shell in sh holds what it was printed with, quoted', () => {
  const text = shShim({
    command: ["/it's/rampart"],
    stateHome: '/a b',
    socket: '/c;d',
    userHome: '/h',
  })
  assert.ok(text.includes(`'/it'\\''s/rampart' shim ask --home '/a b' "$@" </dev/null`))
  assert.ok(text.includes(`RAMPART_SOCKET='/c;d'`))
})
