import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { prepareDraft } from '../audit/prepare.ts'
import type { KnownSecrets } from '../audit/secret-known.ts'
import { RampartError } from '../errors.ts'
import type { AuditLog, Clock, Ids, Log } from '../ports.ts'
import { GroupCommit } from './audit-group.ts'
import { type AnchoredHead, lastAnchorIn } from './audit-last-anchor.ts'
import type { TrailObserver } from './audit-observer.ts'
import { trailFileOps } from './audit-gzip.ts'
import type { FileOps } from './audit-ops.ts'
import { openLock } from './audit-lock.ts'
import { openReserve } from './audit-reserve.ts'
import { queryTrail } from './audit-query.ts'
import { TrailWriter } from './audit-writer.ts'
import { messageOf } from './database-wal.ts'
import { sha256 } from './hash.ts'
import { keyedDigest } from './keyed-digest.ts'

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
  /** How long a call waits in all until it is refused, ms. */
  readonly patienceMs?: number | undefined
  /** A file that has reached this is not written to any more. */
  readonly fileBytes?: number | undefined
  /** What the last anchor says; by default that of `anchors.jsonl` in the same directory. */
  readonly lastAnchor?: (() => Promise<AnchoredHead | undefined>) | undefined
  /** Who is told at once of what was found broken. */
  readonly log?: Log | undefined
  /** Bytes to set aside for a full disk; by default none are. */
  readonly reserveBytes?: number | undefined
  /** Secrets whose very text is known: they are in no event. */
  readonly known?: KnownSecrets | undefined
  /** Who hears of what was written, in this order. */
  readonly observers?: readonly TrailObserver[] | undefined
}

/** Lock and key of a trail, beside its files: what no reader of the trail needs. */
const PRIVATE = '.private'

/** Size at which a file is full, bytes. */
const FILE_BYTES = 100 << 20
/** Longer than a disk ever takes that will answer at all. */
const PATIENCE_MS = 10_000

/**
 * The trail of record: `YYYY-MM-DD.jsonl` files that several processes append to, one chain through all
 * of them. Appends that come while a write is under way share the next one.
 *
 * A torn line, a full disk, a directory that takes nothing, a lost file or a tampered end never keep it
 * from opening; what was found is recorded. Rejects with `state_unusable` when there can be no such
 * directory.
 */
export async function openAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  const { dir, clock, ids, ops = trailFileOps, queueLimit = 10_000, observers = [], log } = options
  const { patienceMs = PATIENCE_MS, fileBytes = FILE_BYTES } = options
  const { lastAnchor = () => lastAnchorIn(dir, ops) } = options
  await makeDirectories(dir, ops)
  const lock = openLock(join(dir, PRIVATE), options.lockPatienceMs)
  const digest = keyedDigest(join(dir, PRIVATE, 'redaction.key'))
  const fit = { hash: sha256, digest, known: options.known }
  const writer = new TrailWriter({ dir, clock, ids, ops, log, fileBytes, lastAnchor })
  const reserve = openReserve(join(dir, PRIVATE, 'reserve'), options.reserveBytes ?? 0)
  const group = new GroupCommit({ dir, writer, lock, reserve, observers, patienceMs })
  let closed = false
  // What was found is written at once where the disk lets us, else before the next event.
  await group.start()

  return {
    append(drafts) {
      if (closed) return refuse('audit_unavailable', 'The audit trail is closed')
      if (group.isStuck) return refuse('audit_unavailable', `The disk of ${dir} does not answer`)
      if (drafts.length === 0) return Promise.resolve([])
      if (group.waiting + drafts.length > queueLimit) {
        return refuse('unavailable', `More than ${queueLimit} events wait for the audit trail`)
      }
      return group.append(drafts.map((draft) => prepareDraft(draft, fit)))
    },
    query: (filter) => queryTrail(dir, filter, ops),
    head: () => ({ seq: writer.head.seq, hash: writer.head.hash }),
    async close() {
      if (closed) return
      closed = true
      await group.idle()
      for (const observer of observers) await observer.close()
      const ended = group.ended().then(async () => {
        await Promise.all([writer.close(), reserve.close()])
        lock.close()
      })
      // Where the disk does not answer nobody waits for it: it is closed when it does.
      if (!group.isStuck) await ended
    },
  }
}

async function makeDirectories(dir: string, ops: FileOps): Promise<void> {
  try {
    await ops.makeDirectory(dir)
  } catch (error) {
    throw new RampartError('state_unusable', `Cannot use ${dir}: ${messageOf(error)}`, {
      cause: error,
    })
  }
  try {
    mkdirSync(join(dir, PRIVATE), { recursive: true, mode: 0o700 })
  } catch {
    // A directory that takes nothing now may do so later: the lock tries again.
  }
}

function refuse(code: 'unavailable' | 'audit_unavailable', detail: string): Promise<never> {
  return Promise.reject(new RampartError(code, detail))
}
