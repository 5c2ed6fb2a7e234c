import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutTrust } from '../../src/setup/codex-state.ts'

const FILE = '/home/a b/.codex/hooks.json'
const table = (key: string) => `[hooks.state.${JSON.stringify(key)}]\ntrusted_hash = "sha256:1"\n`
const OURS = `${table(`${FILE}:pre_tool_use:0:0`)}\n${table(`${FILE}:post_tool_use:0:0`)}`
const BEFORE = '# mine\nmodel = "x" # y\n\n[tui]\na = 1\n'

const CASES: readonly (readonly [name: string, text: string, left: string])[] = [
  ['what codex wrote goes', `${BEFORE}\n[hooks.state]\n\n${OURS}`, BEFORE],
  ['a file that codex made for it', `[hooks.state]\n\n${OURS}`, ''],
  ['nothing of ours', `${BEFORE}\n[hooks.state]\n`, `${BEFORE}\n[hooks.state]\n`],
  [
    'trust in another file stays',
    `[hooks.state]\n\n${table('/etc/codex/hooks.json:pre_tool_use:0:0')}\n${OURS}`,
    `[hooks.state]\n\n${table('/etc/codex/hooks.json:pre_tool_use:0:0')}\n`,
  ],
  [
    'what somebody wrote behind it stays',
    `[hooks.state]\n\n${OURS}\n# more\n[b]\nc = 1\n`,
    '# more\n[b]\nc = 1\n',
  ],
  [
    'a name that only begins like it',
    table(`${FILE}.old:pre_tool_use:0:0`),
    table(`${FILE}.old:pre_tool_use:0:0`),
  ],
]

for (const [name, text, left] of CASES) {
  test(`trust in our hooks is taken out of config.toml: ${name}`, () => {
    assert.equal(withoutTrust(text, FILE), left)
  })
}
