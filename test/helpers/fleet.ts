import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keyPairAt, verifySignature } from '../../src/adapters/audit-keys.ts'
import { memoryFleet } from '../../src/adapters/memory-fleet.ts'
import { type NodeIdentity, nodeKey, readIdentity } from '../../src/adapters/node-identity.ts'
import { nodeTrails } from '../../src/adapters/node-trails.ts'
import { type UpstreamClient, upstreamClient } from '../../src/adapters/upstream-client.ts'
import { enrolAt } from '../../src/adapters/upstream-enrol.ts'
import type { FileOps } from '../../src/adapters/audit-ops.ts'
import { sha256Hex } from '../../src/adapters/hash.ts'
import { fromBase64, toBase64 } from '../../src/audit/checkpoint.ts'
import { requestText } from '../../src/fleet/signed.ts'
import { createApp } from '../../src/http/app.ts'
import type { FleetParts } from '../../src/ports.ts'
import { serve } from '../../src/runtime/serve.ts'
import { createApi } from '../../src/service/create-api.ts'
import { createCode } from '../../src/service/fleet.ts'
import { bench } from './service.ts'

export const BY = { principal: 'admin', via: 'cli' } as const
const POLICY = 'version: "1"\ndefault_action: allow\npolicies: []\n'
const signal = () => AbortSignal.timeout(30_000)

/** An upstream on a port of its own, with the directory that it keeps its copies in. */
export interface Upstream extends ReturnType<typeof bench> {
  readonly fleet: FleetParts
  readonly url: string
  readonly dir: string
  code(): Promise<string>
  /** A machine that has enrolled with a code. */
  node(name?: string): Promise<Machine>
  enrol(dir: string, code: string): Promise<NodeIdentity>
}

export interface Machine {
  readonly identity: NodeIdentity
  readonly dir: string
  readonly client: UpstreamClient
  /** The same with another clock, key or pinned identity. */
  /** The header field of a request. */
  sign(asked: { count: number; path: string; body: string }): Promise<string>
  clientWith(change: { now?: () => number; dir?: string; identity?: NodeIdentity }): UpstreamClient
}

/** Run a test against an upstream; all that it wrote is gone afterwards. */
export async function withUpstream(
  work: (upstream: Upstream) => Promise<void>,
  ops?: FileOps,
): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'rampart-fleet-'))
  const dir = join(root, 'fleet')
  const fleet: FleetParts = {
    store: memoryFleet(),
    trails: nodeTrails(dir, ops),
    key: () => keyPairAt(join(root, 'upstream.pem')),
    verifies: (key, message, signature) =>
      verifySignature(fromBase64(key)!, message, fromBase64(signature)!),
  }
  const made = bench(POLICY)
  const services = { ...made.services, fleet }
  const api = createApi(services, { adminTokenHash: '' })
  const app = createApp(api, { settings: services.settings, host: '127.0.0.1' })
  const running = await serve({
    fetch: (request, env) => app.fetch(request, env),
    tcp: { host: '127.0.0.1', port: 0 },
    log: services.log,
  })
  const enrol = (at: string, code: string) =>
    enrolAt({
      dir: at,
      keys: join(at, 'keys'),
      upstream: running.url!,
      code,
      name: 'host',
      signal: signal(),
    })
  const code = async () => (await createCode(services, { labels: {} }, BY)).code
  let machines = 0
  try {
    await work({
      ...made,
      services,
      fleet,
      url: running.url!,
      dir,
      code,
      enrol,
      async node() {
        const at = join(root, `node-${++machines}`)
        await enrol(at, await code())
        return await machineAt(at)
      },
    })
  } finally {
    await running.close(0)
    rmSync(root, { recursive: true, force: true })
  }
}

async function machineAt(dir: string): Promise<Machine> {
  const identity = (await readIdentity(dir))!
  const clientWith: Machine['clientWith'] = (change) =>
    upstreamClient({
      identity: change.identity ?? identity,
      key: () => nodeKey(change.dir ?? dir),
      now: change.now ?? (() => 1_800_000_000_000),
    })
  const sign: Machine['sign'] = async ({ count, path, body }) => {
    const digest = sha256Hex(body)
    const text = requestText({ node: identity.id, count, method: 'POST', path, digest })
    return `${identity.id};${count};${toBase64((await nodeKey(dir)).sign(text))}`
  }
  return { identity, dir, client: clientWith({}), clientWith, sign }
}

/** Post as a node does. */
export function post(client: UpstreamClient, path: string, body: unknown): Promise<unknown> {
  return client.post(path, JSON.stringify(body), { signal: signal() })
}
