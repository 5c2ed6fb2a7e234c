import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { bundleCrypto } from '../../src/adapters/bundle-crypto.ts'
import { readBundle } from '../../src/bundle/bundle.ts'
import { RampartError } from '../../src/errors.ts'
import { bundleOf, signingKey } from '../helpers/bundle.ts'
import { made, withOrigin, withWorld, type World } from '../helpers/bundle-follow.ts'

function digest(bytes: Uint8Array): string {
  return readBundle(bytes, 'unchecked', bundleCrypto).digest
}

test('a bundle is taken, then the next one; the same one again is no news', () =>
  withWorld(async (world) => {
    const { follower } = await world.follower()
    for (const version of [1, 1, 2]) {
      world.offer(made(world, version))
      await follower.look()
      assert.equal(follower.state().current?.version, version)
    }
    assert.deepEqual(readFileSync(world.active), Buffer.from(made(world, 2)))
    assert.deepEqual(world.told.map(({ kind, version }) => `${kind} ${version}`), [
      'bundle_activated 1',
      'bundle_activated 2',
    ])
    assert.deepEqual(world.errors, [])
  }))

/** What is offered after version 2, and why it changes nothing. */
const REFUSED: readonly (readonly [
  what: string,
  offer: (world: World) => Uint8Array,
  says: RegExp,
])[] = [
  ['an older one', (world) => made(world, 1), /version 1 is not higher than version 2/],
  [
    'the same version anew',
    (world) => made(world, 2, { created: '2026-11-02T00:00:00Z' }),
    /with other contents/,
  ],
  ['an unsigned one', () => bundleOf(3), /it is not signed/],
  ['one of another key', () => signingKey().sign(bundleOf(3)), /no trusted key/],
  ['half of one', (world) => made(world, 3).subarray(0, 2000), /cut off|no byte/],
  ['nothing', () => new Uint8Array(), /cut off/],
  [
    'another name',
    (world) => made(world, 3, { name: 'other' }),
    /"other", and the bundle in force is "company"/,
  ],
  [
    'a later release',
    (world) => made(world, 3, { min_rampart: '0.2.0' }),
    /needs rampart 0\.2\.0, and this is 0\.1\.0/,
  ],
  ['5 MB', () => new Uint8Array((5 << 20) + 1), /larger than/],
  [
    'a rollback of another one',
    (world) =>
      made(world, 1, { rollback_of: { version: 2, digest: digest(made(world, 9)), reason: 'r' } }),
    /not in force/,
  ],
]

for (const [what, offer, says] of REFUSED) {
  test(`a bundle that is refused changes nothing and is told once: ${what}`, () =>
    withWorld(async (world) => {
      const { follower } = await world.follower()
      world.offer(made(world, 2))
      await follower.look()
      const before = readFileSync(world.active)
      world.offer(offer(world))
      await follower.look()
      await follower.look()
      const { current, lastError } = follower.state()
      assert.equal(current?.version, 2)
      assert.match(lastError ?? '', says)
      assert.deepEqual(readFileSync(world.active), before)
      assert.equal(world.errors.length, 1)
      world.offer(made(world, 3))
      await follower.look()
      assert.equal(follower.state().current?.version, 3)
      assert.equal(follower.state().lastError, undefined)
    }))
}

test('a bundle whose tests fail is refused, and taken once they pass', () =>
  withWorld(async (world) => {
    let fails = true
    const { follower } = await world.follower({
      prove: () =>
        fails
          ? Promise.reject(new RampartError('policy_invalid', 'a.yaml: test "t" expected deny'))
          : Promise.resolve(),
    })
    world.offer(made(world, 1))
    await follower.look()
    assert.equal(existsSync(world.active), false)
    assert.match(follower.state().lastError ?? '', /^refused: a\.yaml: test "t"/)
    assert.equal(follower.state().refused, true)
    fails = false
    await follower.look()
    assert.equal(follower.state().current?.version, 1)
  }))

test('a signed rollback is taken; what it took back is not, until the versions go on above it', () =>
  withWorld(async (world) => {
    const { follower } = await world.follower()
    const bad = made(world, 2)
    const back = made(world, 1, {
      rollback_of: { version: 2, digest: digest(bad), reason: 'too strict' },
    })
    const versions: (number | undefined)[] = []
    for (const bytes of [made(world, 1), bad, back, bad, made(world, 3)]) {
      world.offer(bytes)
      await follower.look()
      versions.push(follower.state().current?.version)
    }
    assert.deepEqual(versions, [1, 2, 1, 1, 3])
    assert.equal(
      world.told.find(({ version, reason }) => version === 1 && reason)?.reason,
      'too strict',
    )
  }))

test('what was learnt holds in the next process too, when the source is away', () =>
  withWorld(async (world) => {
    const first = await world.follower()
    world.offer(made(world, 2))
    await first.follower.look()
    const { follower } = await world.follower({ source: 'file:///nonexistent/bundle.tar' })
    await follower.look()
    const { current, lastError, refused } = follower.state()
    assert.deepEqual([current?.version, refused], [2, false])
    assert.match(lastError ?? '', /^the source cannot be used: The file is gone/)
    // And an older one is still older.
    const third = await world.follower()
    world.offer(made(world, 1))
    await third.follower.look()
    assert.equal(third.follower.state().current?.version, 2)
  }))

test('a key follows another: the same bundle is kept as its source has it signed now', () =>
  withWorld(async (world) => {
    const next = signingKey()
    const both = [world.key.trusted, next.trusted]
    const { follower } = await world.follower({ keys: both })
    const unsigned = bundleOf(1)
    for (const bytes of [world.key.sign(unsigned), next.sign(unsigned)]) {
      world.offer(bytes)
      await follower.look()
      assert.deepEqual(readFileSync(world.active), Buffer.from(bytes))
    }
    assert.equal(world.told.length, 1)
    const later = await world.follower({ keys: [next.trusted] })
    assert.equal(later.follower.state().current?.key, next.name)
  }))

test('a server is asked by ETag; a refused bundle is asked for anew', () =>
  withWorld(async (world) => {
    const seen: (string | undefined)[] = []
    let bytes = made(world, 1)
    await withOrigin((request, response) => {
      const tag = `"${digest(bytes).slice(7, 20)}"`
      seen.push(request.headers['if-none-match'])
      if (request.headers['if-none-match'] === tag) response.writeHead(304).end()
      else response.writeHead(200, { etag: tag }).end(bytes)
    }, async (url) => {
      const { follower } = await world.follower({ source: `${url}/b.tar` })
      const first = `"${digest(bytes).slice(7, 20)}"`
      for (let at = 0; at < 2; at++) await follower.look()
      bytes = bundleOf(2)
      for (let at = 0; at < 2; at++) await follower.look()
      assert.deepEqual(seen, [undefined, first, first, undefined])
      assert.match(follower.state().lastError ?? '', /not signed/)
    })
  }))
