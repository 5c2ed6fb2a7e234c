import { join } from 'node:path'
import type { AuditEvent, EventDraft } from '../audit/event.ts'
import { prepareDraft } from '../audit/prepare.ts'
import { RampartError } from '../errors.ts'
import type { AuditLog, Clock, Ids } from '../ports.ts'
import type { TrailObserver } from './audit-observer.ts'
import { type FileOps, nodeFileOps } from './audit-ops.ts'
import { type Lock, openLock } from './audit-lock.ts'
import { openReserve, type Reserve } from './audit-reserve.ts'
import { queryTrail } from './audit-query.ts'
import { dayOf, type Written } from './audit-seal.ts'
import { TrailWriter } from './audit-writer.ts'
import { messageOf } from './database-wal.ts'
import { sha256 } from './hash.ts'
import { keyedDigest } from './keyed-digest.ts'
import { codeOf } from './safe-read.ts'

export interface AuditLogOptions {
  /** The directory of the trail; made, 0700, when it is not there. */
  readonly dir: string
  readonly clock: Clock
  readonly ids: Ids
  readonly ops?: FileOps | undefined
  /** Events that may wait for the disk; more are refused at once. */
  readonly queueLimit?: number | undefined
  /** How long to wait for another process's append, ms. */
  readonly lockPatienceMs?: number | undefined
  /** Bytes to set aside for a full disk; by default none are. */
  readonly reserveBytes?: number | undefined
  /** Who hears of what was written, in this order. */
  readonly observers?: readonly TrailObserver[] | undefined
}

/** Lock and key of a trail, beside its files: what no reader of the trail needs. */
const PRIVATE = '.private'

/** Most events in one write. */
const BATCH = 1000

interface Waiting {
  readonly drafts: readonly EventDraft[]
  readonly resolve: (events: readonly AuditEvent[]) => void
  readonly reject: (error: unknown) => void
}

/**
 * The trail of record: `YYYY-MM-DD.jsonl` files that several processes append to, one chain through all
 * of them. Appends that come while a write is under way share the next one.
 *
 * A torn line, a full disk or a lost file never keeps it from opening; what was found is recorded.
 * Rejects with `state_unusable` when the directory cannot be used at all.
 */
export async function openAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  const { dir, clock, ids, ops = nodeFileOps, queueLimit = 10_000, observers = [] } = options
  const lock = await usable(dir, async () => {
    await ops.makeDirectory(dir)
    return openLock(join(dir, PRIVATE), options.lockPatienceMs)
  })
  const fit = { hash: sha256, digest: keyedDigest(join(dir, PRIVATE, 'redaction.key')) }
  const writer = new TrailWriter({ dir, clock, ids, ops })
  const reserve = openReserve(join(dir, PRIVATE, 'reserve'), options.reserveBytes ?? 0)
  const locked = holding(lock)
  // What was found is written at once where the disk lets us, else before the next event.
  await locked(() => writer.write([])).catch(() => {})
  tell(writer, observers)

  const queue: Waiting[] = []
  let waiting = 0
  let closed = false
  let running: Promise<void> | undefined

  async function drain(): Promise<void> {
    // Let the calls of this turn come together.
    await Promise.resolve()
    while (queue.length > 0) {
      const batch = takeBatch(queue)
      for (const { drafts } of batch) waiting -= drafts.length
      await flush(batch, () => locked(() => writeOrFree(writer, batch, reserve)))
      tell(writer, observers)
    }
    running = undefined
  }

  return {
    append(drafts) {
      if (closed) return refuse('audit_unavailable', 'The audit trail is closed')
      if (drafts.length === 0) return Promise.resolve([])
      if (waiting + drafts.length > queueLimit) {
        return refuse('unavailable', `More than ${queueLimit} events wait for the audit trail`)
      }
      return new Promise((resolve, reject) => {
        const fitting = drafts.map((draft) => prepareDraft(draft, fit))
        queue.push({ drafts: fitting, resolve, reject })
        waiting += drafts.length
        running ??= drain()
      })
    },
    query: (filter) => queryTrail(dir, filter, ops),
    head: () => headOf(writer),
    async close() {
      if (closed) return
      closed = true
      await running
      for (const observer of observers) await observer.close()
      await Promise.all([writer.close(), reserve.close()])
      lock.close()
    },
  }
}

/** Work that is done with the lock held, and gives it back whatever comes of it. */
function holding(lock: Lock) {
  return async <T>(work: () => Promise<T>): Promise<T> => {
    await lock.take()
    try {
      return await work()
    } finally {
      lock.give()
    }
  }
}

/** Calls for one write: so many, and of one day, whose name the file bears. */
function takeBatch(queue: Waiting[]): Waiting[] {
  const day = dayOf(queue[0]!.drafts[0]!)
  let count = 0
  let events = 0
  for (const { drafts } of queue) {
    events += drafts.length
    if (count > 0 && (events > BATCH || dayOf(drafts[0]!) > day)) break
    count += 1
  }
  return queue.splice(0, count)
}

/** Once more where the disk was full and there was a reserve to give up for it. */
async function writeOrFree(
  writer: TrailWriter,
  batch: readonly Waiting[],
  reserve: Reserve,
): Promise<readonly Written[]> {
  const calls = batch.map(({ drafts }) => drafts)
  try {
    return await writer.write(calls)
  } catch (error) {
    if (codeOf(error) !== 'ENOSPC' || !await reserve.free()) throw error
    writer.note({ reserve: 'given up' }, 'The disk is full: the reserve of the trail was given up')
    return await writer.write(calls)
  }
}

async function flush(
  batch: readonly Waiting[],
  write: () => Promise<readonly Written[]>,
): Promise<void> {
  try {
    const results = await write()
    for (const [index, { resolve, reject }] of batch.entries()) {
      const result = results[index]!
      if (result instanceof Error) reject(result)
      else resolve(result)
    }
  } catch (error) {
    const failure = unavailable(error)
    for (const { reject } of batch) reject(failure)
  }
}

/** What was written since this was last asked, notes of the trail itself included. */
function tell(writer: TrailWriter, observers: readonly TrailObserver[]): void {
  const batch = writer.takeAppended()
  if (batch === undefined) return
  for (const observer of observers) observer.appended(batch)
}

function unavailable(error: unknown): RampartError {
  if (error instanceof RampartError) return error
  const detail = `The audit trail cannot be written: ${codeOf(error)}: ${messageOf(error)}`
  return new RampartError('audit_unavailable', detail, { cause: error })
}

async function usable<T>(dir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof RampartError) throw error
    throw new RampartError('state_unusable', `Cannot use ${dir}: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

function refuse(code: 'unavailable' | 'audit_unavailable', detail: string): Promise<never> {
  return Promise.reject(new RampartError(code, detail))
}

function headOf(writer: TrailWriter): { readonly seq: number; readonly hash: string } {
  const { seq, hash } = writer.head
  return { seq, hash }
}
