import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ANCHOR_EVERY, ANCHORS } from '../audit/anchor.ts'
import type { AnchorOptions } from './audit-anchors-writer.ts'
import { AT_ONCE, LATEST_MS } from './audit-anchors-when.ts'
import type { AppendedBatch, TrailObserver } from './audit-observer.ts'

/**
 * Anchors for a process that lives as long as one answer. It anchors at its end, and only where an anchor
 * is due: what changes what is allowed, each so many events, and no later than with the first event that
 * comes so long after the last anchor. Anything else is left to the next process: each anchor seals all
 * events before it.
 */
export function lateAnchors(options: AnchorOptions): TrailObserver {
  let batches: AppendedBatch[] = []
  return {
    appended: (batch) => void batches.push(batch),
    async close() {
      if (batches.length === 0 || !await isDue(batches, options)) return
      // What signs and grows the tree takes longer to load than an answer takes.
      const { AnchorObserver } = await import('./audit-anchors.ts')
      const observer = new AnchorObserver(options)
      for (const batch of batches) observer.appended(batch)
      batches = []
      await observer.close()
    },
  }
}

async function isDue(
  batches: readonly AppendedBatch[],
  { dir, clock }: AnchorOptions,
): Promise<boolean> {
  const events = batches.flatMap(({ events }) => events)
  if (events.some(({ kind, seq }) => AT_ONCE.has(kind) || seq % ANCHOR_EVERY === 0)) return true
  if (new Set(batches.map(({ file }) => file)).size > 1) return true
  try {
    const { mtimeMs } = await stat(join(dir, ANCHORS))
    return Math.abs(clock.now() - mtimeMs) >= LATEST_MS
  } catch {
    // There is none yet, or nobody can tell.
    return true
  }
}
