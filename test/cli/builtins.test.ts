import fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BUILTINS, builtinsFor, withBuiltins } from '../../src/cli/builtins.ts'
import type { ParsedFile, ParseStore } from '../../src/engine/assemble.ts'
import { loadPolicies, parsePolicy, type PolicyText } from '../../src/engine/load.ts'

const PROTECTION = 'self-protection'

function sourceOf(name: string, text: string): PolicyText {
  return { file: `builtin:${name}`, layer: name === PROTECTION ? 'builtin' : 'user', text }
}

/** What is kept of a text: as JSON, since absent and undefined are the same there. */
function read(source: PolicyText): unknown {
  const parsed = parsePolicy(source)
  assert.ok('value' in parsed, JSON.stringify(parsed))
  return JSON.parse(JSON.stringify(parsed.value))
}

/** The same without where a rule is looked for, which a text does not say. */
function plain(file: ParsedFile | undefined): unknown {
  const policies = file?.policies?.map((policy) => ({
    ...policy,
    rules: policy.rules.map((rule) => ({ ...rule, literals: undefined })),
  }))
  return file && JSON.parse(JSON.stringify({ ...file, policies }))
}

const load = (source: PolicyText, parses?: ParseStore) =>
  loadPolicies([source], { builtins: BUILTINS, hash: (texts) => texts.join(), parses }).set!

const OWN = { home: '/home/me/.rampart', ports: [9090], origins: ['r.example.com'] }

for (const [name, text] of Object.entries(builtinsFor(OWN))) {
  test(`what Rampart knows of ${name} is what its text says`, () => {
    const store = withBuiltins(OWN)
    const source = sourceOf(name, text)
    assert.deepEqual(plain(store.get(source)), read(source))
    const [slow, quick] = [load(source), load(source, store)]
    assert.equal(quick.hash, slow.hash)
    assert.deepEqual(quick.listing, slow.listing)
    const found = ({ policies }: typeof slow) =>
      policies.map(({ rules }) =>
        rules.map((rule) => {
          const literals = rule.literals()
          return literals === 'none' ? literals : [literals.dimension, literals.all]
        })
      )
    assert.deepEqual(found(quick), found(slow))
  })
}

test('F36 self-protection names the state directory in use, whatever it is called', () => {
  const part = fc.constantFrom(
    'a',
    'B9',
    '_',
    '-',
    '.x',
    ' ',
    "'",
    '"',
    '$&',
    "$'",
    '*',
    '{b}',
    'é',
  )
  const homes = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) =>
    `/h/${parts.join('')}`
  )
  const ports = fc.array(fc.constantFrom(1, 9090, 65535), { maxLength: 3 })
  const origins = fc.array(fc.constantFrom('a.example', '[::1]:90'), { maxLength: 2 })
  fc.assert(
    fc.property(homes, ports, origins, (home, ports, origins) => {
      const own = { home, ports, origins }
      const source = sourceOf(PROTECTION, builtinsFor(own)[PROTECTION]!)
      const said = read(source)
      const path = home.replace(/[\\*?[\]{}()!+@|]/g, '\\$&')
      assert.ok(JSON.stringify(said).includes(JSON.stringify(`${path}/**`)), home)
      assert.ok(!JSON.stringify(said).includes('{{'))
      assert.deepEqual(plain(withBuiltins(own).get(source)), said)
    }),
    { numRuns: 20, examples: [["/h/a'$&*", [], []], ['/h/me/.rampart', [65535], ['a.example']]] },
  )
})

test('F26 a text that is not the built-in one, or of another layer or home, is not known', () => {
  const store = withBuiltins({ ...OWN, home: '/h' })
  const standard = sourceOf('standard', BUILTINS['standard']!)
  const protection = sourceOf(PROTECTION, builtinsFor({ ...OWN, home: '/other' })[PROTECTION]!)
  for (
    const source of [
      { ...standard, text: `${standard.text}#` },
      { ...standard, file: '/etc/rampart/policies/standard.yaml' },
      { ...standard, file: 'builtin:ci' },
      { ...standard, file: 'builtin:toString' },
      { ...standard, layer: 'project' as const },
      { ...standard, layer: 'overlay' as const },
      protection,
    ]
  ) assert.equal(store.get(source), undefined, `${source.layer} ${source.file}`)
  assert.notEqual(store.get(standard), undefined)
})

test('texts of others are asked of the store behind it, and kept there', () => {
  const kept = new Map<string, ParsedFile>()
  const store = withBuiltins(undefined, {
    get: ({ text }) => kept.get(text),
    set: ({ text }, file) => void kept.set(text, file),
  })
  const source: PolicyText = { file: 'p.yaml', layer: 'user', text: 'x' }
  assert.equal(store.get(source), undefined)
  store.set(source, { policies: [] })
  assert.deepEqual(store.get(source), { policies: [] })
})
