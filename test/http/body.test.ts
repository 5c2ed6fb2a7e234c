import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RampartError } from '../../src/errors.ts'
import { BODY_LIMIT, readBody, RESPONSE_LIMIT } from '../../src/http/body.ts'

const limits = { most: RESPONSE_LIMIT, plain: BODY_LIMIT }

function request(body: BodyInit): Request {
  return new Request('http://localhost/', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
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
