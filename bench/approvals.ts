import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteApprovals } from '../src/adapters/approvals.ts'
import { openDatabase } from '../src/adapters/database.ts'
import type { Approval } from '../src/approval/approval.ts'
import { RUNTIMES, type Section, spread, table } from './common.ts'
import { fromSource, load, startServer, type Subject } from './server.ts'

const RELEASES = 500
const BULK = 1000
const PENDING = 10_000
const CALLS = 3000
const LISTS = 200

/** Asks a person about `deploy …`. */
export const POLICY = `version: "1"
default_action: allow
policies:
  - name: asking
    match: {tool: exec}
    rules:
      - {action: require_approval, when: {command_matches: "deploy*"}, message: A person looks}
`

/** How long people's answers take to reach who waits, and what many open questions cost all others. */
export async function benchApprovals(): Promise<Section> {
  const rows: string[][] = []
  const figures: Record<string, number> = {}
  for (const [name, runtime] of Object.entries(RUNTIMES)) {
    const command = fromSource(runtime)
    const disk: number[] = []
    const released = await inHome(0, command, (server) => releases(server, disk))
    const bulk = await inHome(BULK, command, bulkResolve)
    // Idle and crowded in turns, so that what else the machine does meets both.
    const idle = await inHome(0, command, preflights)
    const crowded = await inHome(PENDING, command, preflights)
    const page = await inHome(PENDING, command, pages)
    const growth = crowded / idle
    figures[`approvals.${name}.release`] = released.p99
    figures[`approvals.${name}.bulk`] = bulk
    figures[`approvals.${name}.growth`] = growth
    figures[`approvals.${name}.page`] = page
    rows.push([
      name,
      released.p50.toFixed(1),
      released.p99.toFixed(1),
      spread(disk).p99.toFixed(1),
      bulk.toFixed(0),
      idle.toFixed(2),
      crowded.toFixed(2),
      growth.toFixed(2),
      page.toFixed(1),
    ])
  }
  const head = [
    'server',
    'answer to released caller, p50 ms',
    'p99 ms',
    'its two writes alone, p99 ms',
    `${BULK} answers at once, ms`,
    'preflight p50, ms',
    `with ${PENDING} open`,
    'ratio',
    'list of 100 of them, p50 ms',
  ]
  return { markdown: table(head, rows), figures }
}

/** A state directory with so many open questions of as many agents, served. */
async function inHome<T>(
  questions: number,
  command: readonly string[],
  work: (server: Subject, ids: readonly string[]) => Promise<T>,
): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), 'rampart-bench-'))
  const state = join(home, '.rampart')
  try {
    mkdirSync(join(state, 'policies'), { recursive: true, mode: 0o700 })
    writeFileSync(join(state, 'policies', 'p.yaml'), POLICY, { mode: 0o600 })
    const ids = await withOpen(join(state, 'rampart.db'), questions)
    const server = await startServer(command, home)
    try {
      return await work(server, ids)
    } finally {
      await server.stop()
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

async function withOpen(path: string, count: number): Promise<readonly string[]> {
  const db = openDatabase(path)
  try {
    // The questions are the bench's own: how they are kept through a crash is of no matter here.
    db.exec('PRAGMA synchronous = OFF')
    const store = sqliteApprovals(db)
    const rows = Array.from({ length: count }, (_, i) => openQuestion(i))
    for (const row of rows) await store.create(row)
    return rows.map(({ id }) => id)
  } finally {
    db.close()
  }
}

/** The question number `i`, of one of 500 agents. */
export function openQuestion(i: number): Approval {
  const command = `deploy --to host-${i} --with ${'x'.repeat(200)}`
  const now = Date.now()
  return {
    id: i.toString(16).padStart(32, '0'),
    status: 'pending',
    digest: i.toString(16).padStart(64, '0'),
    principal: `token:${i % 500}`,
    agent: `agent-${i % 500}`,
    session: 's',
    tool: 'exec',
    params: { command },
    policy: 'asking',
    rule: 'asking/1',
    message: 'A person looks',
    createdAt: now - i,
    expiresAt: now + 3_600_000,
    timeoutMs: 3_600_000,
    detached: true,
    agentBound: true,
    shown: {
      parts: [{ kind: 'part', text: command, action: 'require_approval' }],
      effects: [],
      effectsComplete: false,
      omitted: 0,
    },
  }
}

/**
 * From the answer's way out until the caller that waited has its own, milliseconds; into `disk` what the two
 * writes that nobody can do without took by themselves, in turns with it.
 */
async function releases(
  server: Subject,
  disk: number[],
): Promise<{ readonly p50: number; readonly p99: number }> {
  const files = await twoFiles()
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const micros: number[] = []
  for (let i = 0; i < RELEASES; i++) {
    const call = { agent: 'bench', session: 's', params: { command: `deploy ${i}` } }
    let back = 0n
    const held = send(server, agent, 'POST', '/v1/tool/exec', call).then((answer) => {
      back = process.hrtime.bigint()
      return answer
    })
    const id = await asked(server, agent)
    const from = process.hrtime.bigint()
    await send(server, agent, 'POST', `/v1/approvals/${id}/resolve`, { approved: true })
    const { status } = await held
    if (status !== 200) throw new Error(`the waiting caller got ${status}`)
    micros.push(Number(back - from) / 1000)
    disk.push(await files.sync())
  }
  agent.destroy()
  await files.close()
  const { p50, p99 } = spread(micros)
  return { p50: p50 / 1000, p99: p99 / 1000 }
}

/** As much as an answer writes into the trail and the database, side by side; `sync` takes so many ms. */
async function twoFiles(): Promise<{ sync(): Promise<number>; close(): Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-disk-'))
  const [trail, log] = await Promise.all(['trail', 'log'].map((name) => open(join(dir, name), 'a')))
  const write = async (file: FileHandle, bytes: number) => {
    await file.write(new Uint8Array(bytes))
    await file.datasync()
  }
  return {
    async sync() {
      const from = performance.now()
      await Promise.all([write(trail!, 1500), write(log!, 16_384)])
      return performance.now() - from
    },
    async close() {
      await Promise.all([trail!.close(), log!.close()])
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

async function asked(server: Subject, agent: Agent): Promise<string> {
  for (;;) {
    const { body } = await send(server, agent, 'GET', '/v1/approvals?status=pending')
    const [one] = (body as { approvals: { id: string; waiters: number }[] }).approvals
    if (one !== undefined && one.waiters > 0) return one.id
  }
}

/** Milliseconds for all of them in one request. */
async function bulkResolve(server: Subject, ids: readonly string[]): Promise<number> {
  const agent = new Agent({ keepAlive: true })
  await send(server, agent, 'GET', '/v1/approvals?limit=1')
  const from = performance.now()
  const body = { ids, approved: true, resolved_by: 'bench' }
  const got = await send(server, agent, 'POST', '/v1/approvals/bulk-resolve', body)
  const ms = performance.now() - from
  agent.destroy()
  const { results } = got.body as { results: { error: string | null }[] }
  if (results.some(({ error }) => error !== null)) throw new Error(JSON.stringify(got.body))
  return ms
}

async function preflights(server: Subject): Promise<number> {
  await load(server, 'tcp', 1, CALLS)
  const { micros } = await load(server, 'tcp', 1, CALLS)
  return spread(micros).p50 / 1000
}

/** Milliseconds for a page of 100, p50, one after the other. */
export async function pages(server: Subject): Promise<number> {
  const agent = new Agent({ keepAlive: true })
  const micros: number[] = []
  let after = ''
  for (let i = 0; i < LISTS; i++) {
    const from = process.hrtime.bigint()
    const path = `/v1/approvals?status=pending&limit=100${after}`
    const { body } = await send(server, agent, 'GET', path)
    micros.push(Number(process.hrtime.bigint() - from) / 1000)
    const { next } = body as { next: string | null }
    after = next === null ? '' : `&after=${next}`
  }
  agent.destroy()
  return spread(micros).p50 / 1000
}

/** One request, its answer as JSON. */
export function send(
  { url, token }: Subject,
  agent: Agent,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, url), {
      agent,
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(text === undefined ? {} : {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
        }),
      },
    }, (answer) => {
      let read = ''
      answer.on('data', (chunk: Uint8Array) => read += String(chunk))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: JSON.parse(read) }))
      answer.on('error', reject)
    })
    outgoing.on('error', reject)
    outgoing.end(text)
  })
}
