import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { redact } from '../../src/audit/redact.ts'
import { PLACES, TOKENS } from '../../src/engine/secret/rules.ts'
import type { Json } from '../../src/engine/types.ts'
import { KNOWN, marked, secretCases } from '../helpers/secrets.ts'

const cases = secretCases()
const rules = [...TOKENS, ...PLACES].map(({ id }) => id)

function redacted(request: Json): { after: Json; rules: string[] } {
  const found: string[] = []
  return { after: redact(request, { known: KNOWN, hid: (rule) => found.push(rule) }), rules: found }
}

test('each rule has fixtures of what it hides and of what it leaves, and none is without a rule', () => {
  assert.deepEqual(cases.map(({ rule }) => rule).sort(), [...rules].sort())
  assert.equal(new Set(rules).size, rules.length)
})

test('each beginning of a token has a fixture', () => {
  for (const { id, prefix } of TOKENS) {
    const texts = JSON.stringify(cases.find(({ rule }) => rule === id)?.hidden)
    assert.deepEqual(prefix.filter((one) => !texts.includes(one)), [], id)
  }
})

for (const { rule, hidden, shown } of cases) {
  test(`${rule} hides its secrets`, () => {
    for (const request of hidden) {
      const { before, after, secrets } = marked(request)
      const result = redacted(before)
      assert.ok(result.rules.includes(rule), `${JSON.stringify(before)}: ${result.rules.join(' ')}`)
      if (secrets.length > 0) assert.deepEqual(result.after, after)
      for (const piece of longPieces(before)) {
        assert.ok(!JSON.stringify(result.after).includes(piece), JSON.stringify(result.after))
      }
      assert.deepEqual(redacted(result.after).after, result.after)
    }
  })

  test(`${rule} leaves what is no secret`, () => {
    for (const request of shown) assert.deepEqual(redacted(request), { after: request, rules: [] })
  })
}

/** What stood for random letters in the fixture. */
function longPieces(request: Json): string[] {
  return JSON.stringify(request).match(/[A-Za-z0-9]{20,}/g)?.filter((piece) => /\d/.test(piece)) ??
    []
}

test('docs/redaction.md names every rule', () => {
  const page = readFileSync(new URL('../../docs/redaction.md', import.meta.url), 'utf8')
  for (const { id, what, shape, where } of PLACES) {
    assert.ok(page.includes(`| ${id} | ${what} | ${shape} | ${where} |`), id)
  }
  const flowing = page.replace(/\s+/g, ' ')
  for (const { what, prefix } of TOKENS) {
    const beginnings = prefix.map((one) => `\`${one}\``).join(' ')
    assert.ok(flowing.includes(`${what} (${beginnings})`), what)
  }
})
