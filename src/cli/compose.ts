import { loadSigner } from '../adapters/audit-keys.ts'
import { FileFeed } from '../adapters/audit-feed.ts'
import { AnchorObserver } from '../adapters/audit-anchors.ts'
import { anchorForwarder } from '../adapters/audit-anchors-send.ts'
import { openAuditLog } from '../adapters/audit-log.ts'
import { openSinks, type Sinks } from '../adapters/sinks.ts'
import { deviceOf } from '../adapters/device.ts'
import { trailReader } from '../adapters/audit-export.ts'
import { trailProofs } from '../adapters/audit-prove-service.ts'
import { RESERVE_BYTES } from '../adapters/audit-reserve.ts'
import type { TrailObserver } from '../adapters/audit-observer.ts'
import { keyFile } from '../adapters/signature.ts'
import { createStderrLog } from '../adapters/stderr-log.ts'
import { createWebhookClient } from '../adapters/webhook.ts'
import { redact } from '../audit/redact.ts'
import { type KnownSecrets, knownSecrets } from '../audit/secret-known.ts'
import { ownScript } from '../runtime/self.ts'
import type { TrailProofs } from '../ports.ts'
import type { Services } from '../service/services.ts'
import { auditDirectory, type Config, type Environment, ownVariables, places } from './config.ts'
import { type Notifying, notifying, type NotifyingOptions } from './compose-notify.ts'
import { openPolicies, ownPlaces } from './policy-sources.ts'
import { formatAddress } from './settings.ts'
import { VERSION } from './version.ts'
import { indexOf, keeperOf } from './compose-parts.ts'
import { bundlesOf } from './compose-bundle.ts'
import { executorOf } from './compose-execute.ts'
import { nodeParts } from './compose-fleet.ts'
import { machineOf, settingsOf } from './compose-stores.ts'
import { keptState } from './compose-kept.ts'

/** Services with the way to give back what they hold. */
export interface Composed<T> {
  readonly services: T
  /** Of a server, once it answers there: people are told from then on. */
  readonly begin?: ((services: Services, url: string) => Promise<void>) | undefined
  close(): Promise<void>
}

/** What a command needs that changes state beside a running server: everything but the policies. */
export type StateServices = Omit<Services, 'policies' | 'proofs' | 'reader'> & {
  readonly proofs: TrailProofs
  readonly anchors: AnchorObserver
}

/** What the trail of a server has and that of a command beside it has not. */
interface Serving {
  readonly known: KnownSecrets | undefined
  /** Hears of what is decided under the bundle that is followed. */
  readonly counting?: TrailObserver | undefined
}

/** The stores of a state directory. Adapters are made here, and in `compose-local.ts` for one decision. */
export async function composeState(
  environment: Environment,
  config: Config,
  serving?: Serving,
): Promise<Composed<StateServices>> {
  const { home } = environment
  const known = serving?.known
  const log = createStderrLog({ level: environment.debug ? 'info' : 'warn', known })
  const dir = auditDirectory(home, config)
  const kept = await keptState(environment, config, { log, isServing: serving !== undefined })
  try {
    const { clock, ids } = kept
    const { keys, webhookKey } = places(home)
    const anchorTo = serving === undefined ? [] : config.values.anchor_to
    const { send, close: closeForwarder } = anchorForwarder(anchorTo, { clock, log })
    const anchors = new AnchorObserver({ dir, keys, clock, log, onAnchor: send })
    // A server's trail has its name, which its key brings, before it tells anybody of it.
    if (serving !== undefined) await loadSigner(keys).catch(() => {})
    const device = () => deviceOf(keys, VERSION)
    const reach = { allowPrivate: config.values.webhooks_private }
    const outward = { home, config, dir, device, clock, ids, log }
    const { sinks, told, begin, end } = serving === undefined ? {} : await leadingOut(outward)
    const reserveBytes = serving === undefined ? 0 : RESERVE_BYTES
    const feed = serving === undefined ? undefined : new FileFeed({ dir, clock, log })
    const observers = present([anchors, sinks, feed, told?.notifier, serving?.counting])
    const own = await openAuditLog({ dir, clock, ids, reserveBytes, log, known, observers })
    sinks?.start(own)
    const audit = kept.shown(own, (await device()).id)
    return {
      services: {
        settings: settingsOf(config, clock.now()),
        audit,
        anchors,
        proofs: trailProofs({ dir, keys, anchors, head: own.head, entry: ownScript() }),
        trail: trailReader(dir, device),
        feed,
        sinks,
        ...(told && { notifier: told.notifier, links: told.links }),
        ...kept.stores,
        fleet: kept.fleet,
        ...machineOf(config, home, clock),
        webhooks: createWebhookClient({ ...reach, clock, key: keyFile(webhookKey) }),
        clock,
        ids,
        log,
        hide: (json) => redact(json, { known }),
      },
      begin,
      async close() {
        end?.()
        await audit.close()
        await closeForwarder()
        await kept.close()
      },
    }
  } catch (error) {
    await kept.close()
    throw error
  }
}

interface LeadingOut {
  readonly sinks: Sinks
  readonly told: Notifying
  begin(services: Services, url: string): Promise<void>
  end(): void
}

function present<T>(list: readonly (T | undefined)[]): T[] {
  return list.filter((one) => one !== undefined)
}

/** Where events go from a server: opened before the trail, so that its first event is theirs too. */
async function leadingOut(options: NotifyingOptions): Promise<LeadingOut> {
  const { values } = options.config
  const reach = { allowPrivate: values.webhooks_private }
  const node = await nodeParts(options.home, options.dir, options.clock)
  const sinks = await openSinks({ ...options, specs: values.sinks, upstream: node?.sink, reach })
  const told = notifying(options)
  const ending = new AbortController()
  return {
    sinks,
    told,
    async begin(services, url) {
      await told.begin(services, url)
      void node?.beat(services, ending.signal)
    },
    end() {
      ending.abort()
      told.end()
    },
  }
}

/** Everything a server needs. */
export async function compose(
  environment: Environment,
  config: Config,
): Promise<Composed<Services>> {
  // Of a server alone: what hooks run in is what an agent made of it (security.md F37).
  const known = knownSecrets(ownVariables())
  const { policy, profile, addr, public_url: publicUrl } = config.values
  const own = ownPlaces(`http://${formatAddress(addr)}`, publicUrl)
  const choice = { policy, profile, own, overlay: true, bundle: config.values }
  const bundles = await bundlesOf(environment, config, choice, known)
  const state = await composeState(environment, config, { known, counting: bundles?.counting })
  try {
    const policies = await openPolicies(environment, choice, state.services, true)
    bundles?.follower.start(() => policies.reload())
    const executing = await executorOf(environment, config)
    const keeper = keeperOf(environment.home, config, state.services)
    const index = indexOf(environment.home, config, state.services)
    return {
      services: {
        ...state.services,
        policies,
        reader: index.reader,
        bundles: bundles?.follower,
        ...executing,
      },
      begin: state.begin,
      async close() {
        await index.close()
        await keeper.close()
        await bundles?.follower.close()
        await policies.close()
        await state.close()
      },
    }
  } catch (error) {
    await state.close()
    throw error
  }
}
