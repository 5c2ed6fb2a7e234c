import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLive } from '../../src/service/live.ts'
import type { LiveRequest } from '../../src/service/live-client.ts'
import { encodeItems } from '../../src/http/stream.ts'
import { hostileTexts, trailLine } from '../helpers/formats.ts'
import { CALLERS, httpBench, requestFor } from '../helpers/http.ts'
import { liveBench } from '../helpers/live.ts'
import { idle } from '../helpers/service.ts'
import { parseSse } from '../helpers/sse.ts'

const PATH = '/v1/events/stream'
const text = (items: Parameters<typeof encodeItems>[0]) =>
  new TextDecoder().decode(encodeItems(items))

test('an event has its seq as id, its kind as name, and as data the line of the trail', () => {
  const line = trailLine({ kind: 'approval' }, 41)
  const [block] = parseSse(text([{ kind: 'event', line }]))
  assert.deepEqual([block!.id, block!.event, block!.data], ['41', 'approval', line.text])
})

test('hello gives the place to go on from, what is not an event has no id', () => {
  const hello = { kind: 'hello', seq: 9, from: 4, version: '1', mode: 'enforce' } as const
  const sent = text([
    hello,
    { kind: 'gap', from: 5, to: 6 },
    { kind: 'lagged', from: 7, to: 9 },
    { kind: 'end', reason: 'shutdown' },
    { kind: 'beat', seq: 9 },
  ])
  assert.match(sent, /^retry: 2000\n/)
  assert.deepEqual(
    parseSse(sent).map(({ id, event, data }) => [id, event, data]),
    [
      ['4', 'hello', '{"seq":9,"version":"1","mode":"enforce"}'],
      [undefined, 'gap', '{"from":5,"to":6}'],
      [undefined, 'lagged', '{"from":7,"to":9}'],
      [undefined, 'end', '{"reason":"shutdown"}'],
      ['9', '', ''],
    ],
  )
})

test('F13 F42 no text of an event ends its line or makes another event', () => {
  for (const { name, text: hostile } of hostileTexts()) {
    const line = trailLine({ agent: hostile, request: { params: { command: hostile } } })
    const blocks = parseSse(text([{ kind: 'event', line }]))
    assert.deepEqual(blocks.map(({ data }) => data), [line.text], name)
  }
  const line = trailLine()
  for (const kind of ['x\n\nevent: approval', 'hello', 'lagged', 'error', '', 'K', 'a b']) {
    const damaged = { ...line, event: { ...line.event, kind } } as typeof line
    assert.equal(parseSse(text([{ kind: 'event', line: damaged }]))[0]!.event, 'unknown', kind)
  }
  // White space of JSON that ends a line of the stream, as only another writer's line can hold.
  const foreign = { ...line, text: line.text.replace('{', '{\r') }
  const [block] = parseSse(text([{ kind: 'event', line: foreign }]))
  assert.deepEqual(JSON.parse(block!.data), line.event)
})

test('who may watch: audit all, approve approvals, eval nothing, nobody without a token', async () => {
  const { send, api, app } = httpBench()
  const asked: LiveRequest[] = []
  const { watch } = api
  api.watch = (request) => {
    asked.push(request)
    return watch(request)
  }
  for (const [token, status] of [['audit-token', 200], ['admin-token', 200], ['all-token', 200]]) {
    assert.equal((await send(PATH, { token: String(token) })).status, status, String(token))
  }
  assert.equal((await send(PATH, { token: 'approve-token' })).status, 200)
  assert.equal((await send(`${PATH}?kind=approval`, { token: 'approve-token' })).status, 200)
  assert.deepEqual(
    asked.map(({ filter }) => filter.approvalsOnly),
    [false, false, false, true, true],
  )
  const refused = await send(`${PATH}?kind=decision`, { token: 'approve-token' })
  assert.deepEqual([refused.status, refused.json.code], [403, 'forbidden'])
  assert.equal((await send(PATH, { token: 'eval-token' })).status, 403)
  assert.equal((await send(PATH, { token: 'bound-token' })).status, 403)
  assert.equal((await send(PATH, { token: null })).status, 401)
  const own = await app.fetch(requestFor(PATH, { token: null }), { transport: 'socket', uid: 1 })
  assert.equal(own.status, 403)
  assert.equal(asked.length, 5)
})

test('where it begins: the header comes before the query, and what is no place is refused', async () => {
  const { send, api } = httpBench()
  const asked: (number | undefined)[] = []
  const { watch } = api
  api.watch = (request) => {
    asked.push(request.after)
    return watch(request)
  }
  const at = async (query: string, id?: string) =>
    await send(`${PATH}${query}`, id === undefined ? {} : { headers: { 'last-event-id': id } })
  for (
    const [query, id] of [['', undefined], ['?after=7', undefined], ['?after=7', '9']] as const
  ) {
    assert.equal((await at(query, id)).status, 200)
  }
  assert.equal((await at('?after=7', '')).status, 200)
  assert.deepEqual(asked, [undefined, 7, 9, 7])
  for (const id of ['x', '-1', '1.5', '9'.repeat(30), '1, 2', '0x1']) {
    const refused = await at('', id)
    assert.deepEqual([refused.status, refused.json.errors[0].pointer], [400, '/last-event-id'], id)
  }
  for (
    const query of ['?after=x', '?after=-1', '?kind=x', '?limit=1', '?after=1&after=2', '?agent=']
  ) {
    assert.equal((await at(query)).status, 400, query)
  }
  assert.equal(asked.length, 4)
})

test('the head alone opens nothing; the type is that of server-sent events, kept by nobody', async () => {
  const { send, api } = httpBench()
  let opened = 0
  const { watch } = api
  api.watch = (request) => {
    opened += 1
    return watch(request)
  }
  const head = await send(PATH, { method: 'HEAD' })
  const got = await send(PATH)
  for (const { status, headers } of [head, got]) {
    assert.equal(status, 200)
    assert.equal(headers.get('content-type'), 'text/event-stream')
    assert.equal(headers.get('cache-control'), 'no-store')
  }
  assert.equal(opened, 1)
  assert.equal((await send(PATH, { method: 'POST', body: {} })).status, 405)
})

test('a revoked token ends its stream, and one that may only approve from now on the stream of all', async () => {
  for (const now of [undefined, CALLERS['approve-token']]) {
    const { api, app } = httpBench()
    const { services, append, following } = liveBench()
    api.watch = (request) => createLive(services).open(request)
    const response = await app.fetch(requestFor(PATH, { token: 'audit-token' }))
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    assert.match((await reader.read()).value!, /event: hello/)
    await append(1, { kind: 'token' })
    assert.match((await reader.read()).value!, /event: token/)
    api.authenticate = () => Promise.resolve(now)
    await append(1, { kind: 'token' })
    let rest = ''
    for (;;) {
      const { value, done } = await reader.read()
      if (done) break
      rest += value
    }
    assert.match(rest, /event: end\ndata: \{"reason":"credential"\}\n\n$/)
    await idle()
    assert.equal(following(), 0)
    assert.deepEqual(api.failures, [])
  }
})
