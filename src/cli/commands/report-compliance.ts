import { systemClock } from '../../adapters/clock.ts'
import type { Invocation } from '../command.ts'
import { safe } from '../output.ts'
import { complianceNow } from '../report.ts'
import { spanFlags, trailOf } from '../trail.ts'

const COLOUR = { pass: 'green', fail: 'red', note: 'yellow' } as const

/** What the trail shows, point by point: 0 all pass, 1 one fails. */
export async function run(invocation: Invocation): Promise<number> {
  const { out } = invocation
  const span = spanFlags(invocation, systemClock().now())
  const compliance = await complianceNow(invocation, await trailOf(invocation), span)
  if (out.json) out.data(compliance)
  else {
    for (const { id, title, result, detail } of compliance.checks) {
      out.line(safe`${out.paint(COLOUR[result], result)}  ${id}  ${title}`)
      out.line(safe`      ${detail}`)
    }
  }
  return compliance.result === 'pass' ? 0 : 1
}
