import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { sha256 } from '../../src/adapters/hash.ts'
import { GENESIS, type Head, sealEvent } from '../../src/audit/chain.ts'
import { RampartError } from '../../src/errors.ts'
import { createCode, listNodes, revokeNode } from '../../src/service/fleet.ts'
import { draft } from '../helpers/audit.ts'
import { BY, post, withUpstream } from '../helpers/fleet.ts'

const FILE = '2026-11-24.jsonl'

function lines(count: number, word = 'ls', from: Head = GENESIS): string[] {
  let head = from
  return Array.from({ length: count }, (_, made) => {
    const request = { params: { command: `${word} ${made}` } }
    const { event, line } = sealEvent(draft({ request }), head, sha256)
    head = { seq: event.seq, hash: event.hash, time: event.time }
    return line
  })
}

const TRAIL = lines(12)

function beat(head: { seq: number; hash: string }) {
  const rest = { policy_hash: 'h', policy_faults: 0, passed_unasked: 0 }
  return { version: '1', mode: 'enforce', ...rest, head }
}

const headOf = (line: string) => {
  const { seq, hash } = JSON.parse(line) as Head
  return { seq, hash }
}

const refused = (status: number) => (error: Error) => error.message.startsWith(`HTTP ${status}`)
const ship = (part: readonly string[]) => ({ file: FILE, lines: part, anchors: [] })
const codeOf = (code: string) => (error: unknown) =>
  error instanceof RampartError && error.code === code

test('a code makes one node, is kept nowhere, and ends by itself', () =>
  withUpstream(async ({ services, clock, trail, code, enrol, dir }) => {
    const first = await code()
    const identity = await enrol(join(dir, '../a'), first)
    assert.equal(identity.name, 'host')
    await assert.rejects(enrol(join(dir, '../b'), first), codeOf('unauthenticated'))
    const late = await createCode(services, { labels: {}, expiresInMs: 1000 }, BY)
    await clock.advance(1000)
    await assert.rejects(enrol(join(dir, '../b'), late.code), codeOf('unauthenticated'))
    await assert.rejects(enrol(join(dir, '../b'), 'rampart_node_0'), codeOf('unauthenticated'))
    assert.deepEqual(
      trail.filter(({ kind }) => kind === 'token').map(({ decision }) => decision.action),
      ['node_code', 'node_enrolled', 'node_code'],
    )
    assert.ok(!JSON.stringify(trail).includes(first))
  }))

test('a code says what the node is called, where it says so, and what is no name is refused', () =>
  withUpstream(async ({ services, enrol, dir }) => {
    const wanted = { name: 'laptop-7', labels: { team: 'web' } }
    const { code } = await createCode(services, wanted, BY)
    assert.equal((await enrol(join(dir, '../a'), code)).name, 'laptop-7')
    assert.deepEqual((await listNodes(services))[0]!.labels, { team: 'web' })
    for (const name of ['', ' a', 'a\n', '\u001b[31m', 'x'.repeat(65)]) {
      await assert.rejects(
        createCode(services, { name, labels: {} }, BY),
        codeOf('request_invalid'),
      )
    }
    for (const labels of [{ a: '' }, { 'a b': 'c' }]) {
      await assert.rejects(createCode(services, { labels }, BY), codeOf('request_invalid'))
    }
    for (const expiresInMs of [0, -1, NaN, 8 * 86_400_000]) {
      const refusing = createCode(services, { labels: {}, expiresInMs }, BY)
      await assert.rejects(refusing, codeOf('request_invalid'))
    }
  }))

test('each event is in the copy once, whatever comes again', () =>
  withUpstream(async ({ node, dir }) => {
    const { client, identity } = await node()
    for (const [from, to] of [[0, 5], [0, 5], [3, 8], [8, 12], [2, 4]] as const) {
      await post(client, '/v1/fleet/events', ship(TRAIL.slice(from, to)))
    }
    const copy = readFileSync(join(dir, identity.id, FILE), 'utf8')
    assert.equal(copy, TRAIL.map((line) => `${line}\n`).join(''))
  }))

test('a request that was kept is worth nothing, and neither is one of another key, path or body', () =>
  withUpstream(async ({ node, url }) => {
    const one = await node()
    const other = await node()
    const thief = one.clientWith({ dir: other.dir })
    await assert.rejects(post(thief, '/v1/fleet/events', ship(TRAIL)), refused(401))
    const body = JSON.stringify(ship(TRAIL.slice(0, 2)))
    const events = '/v1/fleet/events'
    const field = await one.sign({ count: 7, path: events, body })
    const send = async (path: string, sent: string, by = field) => {
      const headers = { 'rampart-node': by, 'content-type': 'application/json' }
      const answer = await fetch(new URL(path, url), { method: 'POST', body: sent, headers })
      await answer.body?.cancel()
      return answer.status
    }
    assert.equal(await send('/v1/fleet/heartbeat', body), 401)
    assert.equal(await send(events, body.replace('ls', 'rm')), 401)
    assert.equal(await send(events, body, field.replace(';7;', ';8;')), 401)
    assert.equal(await send(events, body), 200)
    assert.equal(await send(events, body), 401)
    assert.equal(await send(events, body, await one.sign({ count: 6, path: events, body })), 401)
    assert.equal(await send(events, body, await one.sign({ count: 8, path: events, body })), 200)
  }))

test('a clock that goes back by years loses nothing', () =>
  withUpstream(async ({ node, services }) => {
    const { client, clientWith } = await node()
    await post(client, '/v1/fleet/events', ship(TRAIL.slice(0, 3)))
    const back = clientWith({ now: () => 5 })
    await post(back, '/v1/fleet/events', ship(TRAIL.slice(3)))
    assert.equal((await listNodes(services))[0]!.events, 12)
  }))

test('the answer of another than the upstream that was pinned counts for none', () =>
  withUpstream(async ({ node }) => {
    const one = await node()
    const other = await node()
    const upstreamKey = Buffer.from(new Uint8Array(32)).toString('base64')
    const wrong = one.clientWith({ identity: { ...one.identity, upstreamKey } })
    await assert.rejects(post(wrong, '/v1/fleet/events', ship([])), /not signed by the upstream/)
    // Each answer is to one request.
    await post(other.client, '/v1/fleet/events', ship([]))
  }))

test('a revoked node is nobody; what it shipped stays', () =>
  withUpstream(async ({ node, services, dir }) => {
    const { client, identity } = await node()
    await post(client, '/v1/fleet/events', ship(TRAIL))
    await revokeNode(services, identity.id, BY)
    await assert.rejects(post(client, '/v1/fleet/events', ship(TRAIL)), refused(401))
    await assert.rejects(revokeNode(services, identity.id, BY), codeOf('not_found'))
    assert.equal((await listNodes(services))[0]!.standing, 'revoked')
    assert.ok(readFileSync(join(dir, identity.id, FILE), 'utf8').length > 0)
  }))

test('a rewritten trail shows by what it ships, is told of once, and changes nothing', () =>
  withUpstream(async ({ node, services, trail, dir }) => {
    const { client, identity } = await node()
    await post(client, '/v1/fleet/events', ship(TRAIL.slice(0, 6)))
    const other = lines(9, 'rm -rf', { ...headOf(TRAIL[2]!), time: GENESIS.time })
    for (let turn = 0; turn < 2; turn++) {
      await assert.rejects(post(client, '/v1/fleet/events', ship(other)), refused(409))
    }
    // Not even its own past is taken any more.
    await assert.rejects(post(client, '/v1/fleet/events', ship(TRAIL)), refused(409))
    const [line] = await listNodes(services)
    assert.deepEqual([line!.standing, line!.forked_at, line!.events], ['forked', 6, 6])
    const alerts = trail.filter(({ kind }) => kind === 'alert')
    assert.deepEqual(alerts.map(({ request }) => (request as { seq: number }).seq), [6])
    const copy = readFileSync(join(dir, identity.id, FILE), 'utf8')
    assert.equal(copy, TRAIL.slice(0, 6).map((one) => `${one}\n`).join(''))
  }))

for (
  const [what, head] of [
    ['ends before its copy', headOf(TRAIL[3]!)],
    ['ends with another event', { ...headOf(TRAIL[5]!), hash: headOf(TRAIL[3]!).hash }],
  ] as const
) {
  test(`a trail that ${what} shows by the heartbeat`, () =>
    withUpstream(async ({ node, services }) => {
      const { client } = await node()
      await post(client, '/v1/fleet/events', ship(TRAIL.slice(0, 6)))
      const well = await post(client, '/v1/fleet/heartbeat', beat(headOf(TRAIL[7]!)))
      assert.deepEqual(well, { standing: 'ok', next_ms: 30_000 })
      assert.equal((await listNodes(services))[0]!.lag, 2)
      const ill = await post(client, '/v1/fleet/heartbeat', beat(head))
      assert.equal((ill as { standing: string }).standing, 'forked')
      assert.equal((await listNodes(services))[0]!.standing, 'forked')
    }))
}

test('events that never came are counted and told of', () =>
  withUpstream(async ({ node, services, trail }) => {
    const { client } = await node()
    await post(client, '/v1/fleet/events', ship(TRAIL.slice(0, 3)))
    await post(client, '/v1/fleet/events', ship(TRAIL.slice(7)))
    const [line] = await listNodes(services)
    assert.deepEqual([line!.standing, line!.missing, line!.events], ['ok', 4, 12])
    const alert = trail.find(({ kind }) => kind === 'alert')!.request as Record<string, unknown>
    assert.deepEqual([alert['from'], alert['to']], [4, 7])
  }))
