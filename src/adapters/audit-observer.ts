import type { AuditEvent } from '../audit/event.ts'

/** Events of this process that are durable now. */
export interface AppendedBatch {
  /** The file they stand in. */
  readonly file: string
  /** In the order of the chain. Between two batches other processes may have appended theirs. */
  readonly events: readonly AuditEvent[]
}

/**
 * Hears of the trail what has become durable: anchors, index and sinks hang here, beside the way of
 * answers. What needs whole files reads them; a batch only says that there is more to read.
 */
export interface TrailObserver {
  /** Called in order, once the calls of the batch are answered. Returns at once and never throws. */
  appended(batch: AppendedBatch): void
  /** The last batch was told; called while the log closes, before its lock goes. */
  close(): Promise<void>
}
