import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type Line,
  linesBackward,
  linesForward,
  LONGEST_LINE,
} from '../../src/adapters/audit-lines.ts'
import type { OpenFile } from '../../src/adapters/audit-ops.ts'

function fileOf(bytes: Uint8Array): OpenFile {
  const refuse = (): never => assert.fail('not for reading')
  return {
    stat: async () => ({ size: bytes.length, ino: 1n, changed: 1n }),
    async read(into, position) {
      // Short reads are legal.
      const part = bytes.subarray(position, position + Math.min(into.length, 50_000))
      into.set(part)
      return part.length
    },
    write: refuse,
    datasync: refuse,
    truncate: refuse,
    close: async () => {},
  }
}

async function all(blocks: AsyncGenerator<Line[]>): Promise<string[]> {
  const lines: string[] = []
  for await (const block of blocks) {
    for (const { bytes, start, end, terminated } of block) {
      const text = bytes === undefined ? '(long)' : Buffer.from(bytes).toString('latin1')
      if (bytes !== undefined) assert.equal(end - start, bytes.length + (terminated ? 1 : 0))
      lines.push(`${start}${terminated ? '' : ' torn'} ${text}`)
    }
  }
  return lines
}

function expected(text: string): string[] {
  let start = 0
  return text.split(/(?<=\n)/).filter((line) => line !== '').map((line) => {
    const torn = line.endsWith('\n') ? '' : ' torn'
    const told = line.length > LONGEST_LINE ? '(long)' : line.replace('\n', '')
    const found = `${start}${torn} ${told}`
    start += line.length
    return found
  })
}

async function check(text: string): Promise<void> {
  const file = fileOf(Buffer.from(text, 'latin1'))
  const lines = expected(text)
  assert.deepEqual(await all(linesForward(file)), lines)
  assert.deepEqual(await all(linesBackward(file, text.length)), lines.toReversed())
}

test('lines are the same from both ends, whatever the blocks', async () => {
  const part = fc.oneof(
    fc.constant('\n'),
    fc.nat(150_000).map((length) => 'x'.repeat(length)),
    fc.string({ maxLength: 10, unit: fc.constantFrom('a', '\n', '\0') }),
    fc.constantFrom(65_534, 65_535, 65_536, 65_537).map((length) => 'y'.repeat(length)),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 12 }), (parts) => check(parts.join(''))),
    { numRuns: 50 },
  )
})

test('a line that is too long is passed over, and those around it are read', async () => {
  const long = 'x'.repeat(3 * LONGEST_LINE)
  await check(
    `a\n${long}\nb\n${'z'.repeat(LONGEST_LINE - 1)}\n${'w'.repeat(LONGEST_LINE)}\nc\n${long}`,
  )
  await check(long)
  await check('')
})
