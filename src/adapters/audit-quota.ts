import { join } from 'node:path'
import type { EventDraft } from '../audit/event.ts'
import type { HashInto } from '../audit/merkle.ts'
import { RampartError } from '../errors.ts'
import type { AuditLog, Clock, Ids } from '../ports.ts'
import { type Packed, packFile } from './audit-gzip-pack.ts'
import type { Keep } from './audit-keep.ts'
import { type Lock, openLock } from './audit-lock.ts'
import type { FileOps } from './audit-ops.ts'
import { oldFiles, type Pruned, pruneTrail, type Signer } from './audit-prune.ts'

export interface RetentionOptions {
  readonly dir: string
  readonly ops: FileOps
  readonly keep: Keep
  readonly keepText: string
  readonly by: Pick<EventDraft, 'principal' | 'via'>
  readonly clock: Clock
  readonly ids: Ids
  readonly into: HashInto
  readonly signer: () => Promise<Signer>
  readonly audit: Pick<AuditLog, 'append' | 'query'>
  readonly heldFrom?: (() => number | undefined) | undefined
  readonly pause?: (() => Promise<void>) | undefined
}

/** What was done to the old files of a trail. */
export interface Retained extends Pruned {
  /** Files that were packed, and those that could not be, with the reason. */
  readonly packed: readonly string[]
  readonly unpacked: readonly { readonly name: string; readonly why: Exclude<Packed, 'packed'> }[]
}

export const DAY = 86_400_000

/** Longest that a command waits for its turn, ms. */
const PATIENCE_MS = 30_000

/** One at a time over all processes: the lock of retention, beside that of the trail. */
export function retentionLock(dir: string, patience: number = PATIENCE_MS): Lock {
  const lock = openLock(join(dir, '.private', 'retention'), patience)
  return {
    ...lock,
    async take() {
      try {
        await lock.take()
      } catch (error) {
        const detail = `Another process prunes, packs or copies ${dir}: try again later`
        throw new RampartError('unavailable', detail, { cause: error })
      }
    },
  }
}

/**
 * Prune what is over the limits and pack what is old. What is broken is pruned only where it is twice over
 * them: evidence is kept as long as it does not fill the disk.
 */
export async function retain(
  options: RetentionOptions,
  what: { readonly pack: boolean; readonly force: boolean },
): Promise<Retained> {
  const { dir, keep, audit } = options
  const lock = openLock(join(dir, '.private'))
  try {
    const prune = { ...options, log: audit, lock }
    let pruned = await pruneTrail({ ...prune, force: what.force })
    if (pruned.findings.length > 0 && pruned.stub === undefined) {
      const { findings } = pruned
      const twice = await pruneTrail({ ...prune, keep: doubled(keep), force: true })
      pruned = { ...twice, findings: twice.stub === undefined ? findings : twice.findings }
    }
    const { packed, unpacked } = what.pack
      ? await packOld({ ...options, lock })
      : { packed: [], unpacked: [] }
    return { ...pruned, packed, unpacked }
  } finally {
    lock.close()
  }
}

function doubled({ age, bytes }: Keep): Keep {
  return {
    ...(age === undefined ? {} : { age: 2 * age }),
    ...(bytes === undefined ? {} : { bytes: 2 * bytes }),
  }
}

/** Pack files that nobody writes to and whose day is over for a day. */
async function packOld(
  { dir, ops, clock, lock, pause }: RetentionOptions & {
    readonly lock: Lock
  },
): Promise<Pick<Retained, 'packed' | 'unpacked'>> {
  const packed: string[] = []
  const unpacked: Retained['unpacked'][number][] = []
  const plain = new Set(ops.list(dir))
  for (const name of (await oldFiles(dir, ops)).old) {
    const isOld = clock.now() >= Date.parse(name.slice(0, 10)) + 2 * DAY
    if (!plain.has(name) || !isOld) continue
    const what = await packFile(name, { dir, ops, lock, pause })
    if (what === 'packed') packed.push(name)
    else unpacked.push({ name, why: what })
  }
  return { packed, unpacked }
}
