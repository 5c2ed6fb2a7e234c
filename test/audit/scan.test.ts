import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalJson } from '../../src/audit/canonical.ts'
import { Scanner } from '../../src/audit/verify-scan.ts'
import { runs } from '../helpers/runtime.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function scan(bytes: Uint8Array): string {
  const scanner = new Scanner()
  // Between other bytes, as in a file.
  const padded = new Uint8Array(bytes.length + 4).fill(34)
  padded.set(bytes, 2)
  scanner.start(padded, 2, bytes.length + 2)
  return scanner.whole() ? 'canonical' : scanner.reason ?? 'no reason'
}

/** The same by parsing and writing again. */
function isCanonical(bytes: Uint8Array): boolean {
  try {
    const text = decoder.decode(bytes)
    return canonicalJson(JSON.parse(text)) === text
  } catch {
    return false
  }
}

function agree(bytes: Uint8Array): void {
  assert.equal(scan(bytes) === 'canonical', isCanonical(bytes), decoder.decode(bytes.slice(0, 200)))
}

test('what canonicalJson writes is canonical to the scanner', () => {
  fc.assert(fc.property(fc.jsonValue({ stringUnit: 'binary', maxDepth: 6 }), (value) => {
    assert.equal(scan(encoder.encode(canonicalJson(value))), 'canonical')
  }))
})

test('the scanner accepts what parsing and writing again leaves as it is, and nothing else', () => {
  const part = fc.constantFrom(
    ...['{', '}', '[', ']', ',', ':', '"', '"a"', '"b"', '"\\', '\\u00', '0', '1', '1f', '-', '.5'],
    ...[
      'e',
      'e+2',
      '1e21',
      '1e+21',
      '5e-324',
      '-0',
      '0.1',
      '9007199254740993',
      'true',
      'null',
      ' ',
    ],
    ...[
      '"a":1',
      '"a":',
      '"é"',
      '"\\u0000"',
      '"\\u001f"',
      '"\\u001F"',
      '"\\n"',
      '"\\/"',
      '"\\ud800"',
    ],
    ...[
      '\n',
      '\ufeff',
      '"\u2028"',
      '"😀"',
      '"\ufb33"',
      '1234567890123456',
      '1.0',
      '100000000000000000000',
    ],
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 7 }), (parts) => {
      agree(encoder.encode(parts.join('')))
    }),
    { numRuns: runs(5000) },
  )
})

test('a changed byte of a canonical text is judged alike', () => {
  const values = fc.jsonValue({ stringUnit: 'grapheme', maxDepth: 3 })
  fc.assert(
    fc.property(values, fc.nat(), fc.nat(255), fc.boolean(), (value, at, byte, cut) => {
      const bytes = encoder.encode(canonicalJson(value))
      const place = at % bytes.length
      if (cut) agreeLoosely(Uint8Array.from([...bytes.slice(0, place), ...bytes.slice(place + 1)]))
      else agreeLoosely(bytes.with(place, byte))
    }),
    { numRuns: runs(3000) },
  )
})

function agreeLoosely(bytes: Uint8Array): void {
  assert.equal(scan(bytes) === 'canonical', isCanonical(bytes), String(bytes))
}

test('every number is judged alike', () => {
  const text = fc.oneof(
    fc.double().map(String),
    fc.double().map((value) => value.toExponential()),
    fc.double().map((value) => value.toPrecision(17)),
    fc.stringMatching(/^-?[0-9]{1,20}(\.[0-9]{1,3})?(e[+-]?[0-9]{1,3})?$/),
  )
  fc.assert(fc.property(text, (number) => agree(encoder.encode(number))), { numRuns: runs(3000) })
})

test('the scanner names the reason', () => {
  const cases: readonly [string | Uint8Array, string][] = [
    ['{"a":1,"a":2}', 'duplicate_key'],
    ['{"b":1,"a":2}', 'key_order'],
    ['{"\\u0061":1}', 'escape'],
    ['{"😀":1,"\ufb33":2}', 'canonical'],
    ['{"\ufb33":1,"😀":2}', 'key_order'],
    ['{"a": 1}', 'blank'],
    ['{"a":1.0}', 'number'],
    ['{"a":01}', 'number'],
    ['{"a":1}x', 'syntax'],
    ['{"a":"\\/"}', 'escape'],
    ['[', 'syntax'],
    [`${'['.repeat(600)}${']'.repeat(600)}`, 'depth'],
    [Uint8Array.of(34, 0xff, 34), 'utf8'],
    [Uint8Array.of(34, 0xed, 0xa0, 0x80, 34), 'utf8'],
    [Uint8Array.of(34, 0xc0, 0x80, 34), 'utf8'],
    [Uint8Array.of(34, 0xe2, 0x82, 34), 'utf8'],
  ]
  for (const [given, reason] of cases) {
    assert.equal(
      scan(typeof given === 'string' ? encoder.encode(given) : given),
      reason,
      String(given),
    )
  }
})
