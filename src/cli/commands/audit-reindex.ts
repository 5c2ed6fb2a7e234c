import { reindex } from '../../adapters/audit-index-now.ts'
import { systemClock } from '../../adapters/clock.ts'
import type { Invocation } from '../command.ts'
import { safe } from '../output.ts'
import { indexing, trailOf } from '../trail.ts'

/** The index anew from the files; the trail itself is only read. */
export async function run(invocation: Invocation): Promise<number> {
  const { operands, out } = invocation
  const dir = await trailOf(invocation, operands[0])
  const clock = systemClock()
  const from = clock.monotonic()
  const progress = indexing(out)
  const events = await reindex(dir, { anew: true, onProgress: progress.show })
    .finally(progress.end)
  const ms = Math.round(clock.monotonic() - from)
  if (out.json) out.data({ directory: dir, events, duration_ms: ms })
  else out.line(safe`${dir}: ${events} events indexed in ${(ms / 1000).toFixed(1)} s`)
  return 0
}
