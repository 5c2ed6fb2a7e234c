import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get } from 'node:http'
import { test } from 'node:test'
import { createExports } from '../../src/service/export.ts'
import type { Services } from '../../src/service/services.ts'
import type { TrailBatch, TrailLines } from '../../src/ports.ts'
import { DEVICE, trailLine } from '../helpers/formats.ts'
import { httpBench, requestFor } from '../helpers/http.ts'
import { live } from '../helpers/http-live.ts'
import { bench, type FakeClock } from '../helpers/service.ts'

interface Endless extends TrailLines {
  /** Batches that were asked for. */
  asked: number
  readonly ended: Promise<void>
}

/** A trail of so many batches; tells when nobody reads it any more. */
function trailOf(batches: number, broken?: string): Endless {
  const { promise, resolve } = Promise.withResolvers<void>()
  const line = trailLine({ request: { params: { command: 'x'.repeat(60_000) } } })
  const reader: Endless = {
    asked: 0,
    ended: promise,
    device: () => Promise.resolve(DEVICE),
    async *lines(): AsyncGenerator<TrailBatch> {
      try {
        for (let n = 0; n < batches; n++, reader.asked++) yield { lines: [line], passed: 0 }
        if (broken !== undefined) yield { lines: [], passed: 0, unreadable: broken }
      } finally {
        resolve()
      }
    },
  }
  return reader
}

function services(trail: TrailLines): { readonly services: Services; readonly clock: FakeClock } {
  const one = bench('version: "1"\ndefault_action: allow\npolicies: []\n')
  return { services: { ...one.services, trail }, clock: one.clock }
}

const failsWith = (code: string) => (error: unknown) => (error as { code?: string }).code === code

test('an export is sent with the type of its format, to those who may read the trail', async () => {
  const { send, api } = httpBench()
  const asked: unknown[] = []
  const { services: own } = services(trailOf(2))
  const exports = createExports(own)
  api.exportTrail = (request) => {
    asked.push(request)
    return exports(request)
  }
  const got = await send('/v1/audit/export?format=csv&since=24h&decision=deny&run=r', {
    token: 'audit-token',
  })
  assert.equal(got.status, 200)
  assert.equal(got.headers.get('content-type'), 'text/csv; charset=utf-8; header=present')
  assert.match(got.headers.get('content-disposition')!, /^attachment; filename="[\w.-]+\.csv"$/)
  assert.deepEqual(asked, [{ format: 'csv', since: '24h', decision: 'deny', run: 'r' }])
  assert.equal((await send('/v1/audit/export', { token: 'eval-token' })).status, 403)
  assert.equal((await send('/v1/audit/export', { token: null })).status, 401)
  for (const query of ['format=xml', 'kind=x', 'limit=5', 'since=', 'since=yesterday']) {
    const refused = await send(`/v1/audit/export?${query}`)
    const pointer = `/${query.split('=')[0]}`
    assert.deepEqual([refused.status, refused.json.errors[0].pointer], [400, pointer])
  }
})

test('a few exports at a time; the head alone takes no place', async () => {
  const { send, api } = httpBench()
  const { services: own } = services(trailOf(1))
  api.exportTrail = createExports(own)
  for (let n = 0; n < 5; n++) {
    assert.equal((await send('/v1/audit/export', { method: 'HEAD' })).status, 200)
  }
  const held = [
    await api.exportTrail({ format: 'jsonl' }),
    await api.exportTrail({ format: 'cef' }),
  ]
  const third = await send('/v1/audit/export')
  assert.deepEqual([third.status, third.headers.get('retry-after')], [429, '5'])
  held[0]!.close()
  held[0]!.close()
  assert.equal((await send('/v1/audit/export')).status, 200)
  await held[1]!.next()
  assert.equal(await held[1]!.next(), undefined)
  assert.equal((await send('/v1/audit/export')).status, 200)
})

test('a reader that has gone away unseen gives its place back after a minute', async () => {
  const trail = trailOf(1000)
  const { services: own, clock } = services(trail)
  const exports = createExports(own)
  const stalled = [await exports({ format: 'jsonl' }), await exports({ format: 'jsonl' })]
  for (const one of stalled) await one.next()
  await clock.advance(59_000)
  await stalled[0]!.next()
  await clock.advance(2_000)
  await assert.rejects(stalled[1]!.next())
  await assert.rejects(
    exports({ format: 'jsonl' }).then(() => exports({ format: 'jsonl' })),
    failsWith('rate_limited'),
  )
})

test('an export with a file that cannot be read does not end as if it were whole', async () => {
  const { api, app } = httpBench()
  api.exportTrail = createExports(services(trailOf(1, '2026-01-01.jsonl')).services)
  const response = await app.fetch(
    requestFor('/v1/audit/export', {}),
  )
  assert.equal(response.status, 200)
  await assert.rejects(response.text())
})

test('over a connection: no faster than it is read, and no longer than somebody reads', () =>
  live(async ({ api, port }) => {
    const trail = trailOf(100_000)
    api.exportTrail = createExports(services(trail).services)
    const request = get({
      host: '127.0.0.1',
      port,
      path: '/v1/audit/export',
      headers: { authorization: 'Bearer admin-token' },
    })
    request.on('error', () => {})
    const [response] = await once(request, 'response')
    assert.equal(response.statusCode, 200)
    await once(response, 'readable')
    assert.ok(response.read().length > 0)
    request.destroy()
    await trail.ended
    // Of 6 GB no more was made than buffers take.
    assert.ok(trail.asked < 2000, `${trail.asked} pieces were made`)
  }))
