import type { TrailObserver } from '../adapters/audit-observer.ts'
import { loadSigner } from '../adapters/audit-keys.ts'
import { Follower } from '../adapters/bundle-follower.ts'
import { readKeys } from '../adapters/bundle-keys.ts'
import { BundleStore } from '../adapters/bundle-store.ts'
import { systemClock } from '../adapters/clock.ts'
import { createFactReader } from '../adapters/fact-reader.ts'
import { faultsBeside } from '../adapters/policy-files.ts'
import { createStderrLog } from '../adapters/stderr-log.ts'
import type { KnownSecrets } from '../audit/secret-known.ts'
import { type Bundle, policiesOf } from '../bundle/bundle.ts'
import { formatFault } from '../engine/fault.ts'
import { RampartError } from '../errors.ts'
import type { Clock, Log } from '../ports.ts'
import { shownSource } from './bundle/settings.ts'
import { type Config, type Environment, places } from './config.ts'
import { filesOf, type PolicyChoice } from './policy-sources.ts'
import { VERSION } from './version.ts'

/** A bundle that a server follows. */
export interface Bundles {
  readonly follower: Follower
  /** Counts what is decided under it. */
  readonly counting: TrailObserver
}

/**
 * Follow the bundle that config.yaml names; undefined where it names none, and then nothing is fetched. Where
 * none is kept from before, the first look is waited for: nothing is decided without a layer that could be had.
 */
export async function bundlesOf(
  environment: Environment,
  { values }: Config,
  choice: PolicyChoice,
  known: KnownSecrets | undefined,
): Promise<Bundles | undefined> {
  const source = values['bundle.url']
  if (source === undefined) return undefined
  const { bundles: dir, bundle: active, keys: ownKeys } = places(environment.home)
  const keys = await readKeys(values['bundle.keys'])
  if (keys.length === 0) {
    throw new RampartError(
      'config_invalid',
      'bundle.url needs bundle.keys: nobody is trusted to sign one',
    )
  }
  const clock = systemClock()
  const log = createStderrLog({ level: environment.debug ? 'info' : 'warn', known })
  const store = new BundleStore({ dir, active, keys })
  for (const done of await store.open()) log.error(done)
  const follower = new Follower({
    source,
    shown: shownSource(source),
    keys,
    intervalMs: values['bundle.interval'],
    // What its trail is called: it stays when everything else of a machine changes.
    node: { id: (await loadSigner(ownKeys)).origin, labels: values['bundle.labels'] },
    version: VERSION,
    store,
    // A person who names a host of this machine means it.
    reach: { allowPrivate: values.webhooks_private || new URL(source).protocol === 'http:' },
    prove: (bundle) => prove(bundle, active, environment, choice, { clock, log }),
    clock,
    log,
  })
  if (store.current === undefined) await follower.look()
  return { follower, counting: countingOf(follower) }
}

/** Its own tests, and everything else that would be in force with it. */
async function prove(
  bundle: Bundle,
  active: string,
  environment: Environment,
  choice: PolicyChoice,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<void> {
  // Tests bring the whole of deciding with them, and most looks find nothing new.
  const { proveBundle } = await import('./bundle/prove.ts')
  await proveBundle(bundle, active)
  const facts = createFactReader({ monotonic: () => clock.monotonic() })
  const files = await filesOf(environment, choice, { clock, log, facts })
  const faults = await faultsBeside(files, policiesOf(bundle, active))
  if (faults.length === 0) return
  throw new RampartError('policy_invalid', faults.map(formatFault).join('\n'))
}

/** Decisions that were meant: what somebody only tries out says nothing of a bundle. */
function countingOf(follower: Follower): TrailObserver {
  return {
    appended({ events }) {
      for (const { kind, enforced, mode, decision } of events) {
        if (kind === 'decision' && (enforced || mode === 'monitor')) {
          follower.counted(decision.action)
        }
      }
    },
    close: () => Promise.resolve(),
  }
}
