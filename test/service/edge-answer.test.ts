import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../src/service/decide.ts'
import { bench, call } from '../helpers/service.ts'

const POLICIES = 'version: "1"\ndefault_action: allow\npolicies: []\n'

test('an edge in C can read the answer to any call: it is never long', async () => {
  const { services } = bench(POLICIES)
  const argv = ['rm', ...Array.from({ length: 3000 }, (_, i) => `/w/${String(i).repeat(100)}`)]
  const ask = async (layer: 'preload' | 'http') =>
    (await decide({ ...call('', { seen: { layer } }), params: { argv } }, services)).answer
  const edge = await ask('preload')
  assert.ok(JSON.stringify(edge).length < 32_768)
  assert.deepEqual([edge.effects.length > 0, edge.effects_complete], [true, false])
  assert.equal((await ask('http')).effects.length, 256)
})

test('bytes of an edge are texts in the trail, and a twin is refused', async () => {
  const { services, trail } = bench(POLICIES)
  const params = { argv_b64: ['Y2F0', 'Y2Fm6Q=='], program: '/bin/cat' }
  const answer = await decide({ ...call(''), params }, services)
  assert.equal(answer.answer.allowed, true)
  assert.deepEqual((trail[0]?.request as { params: unknown }).params, {
    argv: ['cat', 'caf\udce9'],
    program: '/bin/cat',
  })
  await assert.rejects(
    decide({ ...call(''), params: { ...params, argv: ['cat'] } }, services),
    /twin/,
  )
})
