import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RampartError } from '../../src/errors.ts'
import { BODY_LIMIT, readBody, RESPONSE_LIMIT } from '../../src/http/body.ts'

const limits = { most: RESPONSE_LIMIT, plain: BODY_LIMIT }

function request(body: BodyInit, headers: Record<string, string> = {}): Request {
  return new Request('http://localhost/', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    // Node wants to be told that the body is a stream.
    duplex: 'half',
  } as RequestInit)
}

const fails = (code: string) => (error: unknown) =>
  error instanceof RampartError && error.code === code

test('a body that never ends is given up', async () => {
  const dripping = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode('{"agent":')),
  })
  await assert.rejects(readBody(request(dripping), { ...limits, arrivalMs: 1 }), fails('timed_out'))
})

test('a short body is held to the same: one that drips, breaks off, or is not as short as it said', async () => {
  const said = { 'content-length': '10' }
  const text = new TextEncoder().encode('{"agent":"a"}')
  assert.deepEqual(await readBody(request('{"agent":"a"}', { 'content-length': '13' }), limits), {
    agent: 'a',
  })
  const dripping = new ReadableStream({ start: (controller) => controller.enqueue(text) })
  await assert.rejects(
    readBody(request(dripping, said), { ...limits, arrivalMs: 1 }),
    fails('timed_out'),
  )
  const broken = new ReadableStream({ start: (controller) => controller.error(new Error('gone')) })
  await assert.rejects(readBody(request(broken, said), limits), fails('request_invalid'))
  await assert.rejects(
    readBody(request(`{"a":"${'x'.repeat(100)}"}`, said), { most: 64, plain: 64 }),
    fails('too_large'),
  )
})

const LONG = 'x'.repeat(BODY_LIMIT)

for (
  const [what, body] of [
    ['no JSON', LONG + LONG],
    ['no object', `["${LONG}"]`],
    ['no response', `{"a":"${LONG}"}`],
  ] as const
) {
  test(`a body over 1 MiB that is ${what} is too large`, async () => {
    await assert.rejects(readBody(request(body), limits), fails('too_large'))
  })
}

test('a body over 1 MiB with a response is read, over 8 MiB it is not', async () => {
  const read = await readBody(request(`{"response":"${LONG}"}`), limits)
  assert.equal((read['response'] as string).length, LONG.length)
  await assert.rejects(
    readBody(request(`{"response":"${LONG.repeat(8)}"}`), limits),
    fails('too_large'),
  )
})
