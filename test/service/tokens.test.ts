import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { RampartError } from '../../src/errors.ts'
import { sha256 } from '../../src/service/digest.ts'
import {
  authenticate,
  createToken,
  equalInConstantTime,
  rememberedHashes,
  revokeToken,
} from '../../src/service/tokens.ts'
import { bench } from '../helpers/service.ts'

const POLICY = 'version: "1"\ndefault_action: allow\npolicies: []\n'
const BY = { principal: 'admin', via: 'cli' } as const

test('tokens: the admin token holds every scope but execute', async () => {
  const { services } = bench(POLICY)
  const hash = await sha256('a'.repeat(64))
  assert.deepEqual(await authenticate(services, hash, 'a'.repeat(64)), {
    principal: 'admin',
    scopes: ['eval', 'approve', 'audit', 'admin'],
  })
  for (const wrong of ['', 'b'.repeat(64), 'a'.repeat(63), 'a'.repeat(10_000), hash]) {
    assert.equal(await authenticate(services, hash, wrong), undefined)
  }
})

test('tokens: no admin token configured means nobody is admin', async () => {
  assert.equal(await authenticate(bench(POLICY).services, '', ''), undefined)
  assert.equal(await authenticate(bench(POLICY).services, '', 'x'), undefined)
})

test('semantics 16: a token carries its agent, `*` carries none', async () => {
  const { services, trail } = bench(POLICY)
  const bound = await createToken(services, { agent: 'claude', scopes: ['eval'] }, BY)
  const free = await createToken(services, { agent: '*', scopes: ['eval', 'eval'] }, BY)
  assert.deepEqual(await authenticate(services, 'x', bound.token), {
    principal: `token:${bound.id}`,
    scopes: ['eval'],
    agent: 'claude',
  })
  assert.deepEqual(await authenticate(services, 'x', free.token), {
    principal: `token:${free.id}`,
    scopes: ['eval'],
  })
  assert.deepEqual(trail.map(({ kind, decision }) => [kind, decision.action]), [
    ['token', 'created'],
    ['token', 'created'],
  ])
  assert.ok(!JSON.stringify(trail).includes(bound.token))
  assert.ok(!JSON.stringify(await services.tokens.list()).includes(bound.token))
})

test('tokens: expired and revoked ones are nobody', async () => {
  const { services, clock } = bench(POLICY)
  const brief = await createToken(services, {
    agent: 'a',
    scopes: ['admin'],
    expiresInMs: 1000,
  }, BY)
  assert.deepEqual((await authenticate(services, 'x', brief.token))?.scopes, [
    'eval',
    'approve',
    'audit',
    'admin',
  ])
  await clock.advance(1000)
  assert.equal(await authenticate(services, 'x', brief.token), undefined)
  const ended = await createToken(services, { agent: 'a', scopes: ['eval'] }, BY)
  await revokeToken(services, ended.id, BY)
  assert.equal(await authenticate(services, 'x', ended.token), undefined)
  await assert.rejects(revokeToken(services, ended.id, BY), { code: 'not_found' })
  await assert.rejects(revokeToken(services, 'none', BY), { code: 'not_found' })
})

test('tokens: what is not in the trail is not a token', async () => {
  const { services, fail } = bench(POLICY)
  fail('audit.append')
  await assert.rejects(createToken(services, { agent: 'a', scopes: ['eval'] }, BY), {
    code: 'audit_unavailable',
  })
  assert.deepEqual(await services.tokens.list(), [])
})

test('tokens: every fault of a wrong request at once', async () => {
  const wrong = { agent: 'a\n', scopes: [], expiresInMs: -1 }
  await assert.rejects(createToken(bench(POLICY).services, wrong, BY), (error: RampartError) => {
    assert.equal(error.code, 'request_invalid')
    assert.deepEqual(error.errors.map(({ pointer }) => pointer), ['/agent', '/scopes', '/expires'])
    return true
  })
})

test('tokens: hashes are equal only to themselves', () => {
  assert.ok(equalInConstantTime('abc', 'abc'))
  for (const [a, b] of [['abc', 'abd'], ['abc', 'ab'], ['ab', 'abc'], ['', '']] as const) {
    assert.ok(!equalInConstantTime(a, b))
  }
})

test('hashes are remembered for a few tokens, each its own', async () => {
  const hashOf = rememberedHashes()
  const first = await hashOf('t0')
  for (let count = 0; count < 300; count++) {
    assert.equal(await hashOf(`t${count}`), createHash('sha256').update(`t${count}`).digest('hex'))
  }
  assert.equal(await hashOf('t0'), first)
})
