import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filesFor, made, withWorld } from '../helpers/bundle-follow.ts'

test('a node takes a stage of a roll-out when its turn comes, and says what it waits for', () =>
  withWorld(async (world) => {
    const { follower } = await world.follower({ node: { id: 'n', labels: { tier: 'ci' } } })
    const stage = (version: number, percent: number, tier: string) =>
      made(world, version, { files: filesFor('x'), rollout: { percent, labels: { tier: [tier] } } })
    const seen: unknown[] = []
    for (const bytes of [stage(1, 100, 'laptop'), stage(2, 0, 'ci'), stage(3, 100, 'ci')]) {
      world.offer(bytes)
      await follower.look()
      const { current, waiting } = follower.state()
      seen.push([current?.version, waiting])
    }
    assert.deepEqual(seen, [[undefined, 1], [undefined, 2], [3, undefined]])
  }))

const HALT = { percent: 100, halt: { calls: 10, denials_rise: 20, asks_rise: 20 } }

async function calls(
  follower: { counted(action: string): void; look(): Promise<void> },
  count: number,
  action: string,
): Promise<void> {
  for (let at = 0; at < count; at++) follower.counted(action)
  await follower.look()
}

for (const action of ['deny', 'require_approval', 'ask_delegated']) {
  test(`a bundle under which ${action} comes more often is given up, and not taken again`, () =>
    withWorld(async (world) => {
      const { follower } = await world.follower()
      world.offer(made(world, 1))
      await follower.look()
      await calls(follower, 10, 'allow')
      world.offer(made(world, 2, { rollout: HALT }))
      await follower.look()
      assert.equal(follower.state().current?.version, 2)
      await calls(follower, 8, 'allow')
      await calls(follower, 3, action)
      const { current, givenUp, lastError } = follower.state()
      assert.equal(current?.version, 1)
      assert.match(
        givenUp?.reason ?? '',
        /rose from 0\.0 to 2[07]\.\d of 100 calls, by more than 20/,
      )
      // Its source still holds it.
      assert.match(lastError ?? '', /it was given up/)
      assert.equal(world.told.filter(({ kind }) => kind === 'bundle_given_up').length, 1)
      const next = await world.follower()
      await next.follower.look()
      assert.equal(next.follower.state().current?.version, 1)
      world.offer(made(world, 3, { rollout: HALT }))
      await next.follower.look()
      assert.equal(next.follower.state().current?.version, 3)
    }))
}

test('a later stage of the same files goes on with what was counted, and goes back to where they began', () =>
  withWorld(async (world) => {
    const { follower } = await world.follower()
    world.offer(made(world, 1))
    await follower.look()
    await calls(follower, 10, 'allow')
    for (const version of [2, 3]) {
      world.offer(made(world, version, { files: filesFor('strict'), rollout: HALT }))
      await follower.look()
      await calls(follower, 6, version === 2 ? 'deny' : 'allow')
    }
    assert.equal(follower.state().current?.version, 1)
  }))

test('neither the first bundle nor one for all at once is given up by itself', () =>
  withWorld(async (world) => {
    const { follower } = await world.follower()
    world.offer(made(world, 1, { rollout: HALT }))
    await follower.look()
    await calls(follower, 50, 'deny')
    world.offer(made(world, 2))
    await follower.look()
    await calls(follower, 50, 'deny')
    assert.equal(follower.state().current?.version, 2)
  }))
