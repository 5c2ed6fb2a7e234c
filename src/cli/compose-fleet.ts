import { join } from 'node:path'
import { keyPairAt, verifySignature } from '../adapters/audit-keys.ts'
import { trailFileOps } from '../adapters/audit-gzip.ts'
import type { Database } from '../adapters/database.ts'
import { sqliteFleet } from '../adapters/fleet-store.ts'
import { nodeKey, readIdentity } from '../adapters/node-identity.ts'
import { nodeTrails } from '../adapters/node-trails.ts'
import { cursorAtEnd } from '../adapters/sink-cursors.ts'
import type { SinksOptions } from '../adapters/sinks.ts'
import { inTime, upstreamClient } from '../adapters/upstream-client.ts'
import { upstreamShipper, upstreamSpec } from '../adapters/upstream-sink.ts'
import { fromBase64 } from '../audit/checkpoint.ts'
import { GENESIS } from '../audit/chain.ts'
import { BEAT_MS } from '../fleet/standing.ts'
import type { Clock, FleetParts } from '../ports.ts'
import { deskOf } from '../service/desk.ts'
import { standNow } from '../service/mode.ts'
import type { Services } from '../service/services.ts'
import { places } from './config.ts'
import { VERSION } from './version.ts'

/** What this server has for nodes of its own. */
export function fleetParts(database: Database, home: string): FleetParts {
  const { fleet } = places(home)
  let key: ReturnType<typeof keyPairAt> | undefined
  return {
    store: sqliteFleet(database),
    trails: nodeTrails(fleet),
    key: () => key ??= keyPairAt(join(fleet, 'upstream.pem')),
    verifies(text, message, signature) {
      const [raw, bytes] = [fromBase64(text), fromBase64(signature)]
      return raw !== undefined && bytes !== undefined && verifySignature(raw, message, bytes)
    },
  }
}

/** What a server does as a node of another. */
export interface NodeParts {
  readonly sink: NonNullable<SinksOptions['upstream']>
  /** Tell the upstream how this machine is, from now until the signal. */
  beat(services: Services, signal: AbortSignal): Promise<void>
}

/** Undefined where this machine is no node. */
export async function nodeParts(
  home: string,
  dir: string,
  clock: Clock,
): Promise<NodeParts | undefined> {
  const { node } = places(home)
  const identity = await readIdentity(node)
  if (identity === undefined) return undefined
  const client = upstreamClient({ identity, key: () => nodeKey(node), now: () => clock.now() })
  const shipper = upstreamShipper(client, dir)
  const beatOnce = async (services: Services, signal: AbortSignal) => {
    await shipper.anchors(signal)
    return await client.post('/v1/fleet/heartbeat', () => reportOf(services, dir), {
      signal,
      headers: { 'content-type': 'application/json' },
    }) as { readonly standing: string; readonly next_ms: number }
  }
  return {
    sink: { spec: upstreamSpec(identity.upstream), deliver: shipper.deliver },
    async beat(services, signal) {
      const { log } = services
      let said: string | undefined
      while (!signal.aborted) {
        let [wait, trouble]: [number, string | undefined] = [BEAT_MS, undefined]
        try {
          const beaten = (limit: AbortSignal) => beatOnce(services, limit)
          const { standing, next_ms } = await inTime(BEAT_MS, beaten, signal)
          wait = Math.min(Math.max(next_ms, 1000), 10 * BEAT_MS)
          if (standing !== 'ok') trouble = 'it holds another trail of this machine'
        } catch (error) {
          trouble = error instanceof Error ? error.message : String(error)
        }
        if (trouble !== undefined && trouble !== said && !signal.aborted) {
          log.warn(`The upstream ${identity.upstream}: ${trouble}`)
        }
        said = trouble
        // So that the nodes of a fleet do not come at once.
        await clock.sleep(wait * (0.9 + Math.random() / 5), signal).catch(() => {})
      }
    },
  }
}

/** How this machine is, at the moment at which it is sent: its trail ends no earlier than what was shipped. */
async function reportOf(services: Services, dir: string): Promise<string> {
  const { set, faults } = services.policies.current()
  const { seq, hash } = (await cursorAtEnd(dir, trailFileOps)).marks[0] ?? GENESIS
  return JSON.stringify({
    version: VERSION,
    mode: standNow(services).mode,
    policy_hash: set.hash,
    policy_faults: faults.length,
    passed_unasked: deskOf(services).passed,
    head: { seq, hash },
  })
}
