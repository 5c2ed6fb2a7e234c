import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type MemoryAuditLog, memoryAuditLog } from '../../src/adapters/memory.ts'
import type { Approval } from '../../src/approval/approval.ts'
import type { AuditEvent } from '../../src/audit/event.ts'
import { resolveApproval } from '../../src/service/approve.ts'
import { deskOf } from '../../src/service/desk.ts'
import { reopenUnproved } from '../../src/service/reopen.ts'
import type { Services, Settings } from '../../src/service/services.ts'
import { ask, PERSON, POLICY } from '../helpers/ask.ts'
import { type Bench, bench, idle } from '../helpers/service.ts'

/** Servers on one home: they share rows and a chain, and nothing of their memory. */
function servers(settings: Partial<Settings> = {}): {
  readonly trail: MemoryAuditLog
  readonly first: Bench
  start(change?: Partial<Services>): Services
} {
  const trail = memoryAuditLog()
  const on = (one: Bench, change: Partial<Services> = {}): Bench => ({
    ...one,
    services: { ...one.services, audit: { ...trail }, ...change },
  })
  const first = on(bench(POLICY, { settings }))
  return {
    trail,
    first,
    start: (change) => on(bench(POLICY, { beside: first, settings }), change).services,
  }
}

const rowOf = (one: Bench): Approval => [...one.approvals.values()][0]!

const usedIn = (trail: MemoryAuditLog) =>
  trail.events().filter(({ decision }) => decision.action === 'used').length

/** A yes that was given, and not used yet. */
async function given(one: Bench): Promise<Approval> {
  await ask(one, { waitMs: 0 })
  await resolveApproval(one.services, PERSON, rowOf(one).id, { approved: true }, 'http')
  return rowOf(one)
}

/** As a kill between the row and its event leaves it. */
function spend(one: Bench, change: Partial<Approval> = {}): void {
  const row = rowOf(one)
  one.approvals.set(row.id, { ...row, status: 'used', useId: 'never-written', ...change })
}

test('a yes that was spent on a call that the trail knows nothing of is there again, once', async () => {
  const { first, start, trail } = servers()
  await given(first)
  spend(first)
  await reopenUnproved(start())
  assert.equal(rowOf(first).status, 'approved')
  assert.equal((await ask(first, { waitMs: 0 })).answer.allowed, true)
  await reopenUnproved(start())
  assert.equal(rowOf(first).status, 'used')
  assert.equal((await ask(first, { waitMs: 0 })).state, 'waiting')
  assert.equal(usedIn(trail), 1)
})

test('F25 a use in the trail counts whatever the row calls its event', async () => {
  const { first, start } = servers()
  await given(first)
  assert.equal((await ask(first, { waitMs: 0 })).answer.allowed, true)
  spend(first)
  await reopenUnproved(start())
  assert.deepEqual([rowOf(first).status, rowOf(first).doubted], ['used', undefined])
})

const DAMAGE: Readonly<Record<string, (events: readonly AuditEvent[]) => readonly AuditEvent[]>> = {
  'an event is gone': (events) => events.filter(({ session }) => session !== 'between'),
  'an event was changed': (events) =>
    events.map((event) => event.session === 'between' ? { ...event, agent: 'other' } : event),
  'its end is gone': (events) => events.slice(0, -1),
}
for (const [what, damage] of Object.entries(DAMAGE)) {
  test(`a yes stays spent where the trail is damaged: ${what}`, async () => {
    const { first, start, trail } = servers()
    const { resolutionId } = await given(first)
    await ask(first, { waitMs: 0, identity: { ...idOf(), session: 'between' } }, 'ls')
    await ask(first, { waitMs: 0 }, 'ls -l')
    spend(first)
    const audit: Services['audit'] = {
      ...trail,
      query: async (filter) =>
        filter.id === resolutionId ? await trail.query(filter) : damage(await trail.query(filter)),
    }
    await reopenUnproved(start({ audit }))
    assert.deepEqual([rowOf(first).status, rowOf(first).doubted], ['used', undefined])
    await reopenUnproved(start())
    assert.equal(rowOf(first).status, 'approved', 'and is there again once it is whole')
  })
}

function idOf() {
  return { principal: 'token:1', agent: 'a', session: 's', bound: new Set<never>() }
}

test('a yes stays spent where the trail cannot be read, and nobody is left in doubt', async () => {
  const { first, start, trail } = servers()
  await given(first)
  spend(first)
  const audit: Services['audit'] = {
    ...trail,
    query: (filter) =>
      filter.order === 'asc' ? Promise.reject(new Error('EIO')) : trail.query(filter),
  }
  await assert.rejects(reopenUnproved(start({ audit })))
  assert.deepEqual([rowOf(first).status, rowOf(first).doubted], ['used', undefined])
})

test('a yes stays spent where answers were given without a record since', async () => {
  const { first, start, trail } = servers({ failure: 'open' })
  await given(first)
  spend(first)
  const whole = first.services.audit.append
  first.services.audit.append = () => Promise.reject(new Error('EIO'))
  assert.equal((await ask(first, { waitMs: 0 }, 'ls')).answer.allowed, true)
  first.services.audit.append = whole
  await ask(first, { waitMs: 0 }, 'ls')
  assert.equal(trail.events().some(({ kind }) => kind === 'fail_open'), true)
  await reopenUnproved(start())
  assert.equal(rowOf(first).status, 'used')
})

test('failure: open: who was let go without a record has used the yes for good', async () => {
  const { first, start, trail } = servers({ failure: 'open' })
  await given(first)
  first.services.audit.append = () => Promise.reject(new Error('EIO'))
  assert.equal((await ask(first, { waitMs: 0 })).answer.allowed, true)
  assert.equal(usedIn(trail), 0)
  await reopenUnproved(start())
  assert.equal(rowOf(first).status, 'used')
})

/** The trail of one server takes its time. */
function slowly(one: Bench): { readonly begun: Promise<void>; readonly go: () => void } {
  const begun = Promise.withResolvers<void>()
  const written = Promise.withResolvers<void>()
  const { audit } = one.services
  const append = audit.append
  audit.append = async (drafts) => {
    begun.resolve()
    await written.promise
    return await append(drafts)
  }
  return { begun: begun.promise, go: written.resolve }
}

for (const how of ['held', 'later'] as const) {
  test(`a use that is on its way to the trail while another server starts is one use (${how})`, async () => {
    const { first, start, trail } = servers()
    const { begun, go, caller } = await onTheWay(first, how)
    await begun
    assert.equal(rowOf(first).status, 'used')
    await reopenUnproved(start())
    assert.equal(rowOf(first).status, how === 'held' ? 'pending' : 'approved')
    go()
    assert.equal((await caller).answer.allowed, true)
    assert.equal(rowOf(first).status, 'used')
    assert.equal(usedIn(trail), 1)
    await reopenUnproved(start())
    assert.equal((await ask(first, { waitMs: 0 })).state, 'waiting')
  })
}

/** A caller that takes its yes, up to the trail: held for it, or with a second call. */
async function onTheWay(one: Bench, how: 'held' | 'later') {
  if (how === 'later') {
    await given(one)
    return { ...slowly(one), caller: ask(one, { waitMs: 0 }) }
  }
  const caller = ask(one)
  while (one.approvals.size === 0) await idle()
  const { id } = rowOf(one)
  // The yes goes to a caller who is held for it by now.
  while (!deskOf(one.services).waiting.has(id)) await idle()
  const slow = slowly(one)
  resolveApproval(one.services, PERSON, id, { approved: true }, 'http').catch(() => {})
  return { ...slow, caller }
}

test('a use that lands while another server reads the trail waits for what that finds', async () => {
  const { first, start, trail } = servers()
  await given(first)
  const { begun, go } = slowly(first)
  const caller = ask(first, { waitMs: 0 })
  await begun
  const reading = Promise.withResolvers<void>()
  const read = Promise.withResolvers<void>()
  const audit: Services['audit'] = {
    ...trail,
    query: async (filter) => {
      if (filter.order === 'asc') {
        reading.resolve()
        await read.promise
      }
      return await trail.query(filter)
    },
  }
  const starting = reopenUnproved(start({ audit }))
  await reading.promise
  let done = false
  caller.then(() => done = true)
  go()
  await idle()
  assert.deepEqual([done, rowOf(first).doubted], [false, true])
  read.resolve()
  await starting
  await first.clock.advance(1000)
  assert.equal((await caller).answer.allowed, true)
  assert.deepEqual([rowOf(first).status, rowOf(first).doubted], ['used', undefined])
  assert.equal(usedIn(trail), 1)
})

test('a yes that is on its way to the trail while another server starts is not lost', async () => {
  const { first, start } = servers()
  await ask(first, { waitMs: 0 })
  const { begun, go } = slowly(first)
  const yes = resolveApproval(first.services, PERSON, rowOf(first).id, { approved: true }, 'http')
  await begun
  await reopenUnproved(start())
  assert.equal(rowOf(first).status, 'pending')
  go()
  await yes
  assert.equal(rowOf(first).status, 'approved')
  assert.equal((await ask(first, { waitMs: 0 })).answer.allowed, true)
})

test('a server does not doubt what it writes itself', async () => {
  const { first, trail } = servers()
  await given(first)
  const { begun, go } = slowly(first)
  const caller = ask(first, { waitMs: 0 })
  await begun
  await reopenUnproved(first.services)
  assert.deepEqual([rowOf(first).status, rowOf(first).doubted], ['used', undefined])
  go()
  assert.equal((await caller).answer.allowed, true)
  assert.equal(usedIn(trail), 1)
})
