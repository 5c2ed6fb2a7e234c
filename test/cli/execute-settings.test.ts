import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseLine } from '../../src/cli/args.ts'
import { SETTINGS } from '../../src/cli/settings.ts'
import { TABLE } from '../../src/cli/table.ts'

const ROWS: readonly (readonly [key: keyof typeof SETTINGS, given: unknown, want: unknown])[] = [
  ['execute.tools', 'exec', ['exec']],
  ['execute.tools', 'exec, read,exec', ['exec', 'read']],
  ['execute.tools', ['fetch', 'write'], ['fetch', 'write']],
  ['execute.tools', '', undefined],
  ['execute.tools', 'bash', undefined],
  ['execute.tools', 'exec,mcp', undefined],
  ['execute.tools', 'EXEC', undefined],
  ['execute.tools', true, undefined],
  ['execute.roots', '/a\n/b c', ['/a', '/b c']],
  ['execute.roots', ['/a'], ['/a']],
  ['execute.roots', 'a', undefined],
  ['execute.roots', ['/a', '~/b'], undefined],
  ['execute.roots', '', undefined],
  ['execute.env', 'LANG,MY_VAR', ['LANG', 'MY_VAR']],
  ['execute.env', 'LD_PRELOAD', undefined],
  ['execute.env', 'BASH_ENV', undefined],
  ['execute.env', 'RAMPART_TOKEN', undefined],
  ['execute.env', 'NODE_OPTIONS', undefined],
  ['execute.env', 'A=b', undefined],
  ['execute.private', true, true],
  ['execute.private', 'yes', undefined],
]

for (const [key, given, want] of ROWS) {
  test(`F39 ${key}: ${JSON.stringify(given)}`, () => {
    const read = () => SETTINGS[key].read(given)
    if (want === undefined) assert.throws(read, TypeError)
    else assert.deepEqual(read(), want)
  })
}

test('nothing is executed unless somebody says so', () => {
  assert.deepEqual(SETTINGS['execute.tools'].fallback, [])
  assert.equal(SETTINGS['execute.private'].fallback, false)
  // What an agent could set says nothing.
  for (const key of ['execute.tools', 'execute.roots', 'execute.env', 'execute.private'] as const) {
    assert.equal(SETTINGS[key].env, undefined)
  }
})

test('--execute-root may be given again, other flags may not', () => {
  const words = ['serve', '--execute', 'exec', '--execute-root', '/a', '--execute-root=/b']
  assert.equal(parseLine(words, TABLE).flags.get('execute-root'), '/a\n/b')
  assert.throws(() => parseLine([...words, '--execute', 'read'], TABLE), /given twice/)
})
