import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { loadPolicies } from '../../src/engine/load.ts'
import { formatFault } from '../../src/engine/fault.ts'

const Case = z.strictObject({
  name: z.string(),
  layer: z.enum(['user', 'project', 'overlay']).optional(),
  text: z.string(),
  want: z.array(z.string()).min(1),
})
const url = new URL('../fixtures/engine/faults.yaml', import.meta.url)
const cases = z.array(Case).min(10).parse(parse(readFileSync(url, 'utf8')))

for (const { name, layer, text, want } of cases) {
  test(`loadPolicies() reports ${name}`, () => {
    const source = {
      file: 'p.yaml',
      layer: layer ?? 'user' as const,
      text: text.replace('{{DEEP}}', '['.repeat(20_000)),
    }
    const { set, faults } = loadPolicies([source], { builtins: {}, hash: () => 'sha256:0' })
    assert.equal(set, undefined)
    const have = faults.map(formatFault)
    assert.equal(have.length, want.length, have.join('\n'))
    want.forEach((line, i) => {
      if (line.startsWith('/')) assert.match(have[i]!, new RegExp(line.slice(1, -1)))
      else assert.equal(have[i], line)
    })
  })
}

test('loadPolicies() refuses a file over 1 MiB', () => {
  const text = `# ${'x'.repeat(1 << 20)}\nversion: "1"\ndefault_action: allow\n`
  const { faults } = loadPolicies([{ file: 'p.yaml', layer: 'user', text }], {
    builtins: {},
    hash: () => 'sha256:0',
  })
  assert.match(faults.map(formatFault).join(), /larger than 1048576 bytes/)
})

test('loadPolicies() refuses what is nested too deep', () => {
  const text = '['.repeat(20_000)
  const { set, faults } = loadPolicies([{ file: 'p.yaml', layer: 'user', text }], {
    builtins: {},
    hash: () => 'sha256:0',
  })
  assert.equal(set, undefined)
  assert.ok(faults.length > 0)
})
