import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { faultsBeside } from '../../src/adapters/policy-files.ts'
import { policiesOf, readBundle } from '../../src/bundle/bundle.ts'
import { bundleCrypto } from '../../src/adapters/bundle-crypto.ts'
import { RampartError } from '../../src/errors.ts'
import { bundleOf, signingKey } from '../helpers/bundle.ts'
import {
  BUILTINS,
  names,
  type Place,
  policy,
  realClock,
  withPlace,
} from '../helpers/policy-files.ts'

const key = signingKey()
const signed = (text: string, version = 1) =>
  key.sign(bundleOf(version, { files: [{ path: 'policies/b.yaml', text }] }))

interface At {
  readonly managedDir: string
  readonly bundle: { readonly path: string; readonly keys: typeof keys }
}

/** A place with managed policies of root beside a bundle. */
async function withBoth(body: (at: At, place: Place) => Promise<void>): Promise<void> {
  await withPlace(async (place) => {
    const managedDir = join(place.root, 'managed')
    mkdirSync(managedDir)
    await body({ managedDir, bundle: { path: join(place.root, 'active.tar'), keys } }, place)
  })
}

/** What is wrong with a bundle beside all else. */
async function faultsOf(bytes: Uint8Array, { managedDir, bundle }: At, { dir }: Place) {
  const opened = readBundle(bytes, { keys, at: 'created' }, bundleCrypto)
  return await faultsBeside({
    dir,
    managedDir,
    builtins: BUILTINS,
    clock: realClock,
    log: { error: () => {}, warn: () => {}, info: () => {} },
    facts: { projectRoot: () => Promise.resolve(undefined) },
    projectPolicies: true,
    checkOwners: false,
  }, policiesOf(opened, bundle.path))
}

const keys = [key.trusted]

test('a bundle and the policies of root are one layer: rules of both count', () =>
  withBoth(async ({ managedDir, bundle }, place) => {
    writeFileSync(join(managedDir, 'root.yaml'), policy('of-root', 'a *'))
    writeFileSync(bundle.path, signed(policy('of-bundle', 'b *')))
    place.write('mine.yaml', policy('mine', 'c *'))
    const source = await place.open({ managedDir, bundle, checkOwners: false })
    assert.deepEqual(names(source), ['mine', 'of-bundle', 'of-root', 'rampart-self'])
    const layers = source.current().set.listing.map(({ name, layer }) => `${name} ${layer}`)
    assert.ok(layers.includes('of-bundle managed') && layers.includes('of-root managed'))
  }))

test('the strictest default of both holds', () =>
  withBoth(async ({ managedDir, bundle }, place) => {
    for (
      const [root, own, expected] of [
        ['allow', 'deny', 'deny'],
        ['deny', 'allow', 'deny'],
        ['log', 'require_approval', 'require_approval'],
      ] as const
    ) {
      writeFileSync(join(managedDir, 'root.yaml'), `version: "1"\ndefault_action: ${root}\n`)
      writeFileSync(bundle.path, signed(`version: "1"\ndefault_action: ${own}\n`))
      const source = await place.open({ managedDir, bundle, checkOwners: false })
      assert.equal(source.current().set.defaultAction, expected)
    }
  }))

test('one policy name in both is a fault in the bundle, before it is taken and when it is read', () =>
  withBoth(async ({ managedDir, bundle }, place) => {
    writeFileSync(join(managedDir, 'root.yaml'), policy('both', 'a *'))
    const bytes = signed(policy('both', 'b *'))
    const faults = await faultsOf(bytes, { managedDir, bundle }, place)
    assert.equal(faults.length, 1)
    assert.equal(faults[0]!.file, `${bundle.path}/policies/b.yaml`)
    assert.match(faults[0]!.message, /"both" is taken already in .*root\.yaml/)
    writeFileSync(bundle.path, bytes)
    await assert.rejects(place.open({ managedDir, bundle, checkOwners: false }), RampartError)
  }))

test('a fault in a file of the person is no fault of a bundle', () =>
  withBoth(async (at, place) => {
    place.write('broken.yaml', 'version: "1"\n')
    assert.deepEqual(await faultsOf(signed(policy('b', 'b *')), at, place), [])
  }))

test('what a bundle extends lies in it or is built in, never beside it on disk', () =>
  withBoth(async ({ managedDir, bundle }, place) => {
    writeFileSync(join(place.root, 'beside.yaml'), policy('beside', 'x *'))
    for (const [base, good] of [['ci', true], ['beside', false], ['../beside', false]] as const) {
      const text = `version: "1"\ndefault_action: allow\nextends: ${base}\n`
      writeFileSync(bundle.path, signed(text))
      const open = place.open({ managedDir, bundle, checkOwners: false })
      if (good) assert.ok(names(await open).includes('ci'))
      else await assert.rejects(open, RampartError, base)
    }
  }))

test('a bundle of no trusted key, changed, or signed by a key that had ended when it was made: a fault at start', () =>
  withBoth(async ({ managedDir, bundle }, place) => {
    const good = signed(policy('b', 'b *'))
    const bad = new Uint8Array(good)
    bad[1000]! ^= 1
    const expired = [{ ...key.trusted, expires: Date.parse('2026-10-01T00:00:00Z') }]
    for (
      const [bytes, trusted] of [[bad, keys], [good, []], [good, expired], [
        bundleOf(1),
        keys,
      ]] as const
    ) {
      writeFileSync(bundle.path, bytes)
      const open = place.open({
        managedDir,
        bundle: { ...bundle, keys: trusted },
        checkOwners: false,
      })
      await assert.rejects(
        open,
        (error: RampartError) =>
          /active\.tar:1:1: The bundle is refused/.test(error.errors[0]?.detail ?? ''),
      )
    }
    writeFileSync(bundle.path, good)
    const ends = [{ ...key.trusted, expires: Date.parse('2026-11-02T00:00:00Z') }]
    const source = await place.open({
      managedDir,
      bundle: { ...bundle, keys: ends },
      checkOwners: false,
    })
    assert.ok(names(source).includes('b'))
  }))
