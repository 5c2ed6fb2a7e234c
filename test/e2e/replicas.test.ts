import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { SKIP_POSTGRES, startPostgres, type TestPostgres } from '../helpers/postgres.ts'
import { jsonOf, migrateByCommand, type Replica, withReplicas } from '../helpers/replicas.ts'
import { exec, get, post, until } from './server.ts'

const skip = SKIP_POSTGRES
let postgres: TestPostgres

before(async () => {
  if (skip !== false) return
  postgres = await startPostgres()
  const { code, err } = await migrateByCommand(postgres)
  assert.equal(code, 0, err)
})
after(() => postgres?.close())

const two = (title: string, body: (a: Replica, b: Replica) => Promise<void>) =>
  test(title, { skip }, () => withReplicas(postgres, 2, ([a, b]) => body(a!, b!)))

/** The one open question, as this replica lists it. */
function openOn({ server }: Replica): Promise<string> {
  return until(async () => {
    const { body } = await get(server, '/v1/approvals')
    const [first] = body.approvals as { id: string; status: string }[]
    return first?.status === 'pending' ? first.id : undefined
  })
}

two('what is asked on one replica is answered on another, and its caller goes on', async (a, b) => {
  const waiting = post(a.server, '/v1/tool/exec', exec('deploy it'))
  const id = await openOn(b)
  const answer = await post(b.server, `/v1/approvals/${id}/resolve`, { approved: true })
  assert.equal(answer.status, 200)
  const { status, body } = await waiting
  assert.equal(status, 200, JSON.stringify(body))
  assert.deepEqual([body.allowed, body.approval_status], [true, 'approved'])
  // Each keeps its own chain: the yes stands in the one, its use in the other.
  const actions = async ({ server }: Replica) => {
    const { body } = await get(server, '/v1/audit/events?kind=approval')
    return (body.events as { decision: { action: string } }[]).map(({ decision }) =>
      decision.action
    )
  }
  assert.deepEqual(await actions(b), ['approved'])
  assert.deepEqual(await actions(a), ['used'])
  for (const { server } of [a, b]) {
    assert.deepEqual((await get(server, '/v1/audit/verify')).body.findings, [])
  }
  // It was spent.
  const again = await post(b.server, '/v1/tool/exec', exec('deploy it'), {
    prefer: 'respond-async',
  })
  assert.equal(again.status, 202)
})

two('a no of another replica is a no, with its reason', async (a, b) => {
  const waiting = post(a.server, '/v1/tool/exec', exec('deploy it'))
  const id = await openOn(b)
  await post(b.server, `/v1/approvals/${id}/resolve`, { approved: false, reason: 'not today' })
  const { status, body } = await waiting
  assert.equal(status, 403)
  assert.match(String(body.message), /not today/)
  // Nobody is asked the same twice in a run, on whichever replica it was denied.
  for (const { server } of [a, b]) {
    const again = await post(server, '/v1/tool/exec', exec('deploy it'))
    assert.deepEqual([again.status, again.body.approval_id], [403, id])
  }
})

two('of answers on two replicas at once exactly one counts', async (a, b) => {
  for (let round = 0; round < 10; round++) {
    const { body } = await post(a.server, '/v1/tool/exec', exec(`deploy ${round}`), {
      prefer: 'respond-async',
    })
    const path = `/v1/approvals/${body.approval_id}/resolve`
    const answers = await Promise.all(
      [a, b, a, b].map(({ server }, i) => post(server, path, { approved: i % 2 === 0 })),
    )
    const statuses = answers.map(({ status }) => status).sort()
    assert.deepEqual(statuses, [200, 410, 410, 410])
  }
})

two('a token that was made or revoked beside one replica counts on the other', async (a, b) => {
  const args = ['token', 'create', '--agent', 'ci', '--scope', 'eval', '--json']
  const made = await jsonOf(a.run(args))
  const caller = { url: b.server.url, token: String(made.token) }
  const call = () => post(caller, '/v1/preflight/exec', exec('ls', { agent: 'ci' }))
  assert.equal((await call()).status, 200)
  assert.equal((await a.run(['token', 'revoke', String(made.id)])).code, 0)
  await until(async () => (await call()).status === 401 ? true : undefined)
})

two('counts and once rules hold over both', async (a, b) => {
  const tried = async ({ server }: Replica, command: string) =>
    (await post(server, '/v1/tool/exec', exec(command))).body.allowed
  assert.deepEqual(
    [await tried(a, 'counted'), await tried(b, 'counted'), await tried(a, 'counted')],
    [true, true, false],
  )
  assert.equal(await tried(b, 'counted'), false)
  const single = await Promise.all([a, b, a, b, a, b].map((one) => tried(one, 'single')))
  assert.equal(single.filter((allowed) => allowed).length, 1)
})

two('a rule that a person keeps beside one replica is in force on both', async (a, b) => {
  const { code, err } = await a.run(['block', 'shipctl go'])
  assert.equal(code, 0, err)
  const denied = ({ server }: Replica) =>
    until(async () => {
      const { body } = await post(server, '/v1/preflight/exec', exec('shipctl go'))
      return body.allowed === false ? true : undefined
    })
  assert.ok(await denied(a) && await denied(b))
})

two('enforcement that is switched off beside one is off on both, and on again', async (a, b) => {
  const mode = async ({ server }: Replica) => (await get(server, '/v1/status')).body.mode
  const becomes = (one: Replica, wanted: string) =>
    until(async () => await mode(one) === wanted ? true : undefined)
  assert.equal((await a.run(['off', '--for', '10m'])).code, 0)
  assert.ok(await becomes(b, 'disabled') && await becomes(a, 'disabled'))
  assert.equal((await b.run(['on'])).code, 0)
  assert.ok(await becomes(a, 'enforce') && await becomes(b, 'enforce'))
})

two('who waited at a replica that was killed goes on waiting at another one', async (a, b) => {
  const lost = post(a.server, '/v1/tool/exec', exec('deploy it', { tool_call_id: 'c1' }))
    .then(() => 'answered', () => 'lost')
  const id = await openOn(b)
  await a.server.end('SIGKILL')
  assert.equal(await lost, 'lost')
  const again = post(b.server, '/v1/tool/exec', exec('deploy it', { tool_call_id: 'c1' }))
  const answer = await post(b.server, `/v1/approvals/${id}/resolve`, { approved: true })
  assert.equal(answer.status, 200)
  const { status, body } = await again
  assert.deepEqual([status, body.allowed, body.approval_id], [200, true, id])
})
