import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RampartError } from '../../src/errors.ts'
import type { PolicyChange, PolicySource, PolicyState } from '../../src/ports.ts'
import type { Api } from '../../src/service/api.ts'
import { createApi } from '../../src/service/create-api.ts'
import { sha256 } from '../../src/service/digest.ts'
import { LONGEST_OFF_MS, turnOff, turnOn } from '../../src/service/off.ts'
import { createQuota } from '../../src/service/quota.ts'
import { type Bench, bench, call, identityOf, idle } from '../helpers/service.ts'

const POLICY = `version: "1"
default_action: allow
policies:
  - name: p
    rules: [{action: deny, when: {command_matches: ["rm*"]}}]
`
const SELF = POLICY.replace('name: p', 'name: self').replace('rm*', 'rampart off*')
const BY = { principal: 'admin', via: 'cli' } as const

interface Wired {
  readonly one: Bench
  readonly api: Api
  change(change: Partial<PolicyChange>): void
}

async function wired(options: Parameters<typeof bench>[1] = {}): Promise<Wired> {
  const one = bench([
    { file: 'builtin:self', layer: 'builtin', text: SELF },
    { file: 'p.yaml', layer: 'user', text: POLICY },
  ], options)
  const listeners: Parameters<PolicySource['onChange']>[0][] = []
  const policies: PolicySource = {
    ...one.services.policies,
    onChange(listener) {
      listeners.push(listener)
      return () => {}
    },
  }
  const adminTokenHash = await sha256('secret')
  const api = createApi({ ...one.services, policies }, { adminTokenHash })
  return {
    one,
    api,
    change(change) {
      const full: PolicyChange = {
        kind: 'loaded',
        hash: 'sha256:x',
        files: ['a.yaml'],
        faults: [],
        dropped: [],
        ...change,
      }
      for (const listener of listeners) listener(policies.current(), full)
    },
  }
}

test('F16 a reload is in the trail with the restrictions it dropped, and warned of', async () => {
  const { one, change } = await wired()
  change({ dropped: ['p/1', 'p/2'] })
  change({ kind: 'refused', faults: [{ file: 'a.yaml', line: 3, col: 4, message: 'odd' }] })
  await idle()
  assert.deepEqual(one.trail.map(({ kind, decision }) => `${kind} ${decision.action}`), [
    'policy loaded',
    'policy refused',
  ])
  assert.deepEqual((one.trail[0]!.request as { dropped: unknown }).dropped, ['p/1', 'p/2'])
  assert.deepEqual((one.trail[1]!.request as { faults: unknown }).faults, ['a.yaml:3:4: odd'])
  assert.ok(one.logged.some((line) => line.startsWith('warn: The new policies drop 2')))
})

test('reload: faults are a problem with every place, and health says so', async () => {
  const { one } = await wired()
  const faults = [{ file: 'a.yaml', line: 3, col: 4, message: 'odd' }]
  const state: PolicyState = { ...one.services.policies.current(), faults }
  const policies = { ...one.services.policies, reload: async () => state, current: () => state }
  const api = createApi({ ...one.services, policies }, { adminTokenHash: '' })
  await assert.rejects(
    api.reload({ principal: 'admin', scopes: ['admin'] }, 'http'),
    (error: RampartError) => {
      assert.equal(error.code, 'policy_invalid')
      assert.equal(error.errors[0]!.detail, 'a.yaml:3:4: odd')
      return true
    },
  )
  assert.equal(api.health().status, 'degraded')
  assert.deepEqual(api.health().policy.faults, faults)
})

test('health and status: what is in force, and the level', async () => {
  const { one, api } = await wired()
  await one.clock.advance(5500)
  assert.deepEqual(api.health(), {
    status: 'ok',
    service: 'rampart',
    version: '0.0.0-test',
    mode: 'enforce',
    uptime_seconds: 5,
    policy: {
      hash: one.services.policies.current().set.hash,
      loaded_at: '2027-01-15T08:00:00.000Z',
      files: ['test.yaml'],
      policies: 2,
      faults: [],
    },
    bundle: null,
  })
  const status = await api.status()
  assert.equal(status.level, 'L0')
  assert.equal(status.pending_approvals, 0)
  assert.equal(status.off_until, null)
})

test('health: records that are missing degrade it', async () => {
  const { one, api } = await wired({ settings: { failure: 'open' } })
  one.fail('audit.append')
  await api.decide(call('ls'))
  assert.equal(api.health().status, 'degraded')
  one.mend()
  await api.decide(call('ls'))
  assert.equal(api.health().status, 'ok')
})

test('off: enforcement rests for a while, self-protection does not, and it ends by itself', async () => {
  const { one, api } = await wired()
  const until = await turnOff(one.services, 600_000, BY)
  const rm = await api.decide(call('rm x'))
  assert.equal(rm.answer.allowed, true)
  assert.equal(rm.answer.enforced, false)
  assert.equal(rm.answer.decision, 'deny')
  assert.equal((await api.decide(call('rampart off'))).answer.allowed, false)
  assert.equal(api.health().mode, 'disabled')
  assert.equal((await api.status()).off_until, new Date(until).toISOString())
  await one.clock.advance(600_000)
  assert.equal((await api.decide(call('rm x'))).answer.allowed, false)
  assert.equal(await turnOn(one.services, BY), false)
  assert.deepEqual(one.trail.map(({ kind, mode }) => `${kind} ${mode}`), [
    'mode disabled',
    'decision disabled',
    'decision disabled',
    'decision enforce',
  ])
})

test('off: on ends it at once; both are in the trail, even when it was broken', async () => {
  const { one, api } = await wired()
  one.fail('audit.append')
  await turnOff(one.services, 1000, BY)
  one.mend()
  assert.equal(await turnOn(one.services, BY), true)
  assert.equal((await api.decide(call('rm x'))).answer.allowed, false)
  assert.deepEqual(one.trail.map(({ kind, decision }) => `${kind} ${decision.action}`), [
    'fail_open log',
    'mode off',
    'mode on',
    'decision deny',
  ])
})

for (const ms of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, LONGEST_OFF_MS + 1]) {
  test(`off: not for ${ms} ms`, async () => {
    const { one } = await wired()
    await assert.rejects(turnOff(one.services, ms, BY), { code: 'request_invalid' })
    assert.equal(one.services.switches.offUntil(), undefined)
  })
}

test('F28 dry runs have a bucket per principal, enforced calls have none', async () => {
  const { one, api } = await wired({ settings: { previewBurst: 3, previewsPerMinute: 60 } })
  const preview = (principal: string) =>
    api.decide(call('ls', { intent: 'preview', identity: identityOf({ principal }) }))
  for (let turn = 0; turn < 3; turn++) await preview('token:1')
  await assert.rejects(preview('token:1'), (error: RampartError) => {
    assert.equal(error.code, 'rate_limited')
    assert.equal(error.headers['retry-after'], '1')
    return true
  })
  await preview('token:2')
  await assert.rejects(api.explain(call('ls')), { code: 'rate_limited' })
  for (let turn = 0; turn < 10; turn++) await api.decide(call('ls'))
  await one.clock.advance(1000)
  await preview('token:1')
  await assert.rejects(preview('token:1'), { code: 'rate_limited' })
})

test('F28 a flood of principals does not grow the memory of buckets', () => {
  const { services } = bench(POLICY)
  const take = createQuota(services)
  for (let turn = 0; turn < 30_000; turn++) take(`token:${turn}`)
})

test('F28 failed authentications are one event a minute with their number', async () => {
  const { one, api } = await wired()
  for (let turn = 0; turn < 1000; turn++) await api.authFailed('http', 'unknown token')
  assert.equal(one.trail.length, 1)
  await one.clock.advance(60_000)
  await api.authFailed('http', 'unknown token')
  assert.equal(one.trail.length, 2)
  assert.deepEqual(one.trail[1]!.request, { failures: 1000, last: 'unknown token' })
  await api.authFailed('socket', 'x'.repeat(10_000))
  api.drain()
  await idle()
  assert.equal(one.trail.length, 3)
})

test('F28 the same dry run over and over is told a hundred times a minute, then counted', async () => {
  const settings = { previewBurst: 10_000, previewsPerMinute: 10_000 }
  const { one, api } = await wired({ settings })
  const preview = (command: string, principal = 'token:1') =>
    api.decide(call(command, { intent: 'preview', identity: identityOf({ principal }) }))
  const ids = new Set<string>()
  for (let turn = 0; turn < 1000; turn++) ids.add((await preview('ls')).answer.audit_id)
  assert.ok(one.trail.length < 250, `${one.trail.length} events`)
  const written = one.trail.length
  for (const id of ids) assert.ok(one.trail.some((event) => event.id === id), id)
  const other = await preview('rm -rf /')
  assert.equal(other.answer.decision, 'deny')
  await preview('ls', 'token:2')
  for (let turn = 0; turn < 5; turn++) await api.decide(call('ls'))
  assert.equal(one.trail.length, written + 7)
  await one.clock.advance(60_000)
  await preview('ls')
  const told = one.trail.filter(({ decision }) => decision.message === 'Repeated dry runs')
  assert.equal(told.length, 1)
  assert.deepEqual(told[0]!.request, {
    repeated_dry_runs: 1000 - written,
    like: told[0]!.links?.[0],
  })
  assert.ok(ids.has(told[0]!.links![0]!))
  for (let turn = 0; turn < 1000; turn++) await preview('ls')
  const before = one.trail.length
  api.drain()
  await idle()
  assert.equal(one.trail.length, before + 1)
})

test('api: the admin token is known by its hash, events are paged', async () => {
  const { one, api } = await wired()
  assert.equal((await api.authenticate('secret'))?.principal, 'admin')
  assert.equal(await api.authenticate('Secret'), undefined)
  for (let turn = 0; turn < 3; turn++) await api.decide(call('ls'))
  assert.equal((await api.events({ limit: 2 })).events.length, 2)
  assert.equal((await api.events({ limit: Number.NaN })).events.length, 3)
  assert.equal((await api.stats({})).decisions.total, 3)
  assert.equal(api.policies().policies.length, 2)
  assert.equal(one.trail.length, 3)
})
