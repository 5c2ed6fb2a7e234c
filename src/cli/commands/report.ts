import { writeFile } from 'node:fs/promises'
import { indexedTrail } from '../../adapters/audit-index.ts'
import { systemClock } from '../../adapters/clock.ts'
import { codeOf } from '../../adapters/safe-read.ts'
import { RampartError } from '../../errors.ts'
import { type Invocation, textFlag } from '../command.ts'
import { safe } from '../output.ts'
import { reportPage } from '../report-html.ts'
import { complianceNow } from '../report.ts'
import { spanFlags, trailOf } from '../trail.ts'
import { VERSION } from '../version.ts'

const DENIED = 50

/** One page about the trail, for people; 1 when something in it fails. */
export async function run(invocation: Invocation): Promise<number> {
  const { out } = invocation
  const now = systemClock().now()
  const span = spanFlags(invocation, now)
  const dir = await trailOf(invocation)
  const compliance = await complianceNow(invocation, dir, span)
  const reader = indexedTrail({ dir })
  const { events: denied } = await reader.page({
    ...span,
    limit: DENIED,
    kind: 'decision',
    action: 'deny',
  }).finally(() => reader.close())
  const page = reportPage({
    stats: compliance.stats,
    compliance,
    denied,
    made: new Date(now).toISOString(),
    version: VERSION,
  })
  const path = textFlag(invocation, 'out') ?? 'rampart-report.html'
  if (path === '-') out.verbatim(page)
  else {
    await write(path, page)
    if (out.json) out.data({ file: path, result: compliance.result })
    else out.line(safe`${path}: ${compliance.result}`)
  }
  return compliance.result === 'pass' ? 0 : 1
}

/** For its owner alone, and never over what is there. */
async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    const why = codeOf(error) === 'EEXIST' ? 'it is there already' : codeOf(error)
    throw new RampartError('usage', `Cannot write ${path}: ${why}. Name another with --out`)
  }
}
