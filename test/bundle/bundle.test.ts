import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { test } from 'node:test'
import fc from 'fast-check'
import { bundleCrypto } from '../../src/adapters/bundle-crypto.ts'
import { canonicalJson } from '../../src/audit/canonical.ts'
import { BUNDLE_BYTES, packMembers, unpackMembers } from '../../src/bundle/archive.ts'
import { addSignature, readBundle, type Trust } from '../../src/bundle/bundle.ts'
import { Refused } from '../../src/bundle/refused.ts'
import { about, bundleOf, FILES, signingKey } from '../helpers/bundle.ts'
import { type Entry, tarOf } from '../helpers/tar.ts'

const NOW = Date.parse('2026-11-20T00:00:00Z')
const key = signingKey()
const other = signingKey()
const trust: Trust = { keys: [key.trusted], at: NOW }

function refusal(archive: Uint8Array, by: Trust | 'unchecked' = trust): string {
  try {
    readBundle(archive, by, bundleCrypto)
    return ''
  } catch (error) {
    assert.ok(error instanceof Refused, String(error))
    return error.message
  }
}

const good = key.sign(bundleOf(1))

test('a bundle that a trusted key signed is read', () => {
  const bundle = readBundle(good, trust, bundleCrypto)
  assert.equal(bundle.key, key.name)
  assert.deepEqual(bundle.files, FILES)
  assert.equal(bundle.manifest.version, 1)
  assert.match(bundle.digest, /^sha256:[0-9a-f]{64}$/)
})

test('the same files make the same bytes in whatever order they come; a signature changes no digest', () => {
  const files = [...FILES, { path: 'tests/b.yaml', text: 'tests: []\n' }]
  assert.deepEqual(bundleOf(1, { files: files.toReversed() }), bundleOf(1, { files }))
  const digest = (bytes: Uint8Array) => readBundle(bytes, 'unchecked', bundleCrypto).digest
  assert.equal(digest(other.sign(good)), digest(bundleOf(1)))
  assert.deepEqual(key.sign(good), good)
  assert.deepEqual(key.sign(other.sign(bundleOf(1))), other.sign(good))
})

test('two keys may sign, and either is enough: so one can follow the other', () => {
  const both = other.sign(good)
  for (const { trusted, name } of [key, other]) {
    assert.equal(readBundle(both, { keys: [trusted], at: NOW }, bundleCrypto).key, name)
  }
})

test('unsigned, wrongly signed and by keys that are not trusted or have ended: refused', () => {
  assert.equal(refusal(bundleOf(1)), 'it is not signed')
  assert.match(refusal(other.sign(bundleOf(1))), /no trusted key, but by [0-9a-f]{16}$/)
  assert.match(refusal(good, { keys: [], at: NOW }), /no trusted key/)
  const bad = { key: key.name, signature: '00'.repeat(64) }
  assert.match(refusal(addSignature(good, bad)), /does not hold/)
  const of = (expires: number, at: Trust['at']): Trust => ({
    keys: [{ ...key.trusted, expires }],
    at,
  })
  assert.equal(refusal(good, of(NOW + 1, NOW)), '')
  assert.match(refusal(good, of(NOW, NOW)), /has expired/)
  // What was signed while the key held stays good where it is in force.
  assert.equal(refusal(good, of(NOW, 'created')), '')
  assert.match(refusal(good, of(Date.parse('2026-11-01T00:00:00Z'), 'created')), /has expired/)
})

/** The members of the good bundle as entries of any tar. */
function entries(): Entry[] {
  return unpackMembers(good).map(({ path, bytes }) => ({ path, data: bytes }))
}

const [manifest, signatures, policy] = entries() as [Entry, Entry, Entry]
const hidden = (path: string): Uint8Array => tarOf([manifest, signatures, { ...policy, path }])

const HOSTILE: readonly (readonly [what: string, archive: () => Uint8Array, says: RegExp])[] = [
  ['nothing', () => new Uint8Array(), /cut off/],
  [
    'something else',
    () => new TextEncoder().encode('x'.repeat(2048)),
    /not an archive that rampart wrote/,
  ],
  ['a path that leads out', () => hidden('policies/../../x.yaml'), /is no file of a bundle/],
  ['an absolute path', () => hidden('/etc/rampart/policies/x.yaml'), /is no file of a bundle/],
  ['a path with a backslash', () => hidden('policies\\x.yaml'), /is no file of a bundle/],
  ['a path with a NUL', () => hidden('policies/x\0.yaml'), /goes on behind its end/],
  ['a hidden file', () => hidden('policies/.x.yaml'), /is no file of a bundle/],
  ['a file of another kind', () => hidden('policies/x.sh'), /is no file of a bundle/],
  [
    'an unknown member',
    () => tarOf([manifest, signatures, policy, { path: 'README' }]),
    /is no file of a bundle/,
  ],
  ['controls in a name', () => hidden('\u001b[31mx'), /"\?\[31mx" is no file/],
  ...(['1', '2', '3', '4', '5', '6', 'g', 'K', 'L', 'S'] as const).map((type) =>
    [
      `an entry of type ${type}`,
      () => tarOf([manifest, { ...policy, type, link: '/etc/passwd' }]),
      /it holds a/,
    ] as const
  ),
  [
    'a pax header',
    () => tarOf([{ path: 'pax', type: 'x', data: '20 path=manifest.js\n' }]),
    /pax header/,
  ],
  ['one file twice', () => tarOf([manifest, signatures, policy, policy]), /is in it twice/],
  [
    'names that differ by case alone',
    () => tarOf([manifest, signatures, policy, { ...policy, path: 'policies/BASE.yaml' }]),
    /is in it twice/,
  ],
  ['a size behind the end', () => tarOf([{ ...manifest, size: 1 << 20 }]), /cut off/],
  ['a size of many gigabytes', () => tarOf([{ ...manifest, size: 0o77777777777 }]), /cut off/],
  ['half of it', () => good.subarray(0, good.length >> 1), /./],
  ['no end', () => good.subarray(0, good.length - 1024), /cut off/],
  ['half an end', () => good.subarray(0, good.length - 512), /no byte of it may differ/],
  ['something behind its end', () => tarOf(entries(), 3), /no byte of it may differ/],
  ['a second archive behind it', () => Buffer.concat([good, good]), /no byte of it may differ/],
  ['modes of its own', () => tarOf(entries()), /no byte of it may differ/],
  ['a wrong checksum', () => tarOf([{ ...manifest, checksum: 7 }]), /wrong checksum/],
  ['compressed', () => gzipSync(good), /it is compressed/],
  ['a bomb', () => gzipSync(new Uint8Array(64 << 20)), /it is compressed/],
  ['one byte too large', () => new Uint8Array(BUNDLE_BYTES + 1), /larger than/],
  [
    'files that its manifest does not list',
    () => repacked((members) => [...members, { ...members[2]!, path: 'policies/z.yaml' }]),
    /lists other files/,
  ],
  ['a file less', () => repacked((members) => members.slice(0, 2)), /lists other files/],
  [
    'another text',
    () => repacked(([a, b, c]) => [a!, b!, { ...c!, bytes: new Uint8Array(3) }]),
    /is not what its manifest says/,
  ],
  [
    'another name',
    () => repacked(([a, b, c]) => [a!, b!, { ...c!, path: 'policies/z.yaml' }]),
    /not where its manifest has it/,
  ],
  ['another order', () => repacked(([a, b, c]) => [a!, c!, b!]), /it is not signed/],
  ['no manifest', () => repacked((members) => members.slice(1)), /does not begin with manifest/],
  [
    'a manifest of another bundle',
    () => repacked(([, b, c]) => [unpackMembers(bundleOf(2))[0]!, b!, c!]),
    /does not hold/,
  ],
  [
    'signatures that are no JSON',
    () => repacked(([a, b, c]) => [a!, { ...b!, bytes: new Uint8Array(9) }, c!]),
    /signatures are no JSON/,
  ],
  [
    'signatures with more in them',
    () =>
      repacked((
        [a, b, c],
      ) => [a!, { ...b!, bytes: text(`{"more":1,${string(b!.bytes).slice(1)}`) }, c!]),
    /not as rampart writes them/,
  ],
]

const text = (value: string) => new TextEncoder().encode(value)
const string = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

function repacked(
  change: (members: ReturnType<typeof unpackMembers>) => ReturnType<typeof unpackMembers>,
): Uint8Array {
  return packMembers(change(unpackMembers(good)))
}

for (const [what, archive, says] of HOSTILE) {
  test(`a bundle is refused: ${what}`, () => assert.match(refusal(archive()), says))
}

/** Manifests that somebody signed all the same. */
const MANIFESTS:
  readonly (readonly [what: string, change: Record<string, unknown>, says: RegExp])[] = [
    ['an unknown key', { surprise: 1 }, /unknown key "surprise"/],
    [
      'a later schema',
      { schema: 'rampart.bundle.v2' },
      /"rampart\.bundle\.v2", which this version does not know/,
    ],
    ['no version', { version: undefined }, /version is missing/],
    ['version 0', { version: 0 }, /version: expected a whole number/],
    ['a version with a fraction', { version: 1.5 }, /version: expected a whole number/],
    ['a day that is none', { created: '2026-02-30T00:00:00Z' }, /created: expected a time/],
    ['a name with a slash', { name: 'a/b' }, /name: expected a name/],
    ['more than everybody', { rollout: { percent: 101 } }, /rollout\.percent: expected/],
    ['an unknown key below', { rollout: { percent: 1, more: 1 } }, /unknown key "rollout\.more"/],
    ['a rollback without a reason', {
      rollback_of: { version: 1, digest: `sha256:${'0'.repeat(64)}` },
    }, /rollback_of\.reason is missing/],
    ['no files', { files: [] }, /files: expected/],
    ['a list', [] as unknown as Record<string, unknown>, /name is missing|no map/],
  ]

for (const [what, change, says] of MANIFESTS) {
  test(`a manifest is refused: ${what}`, () => {
    const [first, ...rest] = unpackMembers(bundleOf(1))
    const value = Array.isArray(change)
      ? change
      : { ...JSON.parse(string(first!.bytes)), ...change }
    const bytes = text(canonicalJson(value))
    assert.match(refusal(key.sign(packMembers([{ ...first!, bytes }, ...rest]))), says)
  })
}

test('a manifest with a key twice or blanks is not in its canonical form', () => {
  const [first, ...rest] = unpackMembers(bundleOf(1))
  for (
    const said of [`${string(first!.bytes)} `, string(first!.bytes).replace('{', '{"version":9,')]
  ) {
    const archive = packMembers([{ ...first!, bytes: text(said) }, ...rest])
    assert.match(refusal(key.sign(archive)), /canonical form/)
  }
})

test('whatever one byte of a signed bundle becomes, it is refused', () => {
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const changed = new Uint8Array(good)
      changed[at] = changed[at]! ^ by
      assert.notEqual(refusal(changed), '')
    }),
    { numRuns: 2000 },
  )
})

test('whatever bytes there are, they are read or refused; what is read is what was written', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 700 }),
    fc.constantFrom(...unpackMembers(good).map(({ bytes }) => bytes), good, new Uint8Array(512)),
  )
  fc.assert(fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
    const archive = new Uint8Array(Buffer.concat(pieces))
    if (refusal(archive, 'unchecked') !== '') return
    const members = unpackMembers(archive)
    assert.deepEqual(packMembers(members), archive)
  }))
})

test('what is built is read as it was', () => {
  const name = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}$/)
  const file = fc.record({ name, text: fc.string({ unit: 'grapheme' }) })
  const files = fc.uniqueArray(file, { minLength: 1, maxLength: 8, selector: (one) => one.name })
  fc.assert(fc.property(files, fc.integer({ min: 1 }), (made, version) => {
    const wanted = made.map(({ name, text }) => ({ path: `policies/${name}.yaml`, text }))
      .sort((a, b) => a.path < b.path ? -1 : 1)
    const bundle = readBundle(key.sign(bundleOf(version, { files: wanted })), trust, bundleCrypto)
    assert.deepEqual(bundle.files, wanted)
    assert.deepEqual({ ...bundle.manifest, files: [] }, {
      ...about(version),
      schema: 'rampart.bundle.v1',
      previous: null,
      files: [],
    })
  }))
})
