import assert from 'node:assert/strict'
import { Buffer } from 'node:buffer'
import { test } from 'node:test'
import fc from 'fast-check'
import { RampartError } from '../../src/errors.ts'
import { fromUtf8, withBytes } from '../../src/intercept/byte-params.ts'

const b64 = (bytes: Uint8Array | string) => Buffer.from(bytes as string).toString('base64')

test('bytes come back as the text they are, and differ where they differ', () => {
  const bytes = fc.uint8Array({ maxLength: 12 })
  fc.assert(fc.property(bytes, bytes, (one, other) => {
    const same = Buffer.compare(one, other) === 0
    assert.equal(fromUtf8(one) === fromUtf8(other), same)
  }))
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
    assert.equal(fromUtf8(new TextEncoder().encode(text)), text)
  }))
})

test('a byte that is no UTF-8 is a surrogate of its own', () => {
  const bytes = (...all: number[]) => fromUtf8(Uint8Array.from(all))
  assert.equal(bytes(0x61, 0xe9), 'a\udce9')
  assert.equal(bytes(0xc0, 0x80), '\udcc0\udc80')
  assert.equal(bytes(0xed, 0xa0, 0x80), '\udced\udca0\udc80')
  assert.equal(bytes(0xe2, 0x82), '\udce2\udc82')
  assert.equal(bytes(0xff, 0xc3, 0xa9), '\udcffé')
})

test('params of bytes stand under their own names', () => {
  assert.deepEqual(withBytes({ argv_b64: [b64('rm'), b64('é')], program: '/bin/rm' }), {
    argv: ['rm', 'é'],
    program: '/bin/rm',
  })
  assert.deepEqual(withBytes({ COMMAND_B64: b64('ls') }), { command: 'ls' })
})

test('a field beside its twin, bad base64 and a NUL are refused', () => {
  const bad = [
    { command: 'ls', command_b64: b64('ls') },
    { argv: ['ls'], argv_b64: [b64('ls')] },
    { command_b64: b64('ls'), Command_B64: b64('rm') },
    { command_b64: 'a' },
    { command_b64: 'bHM=\n' },
    { command_b64: ['bHM='] },
    { argv_b64: b64('ls') },
    { argv_b64: [b64('a\0b')] },
    { program_b64: 7 },
  ]
  for (const params of bad) {
    const refused = (error: unknown) =>
      error instanceof RampartError && error.code === 'request_invalid'
    assert.throws(() => withBytes(params), refused, JSON.stringify(params))
  }
})
