import assert from 'node:assert/strict'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { EVENT_KINDS, type EventKind } from '../../src/audit/event.ts'
import type { PolicyChange } from '../../src/ports.ts'
import type { Api, Caller } from '../../src/service/api.ts'
import { createApi } from '../../src/service/create-api.ts'
import { watchLapsed } from '../../src/service/lapse.ts'
import { recordStart, recordStop } from '../../src/service/lifecycle.ts'
import { turnOff, turnOn } from '../../src/service/off.ts'
import { createToken, revokeToken } from '../../src/service/tokens.ts'
import { draft, withTrail } from '../helpers/audit.ts'
import { type Bench, bench, call, identityOf, idle } from '../helpers/service.ts'
import { FIRST } from '../helpers/trail.ts'

const POLICIES = `
version: "1"
default_action: allow
policies:
  - name: p
    match: {tool: exec}
    rules:
      - action: deny
        when: {command_matches: ["rm *"]}
        message: no
      - action: require_approval
        when: {command_matches: ["git push*"]}
        message: ask
`

const ADMIN: Caller = { principal: 'admin', scopes: ['admin'] }
const BY = { principal: 'uid:1000', via: 'cli' } as const

interface Wired {
  readonly one: Bench
  readonly api: Api
  change(change: Partial<PolicyChange>): void
}

function wired(): Wired {
  const one = bench(POLICIES, { settings: { failure: 'open' } })
  let listener: (change: PolicyChange) => void = () => {}
  const policies = {
    ...one.services.policies,
    onChange(told: Parameters<Bench['services']['policies']['onChange']>[0]) {
      listener = (change) => told(policies.current(), change)
      return () => {}
    },
  }
  const api = createApi({ ...one.services, policies }, { adminTokenHash: 'sha256:0' })
  return {
    one,
    api,
    change: (change) =>
      listener({
        kind: 'loaded',
        hash: 'sha256:1',
        files: ['a.yaml'],
        faults: [],
        dropped: [],
        ...change,
      }),
  }
}

async function pending({ one, api }: Wired): Promise<string> {
  const { answer } = await api.decide(
    call('git push', { identity: identityOf({ principal: 'token:1' }) }),
  )
  assert.equal(answer.approval_status, 'pending')
  return [...one.approvals.keys()].at(-1)!
}

/** What happens, and what the trail then says: action, principal and way, and parts of the request. */
interface Row {
  readonly name: string
  readonly kind: EventKind
  readonly provoke: (wired: Wired) => Promise<unknown>
  readonly says: string
  readonly request?: Readonly<Record<string, unknown>>
}

const ROWS: readonly Row[] = [
  {
    name: 'a call is decided',
    kind: 'decision',
    provoke: ({ api }) => api.decide(call('rm -rf x')),
    says: 'deny token:1 http',
    request: { params: { command: 'rm -rf x' } },
  },
  {
    name: 'the executable decides while the server is down',
    kind: 'decision',
    provoke: ({ api }) => api.decide(call('ls', { via: 'local', toolCallId: 't1' })),
    says: 'allow token:1 local',
  },
  {
    name: 'the output of a call is scanned',
    kind: 'response',
    provoke: ({ api }) => api.decide(call('ls', { response: 'text' })),
    says: 'allow token:1 http',
  },
  {
    name: 'a call asks',
    kind: 'decision',
    provoke: pending,
    says: 'require_approval token:1 http',
  },
  {
    name: 'an integrator asks a person',
    kind: 'approval',
    provoke: ({ api }) =>
      api.createApproval({ principal: 'token:1', scopes: ['eval'] }, {
        identity: identityOf(),
        tool: 'exec',
        params: {},
      }),
    says: 'asked token:1 http',
  },
  {
    name: 'a person says yes, and by which credential',
    kind: 'approval',
    provoke: async (wired) =>
      await wired.api.resolveApproval(ADMIN, await pending(wired), {
        approved: true,
        resolvedBy: 'Ann',
      }, 'http'),
    says: 'approved admin http',
    request: { resolved_by: 'Ann' },
  },
  {
    name: 'a person says no',
    kind: 'approval',
    provoke: async (wired) =>
      await wired.api.resolveApproval(
        { principal: 'token:2', scopes: ['approve'] },
        await pending(wired),
        { approved: false },
        'cli',
      ),
    says: 'denied token:2 cli',
  },
  {
    name: 'the approved call is made',
    kind: 'approval',
    async provoke(wired) {
      await wired.api.resolveApproval(ADMIN, await pending(wired), { approved: true }, 'http')
      await wired.api.decide(call('git push'))
    },
    says: 'used token:1 http',
  },
  {
    name: 'nobody answers a question that nobody waits for',
    kind: 'approval',
    async provoke(wired) {
      await pending(wired)
      watchLapsed(wired.one.services)
      await wired.one.clock.advance(400_000)
    },
    says: 'expired rampart local',
  },
  {
    name: 'nobody answered while no server ran',
    kind: 'approval',
    async provoke(wired) {
      await pending(wired)
      await wired.one.clock.advance(400_000)
      watchLapsed(wired.one.services)
      await idle()
    },
    says: 'expired rampart local',
  },
  {
    name: 'the policies change',
    kind: 'policy',
    provoke: async ({ change }) => change({ dropped: ['p/1'] }),
    says: 'loaded rampart local',
    request: { hash: 'sha256:1', files: ['a.yaml'], dropped: ['p/1'] },
  },
  {
    name: 'changed policies are not taken',
    kind: 'policy',
    provoke: async ({ change }) =>
      change({ kind: 'refused', faults: [{ file: 'a.yaml', line: 1, col: 1, message: 'odd' }] }),
    says: 'refused rampart local',
    request: { hash: 'sha256:1', faults: ['a.yaml:1:1: odd'] },
  },
  {
    name: 'somebody asks for a reload',
    kind: 'policy',
    provoke: ({ api }) => api.reload(ADMIN, 'http'),
    says: 'reload admin http',
  },
  {
    name: 'a token is made',
    kind: 'token',
    provoke: ({ one }) => createToken(one.services, { agent: 'bot', scopes: ['eval'] }, BY),
    says: 'created uid:1000 cli',
    request: { scopes: ['eval'], expires_at: null },
  },
  {
    name: 'a token is revoked',
    kind: 'token',
    async provoke({ one }) {
      const made = await createToken(one.services, { agent: 'bot', scopes: ['eval'] }, BY)
      await revokeToken(one.services, made.id, BY)
    },
    says: 'revoked uid:1000 cli',
  },
  {
    name: 'somebody fails to authenticate, again and again',
    kind: 'auth_failure',
    async provoke({ api, one }) {
      for (let count = 0; count < 500; count++) await api.authFailed('http', 'unknown token')
      api.drain()
      await idle()
      assert.equal(one.trail.length, 2)
    },
    says: 'deny unknown http',
    request: { failures: 499 },
  },
  {
    name: 'a server starts',
    kind: 'start',
    provoke: ({ one }) =>
      recordStart(one.services, BY, { url: 'http://127.0.0.1:1', socket: null }),
    says: 'start uid:1000 cli',
    request: { url: 'http://127.0.0.1:1', version: '0.0.0-test' },
  },
  {
    name: 'a server stops',
    kind: 'stop',
    provoke: ({ one }) => recordStop(one.services, BY, 'SIGTERM'),
    says: 'stop uid:1000 cli',
    request: { signal: 'SIGTERM' },
  },
  {
    name: 'enforcement is switched off',
    kind: 'mode',
    provoke: ({ one }) => turnOff(one.services, 60_000, BY),
    says: 'off uid:1000 cli',
  },
  {
    name: 'enforcement is switched on again',
    kind: 'mode',
    async provoke({ one }) {
      await turnOff(one.services, 60_000, BY)
      await turnOn(one.services, BY)
    },
    says: 'on uid:1000 cli',
  },
  {
    name: 'calls passed while the trail could not be written',
    kind: 'fail_open',
    async provoke({ api, one }) {
      one.fail('audit.append')
      for (let count = 0; count < 3; count++) await api.decide(call('ls'))
      one.mend()
      await api.decide(call('ls'))
    },
    says: 'log rampart local',
    request: { unrecorded: 3, repaired: 3 },
  },
  {
    name: 'deciding fails',
    kind: 'alert',
    async provoke({ api, one }) {
      one.fail('policies.forProject')
      await assert.rejects(api.decide(call('ls')))
    },
    says: 'deny token:1 http',
    request: { defect: true },
  },
]

for (const { name, kind, provoke, says, request = {} } of ROWS) {
  test(`the trail has it when ${name}`, async () => {
    const all = wired()
    await provoke(all)
    await idle()
    const event = all.one.trail.findLast((one) => one.kind === kind)
    assert.ok(event, all.one.trail.map((one) => one.kind).join())
    assert.equal(`${event.decision.action} ${event.principal} ${event.via}`, says)
    const told = event.request as Record<string, unknown>
    for (const [key, value] of Object.entries(request)) assert.deepEqual(told[key], value, key)
  })
}

test('the trail has it when its own end is torn or tampered with, and no kind is without a test', async () => {
  const seen = new Set<EventKind>(['key', 'rule', 'execution', ...ROWS.map(({ kind }) => kind)])
  await withTrail(async ({ dir, open }) => {
    await (await open()).append([draft()])
    appendFileSync(join(dir, FIRST), 'no event\n{"torn')
    const log = await open()
    await log.append([draft()])
    for (const { kind } of await log.query({ limit: 3 })) seen.add(kind)
  })
  assert.deepEqual([...seen].sort(), [...EVENT_KINDS].sort())
})
