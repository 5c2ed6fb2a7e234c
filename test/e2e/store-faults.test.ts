import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { SKIP_POSTGRES, startPostgres, type TestPostgres } from '../helpers/postgres.ts'
import { migrateByCommand, type Replica, withReplicas } from '../helpers/replicas.ts'
import { exec, get, post, type Served, until } from './server.ts'

const skip = SKIP_POSTGRES
let postgres: TestPostgres

before(async () => {
  if (skip !== false) return
  postgres = await startPostgres()
  const { code, err } = await migrateByCommand(postgres)
  assert.equal(code, 0, err)
})
after(() => postgres?.close())

const faulty = (title: string, body: (a: Replica, b: Replica) => Promise<void>) =>
  test(title, { skip }, () => withReplicas(postgres, 2, ([a, b]) => body(a!, b!)))

const decide = (server: Served, command: string, more: Record<string, string> = {}) =>
  post(server, '/v1/tool/exec', exec(command), more)

async function ask(server: Served, command: string): Promise<string> {
  const { status, body } = await decide(server, command, { prefer: 'respond-async' })
  assert.equal(status, 202, JSON.stringify(body))
  return String(body.approval_id)
}

const resolve = (server: Served, id: string, approved = true) =>
  post(server, `/v1/approvals/${id}/resolve`, { approved })

/** Until a replica says of itself what it should. */
const becomes = (server: Served, wanted: string) =>
  until(async () => (await get(server, '/healthz')).body.status === wanted ? true : undefined)

/** How often a replica's trail says this of one approval. */
async function told({ server }: Replica, id: string, action: string): Promise<number> {
  const { body } = await get(server, '/v1/audit/events?kind=approval&limit=1000')
  const events = body.events as { decision: { action: string }; request: { approval: string } }[]
  return events.filter(({ decision, request }) =>
    decision.action === action && request.approval === id
  ).length
}

faulty(
  'a database that stops: decisions go on, what needs it is refused, and it is seen; then all goes on',
  async (a, b) => {
    const waiting = decide(a.server, 'deploy held')
    const open = await until(async () => {
      const { body } = await get(b.server, '/v1/approvals')
      return (body.approvals as { id: string }[])[0]?.id
    })
    postgres.stop('immediate')
    try {
      for (const { server } of [a, b]) {
        assert.equal((await decide(server, 'ls')).status, 200)
        assert.equal((await decide(server, 'forbidden')).status, 403)
        // It counts, asks a person, claims: nobody knows, so nothing passes.
        assert.notEqual((await decide(server, 'counted')).body.allowed, true)
        assert.notEqual((await decide(server, 'deploy another')).body.allowed, true)
        assert.notEqual((await decide(server, 'single')).body.allowed, true)
        await becomes(server, 'degraded')
      }
      assert.equal((await resolve(b.server, open)).status, 503)
    } finally {
      postgres.start()
    }
    for (const { server } of [a, b]) await becomes(server, 'ok')
    assert.equal((await resolve(b.server, open)).status, 200)
    assert.equal((await waiting).body.allowed, true)
    assert.equal(await told(b, open, 'approved'), 1)
    assert.equal(await told(a, open, 'used'), 1)
  },
)

faulty(
  'a database that hangs in the middle of an answer: it counts once, or not at all',
  async (a, b) => {
    const id = await ask(a.server, 'deploy it')
    postgres.signal('STOP')
    const answers = [resolve(a.server, id), resolve(b.server, id, false)]
    try {
      assert.equal((await decide(a.server, 'ls')).status, 200)
      await becomes(a.server, 'degraded')
    } finally {
      postgres.signal('CONT')
    }
    const statuses = (await Promise.all(answers)).map(({ status }) => status)
    assert.ok(statuses.filter((status) => status === 200).length <= 1, statuses.join())
    await becomes(a.server, 'ok')
    await becomes(b.server, 'ok')
    // Whatever they were told, one more answer settles it, or it is settled.
    const last = (await resolve(b.server, id)).status
    assert.ok(last === 200 || last === 410, String(last))
    const yes = await told(a, id, 'approved') + await told(b, id, 'approved')
    const no = await told(a, id, 'denied') + await told(b, id, 'denied')
    assert.equal(yes + no, 1)
  },
)

faulty('a database that only reads: what is known holds, nothing new is spent', async (a) => {
  postgres.sql('ALTER DATABASE rampart SET default_transaction_read_only = on')
  postgres.stop()
  postgres.start()
  try {
    await becomes(a.server, 'ok')
    assert.equal((await decide(a.server, 'ls')).status, 200)
    for (const command of ['counted', 'deploy it', 'single']) {
      assert.notEqual((await decide(a.server, command)).body.allowed, true, command)
    }
  } finally {
    postgres.sql('ALTER DATABASE rampart RESET default_transaction_read_only')
    postgres.stop()
    postgres.start()
  }
  await becomes(a.server, 'ok')
  await until(async () =>
    (await decide(a.server, 'single')).body.allowed === true ? true : undefined
  )
})

faulty(
  'a replica that is killed while answers come: each counts once, none is lost',
  async (a, b) => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, (_, i) => ask(a.server, `deploy ${i}`)),
    )
    const [first = '', ...others] = ids
    assert.equal((await resolve(b.server, first)).status, 200)
    const answers = others.map((id) => resolve(b.server, id).then(({ status }) => status, () => 0))
    await b.server.end('SIGKILL')
    const statuses = await Promise.all(answers)
    // What was answered is a yes, for the caller at the other one; what was not can be answered there.
    for (const [i, id] of others.entries()) {
      if (statuses[i] === 200) continue
      const { status } = await resolve(a.server, id)
      assert.ok(status === 200 || status === 410, `${id} ${status}`)
    }
    assert.equal((await decide(a.server, 'deploy 0')).body.allowed, true)
    for (const [i, id] of others.entries()) {
      if (statuses[i] !== 200) continue
      const { body } = await decide(a.server, `deploy ${i + 1}`)
      assert.deepEqual([body.allowed, body.approval_id], [true, id])
      assert.equal(await told(a, id, 'used'), 1)
    }
  },
)
