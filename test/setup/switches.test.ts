import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { filesOf } from '../../src/cli/doctor/switches.ts'
import { saysAgainst, SWITCHES } from '../../src/setup/switches.ts'

const rowOf = (host: string) => SWITCHES.find((one) => one.host === host)!

const CASES: readonly (readonly [host: string, text: string, count: number])[] = [
  ['claude-code', '{}', 0],
  ['claude-code', '', 0],
  ['claude-code', '{"disableAllHooks": false}', 0],
  ['claude-code', '{"disableAllHooks": true}', 1],
  ['claude-code', '{"a": 1, /* "disableAllHooks": true */ "b": 2}', 0],
  ['claude-code', '{"disableAllHooks": true, "allowManagedHooksOnly": true}', 2],
  ['claude-code', '{"env": {"FOO": "1"}}', 0],
  ['claude-code', '{"env": {"RAMPART_HOME": "/x", "NODE_OPTIONS": "-r x", "BUN_OPTIONS": "x"}}', 3],
  ['claude-code', '{"hooks": {}', 1],
  ['gemini', '{"hooksConfig": {"enabled": true, "disabled": []}}', 0],
  ['gemini', '{"hooksConfig": {"enabled": false}}', 1],
  ['gemini', '{"hooksConfig": {"disabled": ["rampart"]}}', 1],
  ['copilot', '{"disableAllHooks": true}', 1],
  ['openclaw', '', 0],
  ['openclaw', '{}', 0],
  ['openclaw', '{plugins: {enabled: true, allow: ["rampart", "voice-call"], deny: ["x"],},}', 0],
  ['openclaw', '{plugins: {allow: [], deny: []}} // nothing', 0],
  ['openclaw', '{plugins: {entries: {rampart: {enabled: true}, other: {enabled: false}}}}', 0],
  ['openclaw', '{plugins: {enabled: false}}', 1],
  ['openclaw', "{plugins: {deny: ['rampart']}}", 1],
  ['openclaw', '{plugins: {deny: "rampart"}}', 1],
  ['openclaw', '{plugins: {allow: ["voice-call"]}}', 1],
  ['openclaw', '{plugins: {entries: {rampart: {enabled: false}}}}', 1],
  ['openclaw', '{plugins: {allow: ["a"], deny: ["rampart"], enabled: false}}', 3],
  ['openclaw', '{plugins: {', 1],
  ['codex', '[features]\nhooks = true\n', 0],
  ['codex', '[features]\nhooks = false\n', 1],
  ['codex', '[features]\r\n  "hooks"=false # off\r\n', 1],
  ['codex', 'features.hooks = false', 1],
  ['codex', 'features = { apps = true, hooks = false }', 1],
  ['codex', '[features]\n# hooks = false\n', 0],
  ['codex', '[tui]\nhooks = false\n', 0],
  ['codex', '[features]\napps = false\n', 0],
]

for (const [host, text, count] of CASES) {
  test(`what is against the hooks of ${host}: ${JSON.stringify(text)}`, () => {
    assert.equal(saysAgainst(rowOf(host), text).length, count)
  })
}

test('every file of a directory of managed settings is looked at, in the order in which it counts', async () => {
  const row = SWITCHES.find(({ path }) => path === '/etc/claude-code/managed-settings.d/*.json')
  assert.ok(row !== undefined)
  const dir = mkdtempSync(join(tmpdir(), 'rampart-switches-'))
  try {
    for (const name of ['20-b.json', '10-a.json', '.hidden.json', 'notes.md']) {
      writeFileSync(join(dir, name), '{}')
    }
    assert.deepEqual(await filesOf(join(dir, '*.json')), [
      join(dir, '10-a.json'),
      join(dir, '20-b.json'),
    ])
    assert.deepEqual(await filesOf(join(dir, 'none', '*.json')), [])
    // What is no directory is told, never taken for an empty one.
    const file = join(dir, 'notes.md')
    assert.deepEqual(await filesOf(join(file, '*.json')), [file])
    assert.deepEqual(await filesOf('/x/managed-settings.json'), ['/x/managed-settings.json'])
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
