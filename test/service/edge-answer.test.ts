import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../src/service/decide.ts'
import type { DecideRequest } from '../../src/service/services.ts'
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

const OUTPUTS = `version: "1"
default_action: allow
policies:
  - name: secrets
    rules: [{action: deny, when: {response_holds: [secret, hidden_text]}}]
  - name: speech
    match: {tool: [fetch, 'mcp__web__*']}
    rules: [{action: log, when: {response_holds: instruction}}]
  - name: words
    match: {tool: exec}
    rules: [{action: deny, when: {response_matches: ['leak']}}]
`

test('an edge that sees outputs is told which of them rules look at', async () => {
  const ask = async (policies: string, tool: string, params: DecideRequest['params']) => {
    const { services } = bench(policies)
    const request = { ...call('', { seen: { layer: 'mcp' as const } }), tool, params }
    const { answer } = await decide(request, services)
    return [answer.reads_output, answer.output_kinds]
  }
  assert.deepEqual(await ask(POLICIES, 'mcp__a__b', {}), [false, undefined])
  assert.deepEqual(await ask(OUTPUTS, 'mcp__a__b', {}), [true, ['secret', 'hidden_text']])
  const web = await ask(OUTPUTS, 'mcp__web__get', {})
  assert.deepEqual(web, [true, ['secret', 'hidden_text', 'instruction']])
  assert.deepEqual(await ask(OUTPUTS, 'exec', { command: 'ls' }), [true, undefined])
  const both = OUTPUTS.replace('response_matches', 'response_not_matches')
  assert.deepEqual(await ask(both, 'exec', { command: 'ls' }), [true, undefined])
})
