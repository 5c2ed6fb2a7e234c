import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { sha256 } from '../../src/adapters/hash.ts'
import { canonicalJson } from '../../src/audit/canonical.ts'
import { compact, KEPT_BYTES, shortenText } from '../../src/audit/compact.ts'
import { prepareDraft } from '../../src/audit/prepare.ts'
import { redact } from '../../src/audit/redact.ts'
import type { Json } from '../../src/engine/types.ts'
import { findSecrets } from '../../src/audit/secret-scan.ts'
import { usageOf } from '../../src/audit/secret-usage.ts'
import { draft } from '../helpers/audit.ts'
import { countedText, FLOODS, KNOWN } from '../helpers/secrets.ts'

interface Fixture {
  readonly hidden: readonly (readonly [text: string, redacted: string])[]
  readonly shown: readonly string[]
  readonly params: readonly (readonly [before: Json, after: Json])[]
}
const fixture: Fixture = JSON.parse(
  readFileSync(new URL('../fixtures/audit/redact.json', import.meta.url), 'utf8'),
)

test('secrets in command lines, headers, URLs and bodies are redacted', () => {
  for (const [text, redacted] of fixture.hidden) {
    assert.deepEqual(redact({ command: text }), { command: redacted })
  }
})

test('F14 what a shell acts on, or may be run, is never hidden', () => {
  for (const text of fixture.shown) assert.deepEqual(redact({ command: text }), { command: text })
})

test('F14 secret parameters are redacted where they are literal, and no key is lost', () => {
  for (const [before, after] of fixture.params) assert.deepEqual(redact(before), after)
})

test('F14 a redacted secret keeps its length and a keyed digest', () => {
  const digest = (secret: string): string => secret.toUpperCase()
  assert.deepEqual(redact('password=abc', { digest }), 'password=[redacted-3-ABC]')
})

test('F14 redacting twice changes nothing, and hides no character a shell acts on', () => {
  const word = fc.constantFrom(
    'password=',
    'token: ',
    'Authorization: Bearer ',
    '--api-key ',
    'X_TOKEN=',
    '-u ',
    'a:b',
    'https://',
    '@',
    "'",
    '"',
    '\\',
    '$(',
    ')',
    '`',
    '${X_TOKEN}',
    ' ',
    ';',
    '|',
    'sh',
    'eval',
    'abc',
    '\n',
    '[',
    ']',
    'ghp_0123456789abcdefghijABCDEFGHIJ012345',
    '-----BEGIN PRIVATE KEY-----',
    '-----END',
  )
  const active = (text: string): string => text.replace(/[^$`();|&<>{}\\'"]/g, '')
  fc.assert(fc.property(fc.array(word, { maxLength: 30 }), (words) => {
    const text = words.join('')
    const once = redact(text)
    assert.equal(typeof once, 'string')
    assert.deepEqual(redact(once), once)
    assert.equal(active(String(once)), active(text))
  }))
})

test('F14 redaction looks at each character a bounded number of times', () => {
  for (const flood of FLOODS) {
    const few = stepsOf(flood, 2_000)
    const many = stepsOf(flood, 32_000)
    // Tables are read once, and limits of looks back and forth are reached only in longer texts.
    assert.ok(many <= few * 16 * 2 + 10_000, `${flood}: ${few} and ${many} steps`)
    assert.ok(many <= 32_000 * 150, `${flood}: ${many} steps`)
  }
})

/** Characters that are looked at in a text of about so many. */
function stepsOf(flood: string, length: number): number {
  const { text, steps } = countedText(flood.repeat(Math.ceil(length / flood.length)))
  findSecrets(text)
  KNOWN?.find(text)
  usageOf([text], new Set(['token', 'X_TOKEN', 'a']))
  return steps()
}

test('F28 what is larger than 4 KiB keeps its shape, size and digest', () => {
  const value: Json = {
    params: { command: `rm -rf / #${'x'.repeat(1_000_000)}; tail`, list: Array(5000).fill('y') },
    cwd: '/w',
  }
  const kept = compact(value, sha256) as {
    compacted: { bytes: number; digest: string }
    kept: { params: { command: string; list: string[] }; cwd: string }
  }
  assert.equal(kept.compacted.digest, sha256(canonicalJson(value)))
  assert.equal(kept.compacted.bytes, canonicalJson(value).length)
  assert.match(kept.kept.params.command, /^rm -rf \/ #x.*; tail$/)
  assert.equal(kept.kept.cwd, '/w')
  assert.match(kept.kept.params.list.at(-1)!, /more\]$/)
})

test('F28 no value is kept larger than 4 KiB, and a small one is kept as it is', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 1, max: 400 }), (json, n) => {
      const value = Array(n).fill(json) as Json
      const kept = compact(value, sha256)
      assert.ok(Buffer.byteLength(canonicalJson(kept)) <= KEPT_BYTES)
      assert.deepEqual(compact(kept, sha256), kept)
      if (Buffer.byteLength(canonicalJson(value)) <= KEPT_BYTES) assert.equal(kept, value)
    }),
  )
  const nasty = ['\u0000'.repeat(9000), '\u{1F600}'.repeat(9000), {
    ['k'.repeat(99_999)]: 1,
  }] as Json[]
  for (const value of nasty) {
    assert.ok(Buffer.byteLength(canonicalJson(compact(value, sha256))) <= KEPT_BYTES)
  }
})

test('F28 a draft is bounded in every field that an agent chooses', () => {
  const long = 'n'.repeat(1_000_000)
  const nested = JSON.parse('['.repeat(4000) + ']'.repeat(4000)) as Json
  const prepared = prepareDraft(
    draft({
      agent: long,
      session: long,
      run_id: long,
      tool_call_id: long,
      tool: long,
      request: { nested, big: long, huge: JSON.parse('1e999') },
      decision: {
        action: 'deny',
        message: long,
        effects: [long, ...Array(9999).fill('effect')],
        eval_us: 1,
      },
    }),
    { hash: sha256 },
  )
  assert.ok(canonicalJson(prepared).length < 16_384)
  assert.deepEqual(prepareDraft(prepared, { hash: sha256 }), prepared)
  assert.equal(shortenText(long, 512).length <= 512, true)
})
