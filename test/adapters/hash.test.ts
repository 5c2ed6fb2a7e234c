import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hmac, randomHex, sameText, sha256, sha256Hasher } from '../../src/adapters/hash.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const hex = (bytes: ArrayBuffer) =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')

test('SHA-256 of FIPS 180-4 and HMAC of RFC 4231 come out on every runtime', () => {
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
  assert.equal(sha256('abc'), `sha256:${abc}`)
  assert.equal(
    hmac(utf8('Jefe'), 'what do ya ', 'want for nothing?'),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  )
  // A key longer than a block.
  assert.equal(
    hmac(
      new Uint8Array(131).fill(0xaa),
      'Test Using Larger Than Block-Size Key - Hash Key First',
    ),
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  )
})

test('any text hashes as its UTF-8 bytes do, in one piece or several', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'binary' }), { maxLength: 4 }), async (texts) => {
      const hasher = sha256Hasher()
      for (const text of texts) hasher.update(text)
      const bytes = new Uint8Array(texts.flatMap((text) => [...utf8(text)]))
      assert.equal(hasher.digest('hex'), hex(await crypto.subtle.digest('SHA-256', bytes)))
    }),
    { numRuns: 200 },
  )
})

test('texts are the same only where they are', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (a, b) => {
    assert.equal(sameText(a, b), a === b)
    assert.equal(sameText(a, a), true)
    assert.equal(sameText(a, `${a}\0`), false)
  }))
  assert.notEqual(randomHex(8), randomHex(8))
  assert.match(randomHex(8), /^[0-9a-f]{16}$/)
})
