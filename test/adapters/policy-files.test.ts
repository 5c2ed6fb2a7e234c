import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import type { RampartError } from '../../src/errors.ts'
import type { PolicyChange } from '../../src/ports.ts'

import { names, type Place, policy, withPlace } from '../helpers/policy-files.ts'

test('policy files: with none but the overlay the built-in profile is in force', async () => {
  await withPlace(async ({ open, write }) => {
    assert.deepEqual(names(await open()), ['rampart-self', 'standard-rm'])
    assert.deepEqual(names(await open({ profile: 'ci' })), ['ci', 'rampart-self'])
    write('user.yaml', 'version: "1"\npolicies: []\n')
    assert.deepEqual(names(await open()), ['rampart-self', 'standard-rm'])
    await assert.rejects(open({ profile: 'none' }), { code: 'config_invalid' })
    await assert.rejects(open({ profile: 'toString' }), { code: 'config_invalid' })
  })
})

test('policy files: all files of the directory in order, the profile no more', async () => {
  await withPlace(async ({ open, write }) => {
    write('b.yaml', policy('b', 'b'))
    write('a.yaml', policy('a', 'a'))
    write('.hidden.yaml', 'no policy')
    write('notes.txt', 'no policy')
    const source = await open()
    assert.deepEqual(names(source), ['a', 'b', 'rampart-self'])
    assert.deepEqual(source.current().files.map((file) => file.split(/[:/]/).at(-1)), [
      'self-protection',
      'a.yaml',
      'b.yaml',
    ])
  })
})

test('policy files: one named file stands instead of the directory', async () => {
  await withPlace(async ({ open, write, root }) => {
    write('a.yaml', policy('a', 'a'))
    const file = join(root, 'only.yaml')
    await assert.rejects(open({ file }), { code: 'policy_invalid' })
    writeFileSync(file, policy('only', 'x'), { mode: 0o600 })
    assert.deepEqual(names(await open({ file })), ['only', 'rampart-self'])
  })
})

test('policy files: at start every fault of every file is told', async () => {
  await withPlace(async ({ open, write }) => {
    write('a.yaml', 'version: "1"\ndefault_action: perhaps\npolicis: []\n')
    write('b.yaml', 'version: "1"\ndefault_action: allow\nfoo: 1\n')
    write('c.yml', '')
    await assert.rejects(open(), (error: RampartError) => {
      assert.equal(error.code, 'policy_invalid')
      const told = error.errors.map(({ detail }) => detail).join('\n')
      for (const part of ['a.yaml:2:', 'a.yaml:3:', 'b.yaml:3:', 'c.yml:1:1: Not loaded']) {
        assert.ok(told.includes(part), `${part} in ${told}`)
      }
      return true
    })
  })
})

test('semantics 12: a file beside is extended, and no policy of its own any more', async () => {
  await withPlace(async ({ open, write, root }) => {
    write('base.yaml', policy('base', 'base'))
    write('mine.yaml', `extends: base\n${policy('mine', 'mine')}`)
    assert.deepEqual(names(await open()), ['base', 'mine', 'rampart-self'])
    const file = join(root, 'policies', 'mine.yaml')
    assert.deepEqual(names(await open({ file })), ['base', 'mine', 'rampart-self'])
  })
})

test('F36 a link beside a policy leads `extends` nowhere else, nor does a path', async () => {
  await withPlace(async ({ open, dir, root, write }) => {
    writeFileSync(join(root, 'far.yaml'), policy('far', 'far'), { mode: 0o600 })
    symlinkSync('../far.yaml', join(dir, 'base.yaml'))
    const file = write('mine.yaml', `extends: base\n${policy('mine', 'mine')}`)
    await assert.rejects(open({ file }), (error: RampartError) => {
      assert.match(error.errors[0]!.detail, /a link leads out of the directory/)
      return true
    })
    for (const name of ['../far', '/etc/passwd', 'user']) {
      write('mine.yaml', `extends: ${name}\n${policy('mine', 'mine')}`)
      await assert.rejects(open({ file }), { code: 'policy_invalid' }, name)
    }
  })
})

const BAD: readonly (readonly [string, (place: Place) => void])[] = [
  ['is half saved', ({ write }) => write('a.yaml', policy('a', 'a').slice(0, 70))],
  ['has a fault', ({ write }) => write('a.yaml', 'version: "2"\n')],
  ['is 5 MB large', ({ write }) => write('a.yaml', `#${'x'.repeat(5 << 20)}\n`)],
  ['is not UTF-8', ({ dir }) => writeFileSync(join(dir, 'a.yaml'), new Uint8Array([0xff, 0xfe]))],
  ['is removed', ({ dir }) => rmSync(join(dir, 'a.yaml'))],
  ['is a directory', ({ dir }) => {
    rmSync(join(dir, 'a.yaml'))
    mkdirSync(join(dir, 'a.yaml'))
  }],
  ['is writable by everybody', ({ dir }) => chmodSync(join(dir, 'a.yaml'), 0o666)],
  ['vanishes with its directory', ({ dir }) => rmSync(dir, { recursive: true })],
]

for (const [what, spoil] of BAD) {
  test(`F16 the last good set stays when a file ${what}`, async () => {
    if (process.platform === 'win32') return
    await withPlace(async (place) => {
      // The ownership check is of no use in a world-writable directory that is not sticky.
      place.write('a.yaml', policy('a', 'a'))
      const source = await place.open()
      const { hash } = source.current().set
      const changes: PolicyChange[] = []
      source.onChange((_state, change) => changes.push(change))
      spoil(place)
      const state = await source.reload()
      assert.equal(state.set.hash, hash)
      assert.ok(state.faults.length > 0)
      assert.deepEqual(changes.map(({ kind }) => kind), ['refused'])
      await source.reload()
      assert.equal(changes.length, 1, 'the same trouble is told once')
      mkdirSync(place.dir, { recursive: true, mode: 0o700 })
      rmSync(join(place.dir, 'a.yaml'), { recursive: true, force: true })
      place.write('a.yaml', policy('again', 'a'))
      assert.deepEqual((await source.reload()).faults, [])
      assert.deepEqual(names(source), ['again', 'rampart-self'])
      assert.deepEqual(changes.map(({ kind }) => kind), ['refused', 'loaded'])
    })
  })
}
