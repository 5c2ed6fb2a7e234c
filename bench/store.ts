import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rowOfApproval } from '../src/adapters/approvals-row.ts'
import { postgresPlace } from '../src/adapters/postgres-place.ts'
import { openPostgres, type Postgres } from '../src/adapters/postgres-pool.ts'
import { migratePostgres } from '../src/adapters/postgres-schema.ts'
import {
  OWNER,
  SERVING,
  SKIP_POSTGRES,
  startPostgres,
  type TestPostgres,
} from '../test/helpers/postgres.ts'
import { openQuestion, pages, POLICY, send } from './approvals.ts'
import { RUNTIMES, type Section, spread, table } from './common.ts'
import { fromSource, load, startServer, type Subject } from './server.ts'

const RELEASES = 300
const CALLS = 4000
const CONNECTIONS = 8
const ROUNDS = 5
const OPEN = 100_000

/** What sharing costs and how fast it is: two servers and a PostgreSQL that waits for its disk, on this machine. */
export async function benchStore(): Promise<Section> {
  if (SKIP_POSTGRES !== false) return { markdown: SKIP_POSTGRES, figures: {} }
  const postgres = await startPostgres(['fsync=on'])
  const owner = ownerOf(postgres)
  try {
    await migratePostgres(owner, SERVING.user)
    const released = await serving(
      [storeIn(postgres, 'released'), storeIn(postgres, 'released')],
      ([a, b]) => releases(a!, b!),
    )
    const { own, shared } = await serving(['', storeIn(postgres, 'calls')], throughputs)
    await fill(owner, 'many')
    const page = await serving([storeIn(postgres, 'many')], ([server]) => pages(server!))
    const markdown = table(['what', 'here'], [
      ['answer on one server to the caller on the other released, p50', ms(released.p50)],
      ['the same, p99', ms(released.p99)],
      [
        `enforced preflights a second, ${CONNECTIONS} connections, state of its own`,
        own.toFixed(0),
      ],
      ['the same, state shared', shared.toFixed(0)],
      ['ratio', (shared / own).toFixed(2)],
      [`a page of 100 of ${OPEN} open questions, p50`, ms(page)],
    ])
    const figures = {
      'store.release.p50': released.p50,
      'store.release.p99': released.p99,
      'store.ratio': shared / own,
      'store.page': page,
    }
    return { markdown, figures }
  } finally {
    await owner.close()
    postgres.close()
  }
}

const ms = (value: number) => `${value.toFixed(1)} ms`

function ownerOf(postgres: TestPostgres): Postgres {
  return openPostgres(postgresPlace(postgres.url(OWNER), { weakTls: false }), OWNER.password)
}

/** What a configuration says of where state is. */
function storeIn(postgres: TestPostgres, tenant: string): string {
  return `store: ${postgres.url(SERVING)}\nstore_tenant: ${tenant}\n`
}

/** A server for each configuration. */
async function serving<T>(
  configs: readonly string[],
  work: (servers: readonly Subject[]) => Promise<T>,
): Promise<T> {
  const homes = configs.map(() => mkdtempSync(join(tmpdir(), 'rampart-bench-')))
  const servers: Subject[] = []
  try {
    for (const [i, home] of homes.entries()) {
      const state = join(home, '.rampart')
      for (const name of ['policies', 'keys']) {
        mkdirSync(join(state, name), { recursive: true, mode: 0o700 })
      }
      const secret = { mode: 0o600 }
      writeFileSync(join(state, 'policies', 'p.yaml'), POLICY, secret)
      writeFileSync(join(state, 'config.yaml'), configs[i]!, secret)
      writeFileSync(join(state, 'keys', 'store.password'), SERVING.password, secret)
      servers.push(await startServer(fromSource(RUNTIMES['node']!), home))
    }
    return await work(servers)
  } finally {
    for (const server of servers) await server.stop()
    for (const home of homes) rmSync(home, { recursive: true, force: true })
  }
}

/** From the answer's way out on `b` until the caller that waits on `a` has its own, milliseconds. */
async function releases(a: Subject, b: Subject): Promise<{ p50: number; p99: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const spans: number[] = []
  for (let i = 0; i < RELEASES; i++) {
    const call = { agent: 'bench', session: 's', params: { command: `deploy ${i}` } }
    let back = 0
    const held = send(a, agent, 'POST', '/v1/tool/exec', call).then((answer) => {
      back = performance.now()
      return answer
    })
    const id = await heldOn(a, agent)
    const from = performance.now()
    await send(b, agent, 'POST', `/v1/approvals/${id}/resolve`, { approved: true })
    const { status } = await held
    if (status !== 200) throw new Error(`the waiting caller got ${status}`)
    spans.push(back - from)
  }
  agent.destroy()
  return spread(spans)
}

async function heldOn(server: Subject, agent: Agent): Promise<string> {
  for (;;) {
    const { body } = await send(server, agent, 'GET', '/v1/approvals?status=pending')
    const [one] = (body as { approvals: { id: string; waiters: number }[] }).approvals
    if (one !== undefined && one.waiters > 0) return one.id
  }
}

/** Calls a second of both servers, in turns, so that what else the machine does meets both. */
async function throughputs(
  [first, second]: readonly Subject[],
): Promise<{ readonly own: number; readonly shared: number }> {
  const rates: [number[], number[]] = [[], []]
  for (let round = 0; round <= ROUNDS; round++) {
    // Neither is always the first.
    for (const i of round % 2 === 0 ? [0, 1] : [1, 0]) {
      const server = [first!, second!][i]!
      const { seconds } = await load(server, 'tcp', CONNECTIONS, CALLS)
      // The first round warms them up.
      if (round > 0) rates[i]!.push(CALLS / seconds)
    }
  }
  return { own: spread(rates[0]).p50, shared: spread(rates[1]).p50 }
}

const FILL = `INSERT INTO rampart.approvals (tenant, stamp, outcome,
    id, status, digest, principal, owner, created_at, expires_at, bytes, body)
  SELECT $1, '', '{}', * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
    $7::bigint[], $8::bigint[], $9::bigint[], $10::text[])`
const COLUMNS = [
  'id',
  'status',
  'digest',
  'principal',
  'owner',
  'created_at',
  'expires_at',
  'bytes',
  'body',
]

async function fill(db: Postgres, tenant: string): Promise<void> {
  const AT_ONCE = 2000
  for (let from = 0; from < OPEN; from += AT_ONCE) {
    const rows = Array.from({ length: AT_ONCE }, (_, i) => rowOfApproval(openQuestion(from + i)))
    await db.rows(FILL, [tenant, ...COLUMNS.map((name) => rows.map((row) => row[name]))])
  }
  await db.rows('ANALYZE rampart.approvals')
}
