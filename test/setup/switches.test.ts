import assert from 'node:assert/strict'
import { test } from 'node:test'
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
