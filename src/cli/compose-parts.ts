import { heldBySinks } from '../adapters/audit-held.ts'
import { type IndexedTrail, indexedTrail } from '../adapters/audit-index.ts'
import { keepIndex } from '../adapters/audit-index-builder.ts'
import { loadSigner } from '../adapters/audit-keys.ts'
import { nodeFileOps } from '../adapters/audit-ops.ts'
import { type Keeper, keepTrail } from '../adapters/audit-keeper.ts'
import { hashInto } from '../runtime/hasher.ts'
import { ownScript } from '../runtime/self.ts'
import type { Services } from '../service/services.ts'
import { auditDirectory, type Config, places } from './config.ts'
import { formatKeep } from './keep.ts'

/** The trail by its index, which is brought up to date beside the way of answers. */
export function indexOf(
  home: string,
  config: Config,
  { clock, log }: Pick<Services, 'clock' | 'log'>,
): { readonly reader: IndexedTrail; close(): Promise<void> } {
  const dir = auditDirectory(home, config)
  const builder = keepIndex({ dir, clock, log, entry: ownScript() })
  const reader = indexedTrail({ dir, log, builder })
  return {
    reader,
    async close() {
      await builder.close()
      reader.close()
    },
  }
}

/** Keeps the trail within its limits, beside the way of answers. */
export function keeperOf(
  home: string,
  config: Config,
  { audit, clock, ids, log }: Pick<Services, 'audit' | 'clock' | 'ids' | 'log'>,
): Keeper {
  const dir = auditDirectory(home, config)
  const keep = config.values['audit.keep']
  return keepTrail({
    dir,
    ops: nodeFileOps,
    keep,
    keepText: formatKeep(keep),
    by: { principal: 'rampart', via: 'local' },
    clock,
    ids,
    into: hashInto,
    signer: () => loadSigner(places(home).keys),
    audit,
    heldFrom: () => heldBySinks(dir),
  }, log)
}
