import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sha256 } from '../../src/adapters/hash.ts'
import { memoryAuditLog } from '../../src/adapters/memory.ts'
import { canonicalJson } from '../../src/audit/canonical.ts'
import { GENESIS, type Head, sealEvent } from '../../src/audit/chain.ts'
import type { AuditEvent } from '../../src/audit/event.ts'
import { readEvent } from '../../src/audit/read.ts'
import { type Finding, TrailCheck } from '../../src/audit/verify.ts'
import { SegmentCheck } from '../../src/audit/verify-segment.ts'
import { HASH_TOOLS } from '../../src/adapters/audit-verify-job.ts'
import { draft } from '../helpers/audit.ts'

function chainOf(length: number): string[] {
  let head: Head = GENESIS
  return Array.from({ length }, (_, index) => {
    const { event, line } = sealEvent(draft({ agent: `a${index}` }), head, sha256)
    head = event
    return line
  })
}

function verify(lines: readonly string[], pieces = 1): readonly Finding[] {
  const check = new TrailCheck({ tools: HASH_TOOLS })
  check.file('f')
  const size = Math.max(1, Math.ceil(lines.length / pieces))
  for (let from = 0; from < lines.length; from += size) {
    const segment = new SegmentCheck(HASH_TOOLS)
    for (const line of lines.slice(from, from + size)) {
      const bytes = new TextEncoder().encode(`\n${line}`)
      segment.line(bytes, 1, bytes.length, true)
    }
    check.segment(segment.result())
  }
  return check.end().findings
}

function told(lines: readonly string[]): string[] {
  return verify(lines).map(({ line, message }) => `${line}: ${message}`)
}

/** The line with a change and a hash that fits it: by who knows the format but not the chain. */
function forged(line: string, change: Partial<AuditEvent>): string {
  const { hash: _, ...rest } = { ...JSON.parse(line) as AuditEvent, ...change }
  return canonicalJson({ ...rest, hash: sha256(canonicalJson(rest)) })
}

test('semantics 29 a line is the canonical JSON of its event, and its hash that of the rest', () => {
  const { event, line } = sealEvent(draft(), GENESIS, sha256)
  assert.equal(line, canonicalJson(event))
  const { hash, ...rest } = event
  assert.equal(hash, sha256(canonicalJson(rest)))
  assert.equal(event.prev_hash, `sha256:${'0'.repeat(64)}`)
  assert.deepEqual(readEvent(line), event)
})

test('a chain that was not touched verifies, an empty one too', () => {
  assert.deepEqual(told(chainOf(50)), [])
  assert.deepEqual(told([]), [])
})

test('each way to tamper is named at its line', () => {
  const chain = chainOf(6)
  const at = (index: number): string => chain[index]!
  const cases: Readonly<Record<string, readonly [string[], string[]]>> = {
    'a changed value': [
      chain.with(2, at(2).replace('"a2"', '"b2"')),
      ['3: The hash does not fit: the event was changed'],
    ],
    'a changed value with a new hash': [
      chain.with(2, forged(at(2), { agent: 'b' })),
      ['4: The event does not follow event 3: one of the two was replaced'],
    ],
    'a blank': [
      chain.with(2, at(2).replace(',', ', ')),
      ['3: The line is not in canonical form: blanks, keys or values were changed'],
    ],
    'a duplicate key': [
      chain.with(2, at(2).replace('{', '{"agent":"evil",')),
      ['3: The line is not in canonical form: blanks, keys or values were changed'],
    ],
    'an escape that says the same': [
      chain.with(2, at(2).replace('"a2"', '"\\u00612"')),
      ['3: The line is not in canonical form: blanks, keys or values were changed'],
    ],
    'two lines swapped': [
      [at(0), at(1), at(3), at(2), at(4), at(5)],
      [
        '3: Events 3 to 3 are missing before this one',
        '4: Event 3 stands behind event 4: it was moved, repeated or inserted',
        '5: Events 4 to 4 are missing before this one',
      ],
    ],
    'a line deleted': [chain.toSpliced(2, 1), ['3: Events 3 to 3 are missing before this one']],
    'the first lines deleted': [chain.slice(2), ['1: Events 1 to 2 are missing before this one']],
    'a line repeated': [
      chain.toSpliced(3, 0, at(2)),
      ['4: Event 3 stands behind event 3: it was moved, repeated or inserted'],
    ],
    'a line inserted': [
      chain.toSpliced(3, 0, forged(at(3), { agent: 'x' })),
      ['5: Event 4 stands behind event 4: it was moved, repeated or inserted'],
    ],
    'an empty line': [chain.toSpliced(3, 0, ''), ['4: The line is not an event of this trail']],
    'a forged restart': [
      [...chain.slice(0, 3), ...chainOf(2)],
      ['4: The chain starts anew here: what stands before it is cut off'],
    ],
    'a time that goes back': [
      (() => {
        const start = sealEvent(draft(), GENESIS, sha256)
        return [
          start.line,
          forged(sealEvent(draft(), start.event, sha256).line, {
            time: '2020-01-01T00:00:00.000Z',
          }),
        ]
      })(),
      ['2: The time goes back'],
    ],
    'a time of another spelling': [
      [forged(at(0), { time: '2026-11-24T12:00:00Z' })],
      ['1: The time is not in RFC 3339 with milliseconds, UTC'],
    ],
  }
  for (const [what, [lines, findings]] of Object.entries(cases)) {
    assert.deepEqual(told(lines), findings, what)
    // Whoever reads it in pieces tells the same.
    for (const pieces of [2, 3, 6]) assert.deepEqual(verify(lines, pieces), verify(lines), what)
  }
})

test('no change of a character goes unnoticed', () => {
  const chain = chainOf(3)
  const text = chain.join('\n')
  fc.assert(fc.property(
    fc.integer({ min: 0, max: text.length - 1 }),
    fc.string({ minLength: 0, maxLength: 2, unit: 'binary' }),
    (at, instead) => {
      const changed = text.slice(0, at) + instead + text.slice(at + 1)
      fc.pre(changed !== text)
      assert.ok(verify(changed.split('\n')).length > 0)
    },
  ))
})

test('hostile lines are findings, never a failure', () => {
  const deep = `{"schema":"rampart.audit.v2","a":${'['.repeat(5000)}${']'.repeat(5000)}}`
  const lines = ['null', '[]', '{}', '"x"', '1e999', '{', deep, '\0'.repeat(100)]
  assert.equal(verify(lines).length, lines.length)
  const nested = JSON.parse(`${'['.repeat(2000)}1${']'.repeat(2000)}`)
  const event = { ...sealEvent(draft(), GENESIS, sha256).event, request: nested }
  assert.equal(verify([JSON.stringify(event)]).length, 2)
})

test('findings are listed up to a thousand, then counted', () => {
  const findings = verify(Array(5000).fill('x'))
  assert.equal(findings.length, 1001)
  assert.match(findings.at(-1)!.message, /^4000 more/)
})

test('a trail in memory is a real chain, newest first, and keeps no more than it should', async () => {
  const log = memoryAuditLog(10)
  for (let count = 0; count < 12; count++) await log.append([draft({ agent: `a${count % 2}` })])
  assert.deepEqual((await log.query({ limit: 2 })).map(({ seq }) => seq), [12, 11])
  assert.deepEqual(
    (await log.query({ limit: 2, agent: 'a0', order: 'asc' })).map(({ seq }) => seq),
    [
      3,
      5,
    ],
  )
  assert.deepEqual(told(log.lines()), ['1: Events 1 to 2 are missing before this one'])
  await log.close()
  await assert.rejects(log.append([draft()]))
})
