import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { keyFile, signatureOf } from '../../src/adapters/signature.ts'
import { createWebhookClient } from '../../src/adapters/webhook.ts'
import { httpReceiver, type HttpRequest } from '../helpers/sinks.ts'
import { fakeClock } from '../helpers/service.ts'
import { verifySignature } from '../helpers/verify-signature.ts'

async function sent(key: () => string): Promise<HttpRequest> {
  const taken: HttpRequest[] = []
  const receiver = await httpReceiver((request, response) => {
    taken.push(request)
    response.end('{"decision":"allow"}')
  })
  const client = createWebhookClient({
    clock: fakeClock(),
    key,
  })
  const { verdict } = await client.ask({
    url: `http://127.0.0.1:${receiver.port}/`,
    timeoutMs: 5000,
    id: 'q7',
    body: { params: { command: 'deploy' } },
    allowPrivate: true,
  })
  assert.equal(verdict, 'allow')
  await receiver.close()
  return taken[0]!
}

test('webhook: the signature holds for this id, time and body alone', async () => {
  const { headers, body } = await sent(() => 'the key')
  const at = fakeClock().now() / 1000
  const given = {
    id: String(headers['x-rampart-id']),
    signature: String(headers['x-rampart-signature']),
    body,
  }
  assert.equal(given.id, 'q7')
  assert.equal(verifySignature('the key', given, at), true)
  assert.equal(verifySignature('another', given, at), false)
  assert.equal(verifySignature('the key', { ...given, id: 'q8' }, at), false)
  assert.equal(verifySignature('the key', { ...given, body: `${body} ` }, at), false)
  assert.equal(verifySignature('the key', given, at + 301), false)
})

test('webhook: without a key there is an id and no signature', () => {
  const headers = signatureOf(undefined, 'q1', '{}', fakeClock())
  assert.deepEqual(headers, { 'x-rampart-id': 'q1' })
})

test('the key of a state directory is made once, for us alone; what is no key is refused', () => {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-key-'))
  try {
    const path = join(dir, 'keys', 'webhook.key')
    const key = keyFile(path)()
    assert.match(key, /^[0-9a-f]{64}$/)
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.equal(keyFile(path)(), key)
    assert.equal(readFileSync(path, 'utf8').trim(), key)
    writeFileSync(path, 'short\n')
    assert.throws(keyFile(path), { code: 'state_unusable' })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})

test('webhook: a key that cannot be read is a failure, and nothing is sent', async () => {
  const taken: HttpRequest[] = []
  const receiver = await httpReceiver((request, response) => {
    taken.push(request)
    response.end('{"decision":"allow"}')
  })
  const client = createWebhookClient({
    clock: fakeClock(),
    key: () => {
      throw new Error('unreadable')
    },
  })
  const url = `http://127.0.0.1:${receiver.port}/`
  const asked = { url, timeoutMs: 5000, id: 'q', body: {}, allowPrivate: true }
  assert.equal((await client.ask(asked)).verdict, 'failed')
  assert.equal(taken.length, 0)
  await receiver.close()
})
