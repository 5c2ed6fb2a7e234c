import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { lintPolicy } from '../../src/engine/lint.ts'
import { parsePolicy } from '../../src/engine/load.ts'

interface Row {
  readonly name: string
  readonly policies: string
  /** `line:col code`, or the code alone; in order of their places. */
  readonly want?: readonly string[]
}

const NOW = Date.parse('2026-01-01T00:00:00Z')

function lint(text: string) {
  const parsed = parsePolicy({ layer: 'user', file: 'p.yaml', text })
  assert.ok('value' in parsed, JSON.stringify(parsed))
  return lintPolicy(parsed.value, parsed.locate, NOW)
}

const rows = parse(
  readFileSync(new URL('../fixtures/engine/lint.yaml', import.meta.url), 'utf8'),
) as Row[]

for (const { name, policies, want = [] } of rows) {
  test(`lint: ${name}`, () => {
    const found = lint(
      `version: "1"\ndefault_action: allow\npolicies:\n${policies.replace(/^/gm, '  ')}`,
    )
    const said = found.map(({ line, col, code }) => ({ place: `${line}:${col} ${code}`, code }))
    assert.deepEqual(
      said.map(({ code }) => code).sort(),
      want.map((one) => one.split(' ').at(-1)).sort(),
    )
    for (const one of want.filter((text) => text.includes(' '))) {
      assert.ok(said.some(({ place }) => place === one), JSON.stringify(said))
    }
  })
}

for (const name of ['standard', 'ci', 'examples/standard', 'examples/anti-exfiltration']) {
  test(`lint finds nothing to warn of in ${name}`, () => {
    const text = readFileSync(new URL(`../../policies/${name}.yaml`, import.meta.url), 'utf8')
    const warnings = lint(text).filter(({ severity }) => severity === 'warning')
    assert.deepEqual(warnings, [])
  })
}
