import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openDatabase } from '../src/adapters/database.ts'
import { sqliteFleet } from '../src/adapters/fleet-store.ts'
import { sha256 } from '../src/adapters/hash.ts'
import { nodeKey } from '../src/adapters/node-identity.ts'
import { type UpstreamClient, upstreamClient } from '../src/adapters/upstream-client.ts'
import { enrolAt } from '../src/adapters/upstream-enrol.ts'
import { GENESIS, type Head, sealEvent } from '../src/audit/chain.ts'
import { draft } from '../test/helpers/audit.ts'
import { type Section, table } from './common.ts'
import { shipped, startServer, type Subject, ticks, warmed } from './server.ts'

const NODES = 20
const BEATS = 2000
const EVENTS = 20_000
/** What a sink's follower hands over at once. */
const BATCH = 200
/** Nodes that are told of, and how often each is heard. */
const FLEET = 2000
const BEAT_SECONDS = 30

/** What nodes cost their upstream: heartbeats, and trails that come in, each batch durable before its answer. */
export async function benchFleet(): Promise<Section> {
  const upstream = await startServer(shipped())
  const root = mkdtempSync(join(tmpdir(), 'rampart-bench-'))
  try {
    await warmed(upstream)
    const nodes = await enrolled(upstream, root)
    const beat = await beats(upstream, nodes)
    const rate = await ingest(nodes[0]!)
    const share = beat.cpuMs * FLEET / (BEAT_SECONDS * 10)
    const markdown = table(['what', 'here'], [
      ["a heartbeat, the upstream's processor time", `${beat.cpuMs.toFixed(2)} ms`],
      [
        `${FLEET} nodes, each heard every ${BEAT_SECONDS} s: of one processor`,
        `${share.toFixed(1)} %`,
      ],
      [`events of a trail a second, ${BATCH} at once, one node`, rate.toFixed(0)],
    ])
    return { markdown, figures: { 'fleet.share': share, 'fleet.ingest': rate } }
  } finally {
    await upstream.stop()
    rmSync(root, { recursive: true, force: true })
  }
}

async function enrolled(upstream: Subject, root: string): Promise<UpstreamClient[]> {
  const home = dirname(dirname(upstream.socket))
  const database = openDatabase(join(home, 'rampart.db'))
  const store = sqliteFleet(database)
  const clients: UpstreamClient[] = []
  try {
    for (let made = 0; made < NODES; made++) {
      const code = `rampart_node_${made}`
      const hash = createHash('sha256').update(code).digest('hex')
      await store.addCode({
        hash,
        expiresAt: Number.MAX_SAFE_INTEGER,
        labels: {},
        createdBy: 'bench',
      })
      const dir = join(root, String(made))
      const identity = await enrolAt({
        dir,
        keys: join(dir, 'keys'),
        upstream: upstream.url.origin,
        code,
        name: `n${made}`,
        signal: new AbortController().signal,
      })
      clients.push(upstreamClient({ identity, key: () => nodeKey(dir), now: () => Date.now() }))
    }
  } finally {
    database.close()
  }
  return clients
}

const SENT = {
  signal: new AbortController().signal,
  headers: { 'content-type': 'application/json' },
}

async function beats(
  upstream: Subject,
  nodes: readonly UpstreamClient[],
): Promise<{ readonly cpuMs: number }> {
  const head = { seq: GENESIS.seq, hash: GENESIS.hash }
  const rest = { policy_hash: 'h', policy_faults: 0, passed_unasked: 0, head }
  const body = JSON.stringify({ version: '1', mode: 'enforce', ...rest })
  const before = ticks(upstream.pid)
  for (let sent = 0; sent < BEATS; sent += nodes.length) {
    await Promise.all(nodes.map((node) => node.post('/v1/fleet/heartbeat', body, SENT)))
  }
  return { cpuMs: (ticks(upstream.pid) - before) * 10 / BEATS }
}

/** A day's events of one node; events a second. */
async function ingest(node: UpstreamClient): Promise<number> {
  let head: Head = GENESIS
  const lines = Array.from({ length: EVENTS }, () => {
    const { event, line } = sealEvent(draft(), head, sha256)
    head = { seq: event.seq, hash: event.hash, time: event.time }
    return line
  })
  const from = performance.now()
  for (let at = 0; at < EVENTS; at += BATCH) {
    const batch = { file: '2026-11-24.jsonl', lines: lines.slice(at, at + BATCH), anchors: [] }
    await node.post('/v1/fleet/events', JSON.stringify(batch), SENT)
  }
  return EVENTS / ((performance.now() - from) / 1000)
}
