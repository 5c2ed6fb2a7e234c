import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test, type TestContext } from 'node:test'
import { parse } from 'yaml'
import { gatewaySocket } from '../../src/adapters/gateway-socket.ts'
import { bridge } from '../../src/daemon/openclaw.ts'
import { createApi } from '../../src/service/create-api.ts'
import { type Gateway, startGateway } from '../helpers/gateway.ts'
import { type Bench, bench, type BenchOptions, idle } from '../helpers/service.ts'

const POLICIES = `
version: "1"
default_action: allow
policies:
  - name: p
    rules:
      - {action: deny, when: {command_matches: ["rm -rf *"]}, message: gone}
      - {action: require_approval, when: {command_matches: ["deploy-all *"]}, message: ask first}
      - {action: log, when: {command_matches: ["make *"]}}
  - name: main-alone
    match: {agent: main}
    rules:
      - {action: deny, when: {command_matches: [deploy]}}
`

interface Bridged {
  readonly one: Bench
  readonly gateway: Gateway
  readonly api: ReturnType<typeof createApi>
  /** Ends it. */
  stop(): Promise<void>
}

async function bridged(
  t: TestContext | undefined,
  gateway: Gateway,
  { allows = true, ...options }: BenchOptions & { allows?: boolean } = {},
): Promise<Bridged> {
  const one = bench(POLICIES, options)
  const api = createApi(one.services, { adminTokenHash: '' })
  const ending = new AbortController()
  const { clock, ids, log } = one.services
  const ended = bridge({
    url: gateway.url,
    token: 'gateway-token',
    version: '0.0.0',
    platform: 'linux',
    allows,
    api,
    connect: gatewaySocket(),
    clock,
    ids,
    log,
  }, ending.signal)
  const stop = async () => {
    ending.abort()
    await ended
    await gateway.close()
  }
  t?.after(stop)
  await gateway.heard(1)
  return { one, gateway, api, stop }
}

const ask = (gateway: Gateway, id: string, request: unknown) =>
  gateway.event('exec.approval.requested', { id, request })

interface Row {
  readonly name: string
  readonly request: unknown
  readonly decision: string | null
}

const rows = parse(
  readFileSync(join(import.meta.dirname, '../fixtures/daemon-openclaw.yaml'), 'utf8'),
) as Row[]
const gateway = await startGateway()
const shared = await bridged(undefined, gateway)
after(() => shared.stop())

test('the gateway learns who we are, and our token only after its challenge', () => {
  const [connect] = gateway.frames
  assert.equal(connect?.type, 'req')
  assert.equal(connect.method, 'connect')
  assert.deepEqual({ ...connect.params, client: undefined }, {
    minProtocol: 4,
    maxProtocol: 4,
    client: undefined,
    auth: { token: 'gateway-token' },
    role: 'operator',
    scopes: ['operator.admin', 'operator.approvals'],
    caps: ['exec-approvals'],
  })
})

for (const { name, request, decision } of rows) {
  test(`OpenClaw: ${name}`, async () => {
    const before = gateway.frames.length
    ask(gateway, name, request)
    const frames = await gateway.heard(before + 1)
    const { method, params } = frames.at(-1)!
    assert.deepEqual([method, params], ['exec.approval.resolve', { id: name, decision }])
  })
}

test('each answer is in the trail, with the name of the question', async () => {
  const before = gateway.frames.length
  ask(gateway, 'q-trail', { command: 'rm -rf /x', agentId: 'main', sessionKey: 's' })
  await gateway.heard(before + 1)
  const event = shared.one.trail.at(-1)!
  assert.deepEqual(
    [event.kind, event.via, event.principal, event.agent, event.tool_call_id],
    ['decision', 'openclaw', 'openclaw', 'main', 'q-trail'],
  )
  assert.equal(event.decision.action, 'deny')
})

test('one name for two commands is denied', async () => {
  const before = gateway.frames.length
  ask(gateway, 'twice', { command: 'git status' })
  await gateway.heard(before + 1)
  ask(gateway, 'twice', { command: 'git status' })
  ask(gateway, 'twice', { command: 'git log' })
  const frames = await gateway.heard(before + 2)
  assert.deepEqual(frames.slice(before).map(({ params }) => params['decision']), [
    'allow-once',
    'deny',
  ])
})

const person = { principal: 'token:1', scopes: ['approve' as const] }

async function pending({ api, one }: Bridged) {
  for (;;) {
    const [first] = (await api.listApprovals(person, { status: 'pending', limit: 1 })).approvals
    if (first !== undefined) return first
    await idle()
    assert.equal(one.logged.filter((line) => line.startsWith('error')).join(), '')
  }
}

for (const approved of [true, false]) {
  test(`a person's ${approved ? 'yes' : 'no'} here answers the gateway`, async (t) => {
    const all = await bridged(t, await startGateway())
    ask(all.gateway, 'asked', { command: 'deploy-all x', agentId: 'main', sessionKey: 's' })
    const { id } = await pending(all)
    assert.equal(all.gateway.frames.length, 1)
    await all.api.resolveApproval(person, id, { approved }, 'http')
    const frames = await all.gateway.heard(2)
    const decision = approved ? 'allow-once' : 'deny'
    assert.deepEqual(frames[1]!.params, { id: 'asked', decision })
  })
}

test('an answer in the gateway withdraws the question here', async (t) => {
  const all = await bridged(t, await startGateway())
  ask(all.gateway, 'asked', { command: 'deploy-all x' })
  const { id } = await pending(all)
  all.gateway.event('exec.approval.resolved', { id: 'asked', decision: 'allow-once' })
  while (all.one.approvals.get(id)!.status === 'pending') {
    await all.one.clock.advance(1000)
    await idle()
  }
  assert.equal(all.one.approvals.get(id)!.status, 'cancelled')
  assert.equal(all.gateway.frames.length, 1)
})

test('a gateway with our plugin hears what is denied alone', async (t) => {
  const all = await bridged(t, await startGateway(), { allows: false })
  ask(all.gateway, 'fine', { command: 'git status' })
  ask(all.gateway, 'bad', { command: 'rm -rf /' })
  const frames = await all.gateway.heard(2)
  assert.deepEqual(frames[1]!.params, { id: 'bad', decision: 'deny' })
})

test('in monitor mode nobody is answered', async (t) => {
  const all = await bridged(t, await startGateway(), { settings: { mode: 'monitor' } })
  ask(all.gateway, 'bad', { command: 'rm -rf /' })
  while (all.one.trail.length === 0) await idle()
  all.gateway.event('exec.approval.requested', { id: 'none', request: {} })
  const frames = await all.gateway.heard(2)
  assert.deepEqual(frames[1]!.params, { id: 'none', decision: 'deny' })
})

test('where the trail cannot be written the question stays with the people of the gateway', async (t) => {
  const all = await bridged(t, await startGateway())
  all.one.fail('audit.append')
  ask(all.gateway, 'q', { command: 'git status' })
  while (all.one.logged.length < 2) await idle()
  assert.match(all.one.logged.join('\n'), /left to its people/)
  assert.equal(all.gateway.frames.length, 1)
})

test('a connection that ends is made again, later each time', async (t) => {
  const all = await bridged(t, await startGateway())
  all.gateway.cut()
  while (all.one.logged.length < 2) await idle()
  await all.one.clock.advance(4999)
  assert.equal(all.gateway.connections(), 1)
  await all.one.clock.advance(1)
  await all.gateway.heard(2)
  assert.equal(all.gateway.connections(), 2)
  ask(all.gateway, 'again', { command: 'rm -rf /' })
  assert.deepEqual((await all.gateway.heard(3))[2]!.params, { id: 'again', decision: 'deny' })
})

const HOSTILE: readonly (readonly [what: string, message: string])[] = [
  ['no JSON', '{"type":'],
  ['a key that comes twice', '{"type":"event","type":"res","event":"x"}'],
  ['a message without an end', `"${'x'.repeat(4 * 1024 * 1024)}"`],
]
for (const [what, message] of HOSTILE) {
  test(`${what} ends the connection`, async (t) => {
    const all = await bridged(t, await startGateway())
    all.gateway.send(message)
    while (!all.one.logged.some((line) => line.startsWith('warn'))) await idle()
    assert.match(all.one.logged.at(-1)!, /trying again/)
  })
}

test('a gateway that refuses us is told of once, and its questions are not heard', async (t) => {
  const refusing = await startGateway(({ id }) => ({
    type: 'res',
    id,
    ok: false,
    error: { message: 'unauthorized' },
  }))
  const all = await bridged(t, refusing)
  for (const ms of [5000, 10_000, 20_000, 30_000]) {
    const before = refusing.connections()
    while (refusing.connections() === before) {
      await all.one.clock.advance(ms / 4)
      await idle()
    }
  }
  ask(refusing, 'q', { command: 'rm -rf /' })
  await idle()
  const warnings = all.one.logged.filter((line) => line.startsWith('warn'))
  assert.deepEqual(warnings, [
    `warn: OpenClaw gateway ${refusing.url}: it refused us: unauthorized; trying again`,
  ])
  assert.ok(refusing.frames.every(({ method }) => method === 'connect'))
})
