import { join } from 'node:path'
import { openLock } from '../../adapters/audit-lock.ts'
import { openAuditLog } from '../../adapters/audit-log.ts'
import { trailFileOps } from '../../adapters/audit-gzip.ts'
import { type Repair, repairTrail } from '../../adapters/audit-repair.ts'
import { noteDraft } from '../../adapters/audit-seal.ts'
import { systemClock } from '../../adapters/clock.ts'
import { ulids } from '../../adapters/ids.ts'
import { codeOf } from '../../adapters/safe-read.ts'
import { createStderrLog } from '../../adapters/stderr-log.ts'
import type { EventDraft } from '../../audit/event.ts'
import { RampartError } from '../../errors.ts'
import type { Clock, Ids } from '../../ports.ts'
import type { Invocation } from '../command.ts'
import { type Output, safe } from '../output.ts'
import { trailDirectory } from '../trail.ts'
import { atTerminal } from '../with-state.ts'

/** Most repairs of one file that its event names; the rest is counted. */
const NAMED = 50

/** What a start does not mend. Beside a running server it waits for its turn at each file. */
export async function run(invocation: Invocation): Promise<number> {
  const { flags, operands, out } = invocation
  const dir = await trailDirectory(invocation, operands[0])
  const dry = flags.has('dry-run')
  const clock = systemClock()
  const ids = ulids(clock)
  const repairs = await repaired(dir, dry, ids)
  const recorded = dry ? [] : await recordRepairs(dir, repairs, clock, ids)
  const left = repairs.filter(({ done }) => !done).length
  if (out.json) out.data({ directory: dir, dry_run: dry, repairs, left, recorded })
  else print(dir, dry, repairs, left, out)
  return left === 0 ? 0 : 1
}

async function repaired(dir: string, dry: boolean, ids: Ids): Promise<readonly Repair[]> {
  const lock = dry ? undefined : openLock(join(dir, '.private'))
  try {
    return await repairTrail({ dir, ops: trailFileOps, ids, lock })
  } catch (error) {
    const detail = `Cannot read ${dir}: ${codeOf(error)}. Next: name the trail's directory`
    throw new RampartError('state_unusable', detail, { cause: error })
  } finally {
    lock?.close()
  }
}

/** One event a file, behind what opening the trail finds by itself; their ids. */
async function recordRepairs(
  dir: string,
  repairs: readonly Repair[],
  clock: Clock,
  ids: Ids,
): Promise<readonly string[]> {
  const done = repairs.filter((repair) => repair.done)
  if (done.length === 0) return []
  const log = await openAuditLog({ dir, clock, ids, log: createStderrLog({ level: 'warn' }) })
  try {
    const files = Map.groupBy(done.filter(({ by }) => by === 'repair'), ({ file }) => file)
    const drafts = [...files].map(([file, ofFile]) => draftOf(file, ofFile, clock, ids))
    return (await log.append(drafts)).map(({ id }) => id)
  } finally {
    await log.close()
  }
}

function draftOf(file: string, repairs: readonly Repair[], clock: Clock, ids: Ids): EventDraft {
  const named = repairs.slice(0, NAMED).map(({ line, what, action, kept_as }) => ({
    line,
    what,
    action,
    ...(kept_as === undefined ? {} : { kept_as }),
  }))
  const message = `${file}: Mended by rampart audit repair: ${repairs.length}`
  const request = { file, repairs: named, count: repairs.length }
  return { ...noteDraft('recovery', request, message, { clock, ids }), ...atTerminal() }
}

function print(
  dir: string,
  dry: boolean,
  repairs: readonly Repair[],
  left: number,
  out: Output,
): void {
  for (const { file, line, what, action, by, done, kept_as } of repairs) {
    const became = done ? 'done' : by === 'person' ? 'left to you' : dry ? 'to do' : 'not done'
    const where = kept_as === undefined ? '' : ` (${kept_as})`
    out.line(safe`${file}:${line}: ${what}: ${action}: ${became}${where}`)
  }
  const todo = repairs.some(({ by, done }) => !done && by !== 'person')
  const next = left === 0
    ? 'Next: rampart audit verify'
    : dry && todo
    ? 'Next: rampart audit repair'
    : 'Next: see to what is left, then rampart audit verify'
  out.line(safe`${dir}: ${repairs.length} found, ${left} left. ${next}`)
}
