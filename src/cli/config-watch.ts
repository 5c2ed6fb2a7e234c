import { existsSync } from 'node:fs'
import { type Place, stamp } from '../adapters/policy-read.ts'
import { type Watching, watchPlaces } from '../adapters/policy-watch.ts'
import type { Notify } from '../engine/notify.ts'
import type { Clock, Log } from '../ports.ts'
import { readConfigFile } from './config-file.ts'

/** Two looks this far apart must see the same (security.md F16). */
const STILL_MS = 50

export interface ConfigWatchOptions {
  /** `config.yaml`, there or not. */
  readonly path: string
  readonly clock: Clock
  readonly log: Log
  /** Who is told from now on. */
  use(notify: readonly Notify[]): Promise<void>
}

/**
 * Follow `notify` of config.yaml while the server runs; every other setting counts from the next start. A
 * broken file, a half-saved one and a lost one leave in force who was told before: alerts must not end by
 * accident.
 */
export function watchNotify({ path, clock, log, use }: ConfigWatchOptions): Watching {
  const places: readonly Place[] = [{ kind: 'file', path, layer: 'user', owner: 'self' }]
  const look = () => stamp(places, [], clock.now())
  async function changed(): Promise<void> {
    for (let before = await look();;) {
      await clock.sleep(STILL_MS)
      const now = await look()
      if (now === before) break
      before = now
    }
    if (!existsSync(path)) return
    try {
      const { values } = await readConfigFile(path)
      await use((values.notify ?? []) as readonly Notify[])
    } catch (error) {
      log.warn('config.yaml is broken: who is told stays as it was', error)
    }
  }
  return watchPlaces(places, clock, look, changed)
}
