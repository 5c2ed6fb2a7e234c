import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { BundleStore } from '../../src/adapters/bundle-store.ts'
import { made, withWorld } from '../helpers/bundle-follow.ts'

test('a kept bundle that somebody changed is put aside, and the one before takes its place', () =>
  withWorld(async (world) => {
    const { follower } = await world.follower()
    for (const version of [1, 2]) {
      world.offer(made(world, version))
      await follower.look()
    }
    const bytes = readFileSync(world.active)
    bytes[bytes.length - 1500]! ^= 1
    writeFileSync(world.active, bytes)
    const store = new BundleStore({
      dir: world.dir,
      active: world.active,
      keys: [world.key.trusted],
    })
    assert.match((await store.open()).join('\n'), /refused: .*\nVersion 1 is in force again/)
    assert.equal(store.current?.manifest.version, 1)
    assert.ok(existsSync(join(world.dir, 'refused.tar')))
    // Version 2 is remembered, so it comes from its source alone as what it is.
    assert.equal(store.known?.highest.version, 2)
  }))

test('a kill between any two writes of an activation leaves the one bundle or the other, never neither', () =>
  withWorld(async (world) => {
    const keys = [world.key.trusted]
    const { follower } = await world.follower()
    for (const version of [1, 2]) {
      world.offer(made(world, version))
      await follower.look()
    }
    const whole = readdirSync(world.dir).map((name) =>
      [name, readFileSync(join(world.dir, name))] as const
    )
    world.offer(made(world, 3))
    await follower.look()
    const after = new Map(
      readdirSync(world.dir).map((name) => [name, readFileSync(join(world.dir, name))] as const),
    )
    const order = ['previous.tar', 'active.tar', 'state.json']
    for (let done = 0; done <= order.length; done++) {
      for (const name of readdirSync(world.dir)) rmSync(join(world.dir, name))
      for (const [name, bytes] of whole) {
        writeFileSync(join(world.dir, name), bytes, { mode: 0o600 })
      }
      for (const name of order.slice(0, done)) {
        writeFileSync(join(world.dir, name), after.get(name)!)
      }
      writeFileSync(join(world.dir, 'active.tar.ab12.tmp'), 'half')
      const store = new BundleStore({ dir: world.dir, active: world.active, keys })
      assert.deepEqual(await store.open(), [])
      const version = store.current?.manifest.version
      assert.equal(version, done < 2 ? 2 : 3, `after ${done} writes`)
      assert.equal(store.known?.highest.version, version)
    }
  }))

test('one who is killed while giving a bundle up goes back when it starts', () =>
  withWorld(async (world) => {
    const { follower, store } = await world.follower()
    for (const version of [1, 2]) {
      world.offer(made(world, version))
      await follower.look()
    }
    const strict = readFileSync(world.active)
    await store.giveUp('too many denials', 0)
    // As if the last write had not been made.
    writeFileSync(world.active, strict)
    const next = new BundleStore({
      dir: world.dir,
      active: world.active,
      keys: [world.key.trusted],
    })
    assert.match((await next.open()).join(), /Version 1 is in force again/)
    assert.equal(next.current?.manifest.version, 1)
    assert.equal(next.known?.highest.version, 2)
  }))

test('two who share a directory leave one whole bundle, and both refuse what is older', () =>
  withWorld(async (world) => {
    const [a, b] = [await world.follower(), await world.follower()]
    world.offer(made(world, 1))
    await Promise.all([a.follower.look(), b.follower.look()])
    world.offer(made(world, 2))
    await Promise.all([a.follower.look(), b.follower.look(), a.follower.look()])
    assert.deepEqual(readFileSync(world.active), Buffer.from(made(world, 2)))
    for (const { follower } of [a, b]) assert.equal(follower.state().current?.version, 2)
    assert.deepEqual(readdirSync(world.dir).filter((name) => name.endsWith('.tmp')), [])
  }))

test('notes that somebody broke are none; the bundle still says its own version', () =>
  withWorld(async (world) => {
    const { follower } = await world.follower()
    world.offer(made(world, 2))
    await follower.look()
    for (
      const text of [
        '',
        '{',
        'null',
        '[]',
        '{"schema":"rampart.bundles.v1","given_up":7,"highest":{}}',
      ]
    ) {
      writeFileSync(join(world.dir, 'state.json'), text)
      const store = new BundleStore({
        dir: world.dir,
        active: world.active,
        keys: [world.key.trusted],
      })
      assert.deepEqual(await store.open(), [])
      assert.equal(store.known?.highest.version, 2)
    }
  }))
