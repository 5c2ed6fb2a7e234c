import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { assemblePolicies, type ParsedFile } from '../../src/engine/assemble.ts'
import { loadPolicies } from '../../src/engine/load.ts'
import { readyRegex } from '../../src/engine/match/regex-late.ts'
import type { PolicySet } from '../../src/engine/policy-set.ts'
import { evaluateResponse } from '../../src/engine/output.ts'
import { callOf, factsOf, hash } from '../helpers/engine.ts'

const source = {
  file: 'p.yaml',
  layer: 'user' as const,
  text: `version: "1"
default_action: allow
policies:
  - name: leaks
    rules:
      - {action: deny, when: {response_matches: ['AKIA[0-9A-Z]{16}']}, message: A key}
`,
}
const OPTIONS = { builtins: {}, hash }

test('rules for outputs need no engine of regular expressions until an output comes', async () => {
  const kept = new Map<string, ParsedFile>()
  const parses = {
    get: ({ text }: { readonly text: string }) => kept.get(text),
    set: ({ text }: { readonly text: string }, file: ParsedFile) => void kept.set(text, file),
  }
  const read = loadPolicies([source], { ...OPTIONS, parses })
  assert.deepEqual(read.faults, [])
  // Nobody who could read or compile: what is remembered is enough.
  const late = assemblePolicies([source], { ...OPTIONS, parses })
  assert.deepEqual(late.faults, [])
  assert.equal(late.set?.needs.response, true)
  await readyRegex()
  for (const text of ['AKIAIOSFODNN7EXAMPLE', 'AKIA or not']) {
    const ofSet = (set: PolicySet) =>
      evaluateResponse(set, callOf('exec', { command: 'cat x' }), factsOf(), text)
    assert.deepEqual(ofSet(late.set!), ofSet(read.set!))
  }
})

test('an expression that is none is a fault of its file all the same', () => {
  const text = source.text.replace('AKIA[0-9A-Z]{16}', 'a(?=b)')
  const { set, faults } = loadPolicies([{ ...source, text }], OPTIONS)
  assert.equal(set, undefined)
  assert.deepEqual(faults.map(({ line, col }) => [line, col]), [[6, 50]])
})

const root = fileURLToPath(new URL('../../src/', import.meta.url))

/** Packages that a module brings along before anything in it runs. */
function packagesOf(entry: string, seen: Set<string> = new Set()): string[] {
  if (seen.has(entry)) return []
  seen.add(entry)
  const text = readFileSync(entry, 'utf8')
  const found: string[] = []
  for (
    const [whole, name = ''] of text.matchAll(
      /^(?:import|export)\b[^'"=;]*?(?:from |import )'([^']+)'/gm,
    )
  ) {
    if (/^(?:import|export) type\b/.test(whole)) continue
    if (name.startsWith('.')) found.push(...packagesOf(join(dirname(entry), name), seen))
    else if (!name.startsWith('node:')) found.push(name)
  }
  return found
}

for (
  const entry of [
    'cli.ts',
    'adapters/policy-load.ts',
    'service/judge.ts',
    'cli/commands/hook.ts',
    'cli/commands/test.ts',
  ]
) {
  test(`src/${entry} loads no engine of regular expressions, no YAML and no schemas`, () => {
    const slow = packagesOf(join(root, entry)).filter((name) => /^(?:re2js|yaml|zod)/.test(name))
    assert.deepEqual(slow, [])
  })
}
