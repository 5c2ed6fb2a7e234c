import { indexedTrail } from '../../adapters/audit-index.ts'
import { systemClock } from '../../adapters/clock.ts'
import type { AuditEvent } from '../../audit/event.ts'
import type { Invocation } from '../command.ts'
import { abridge } from '../display.ts'
import { type Output, safe, Shown } from '../output.ts'
import { asWritten, countFlag, shownAction, spanFlags, subjectOf, trailOf } from '../trail.ts'

/** What agents lately wanted to do and what they were told, oldest first. */
export async function run(invocation: Invocation): Promise<number> {
  const { flags, out } = invocation
  const now = systemClock().now()
  const reader = indexedTrail({ dir: await trailOf(invocation) })
  try {
    const today = flags.has('today') ? { since: now - now % 86_400_000 } : {}
    const { events } = await reader.page({
      limit: countFlag(invocation, 'n', 20),
      kind: 'decision',
      ...(flags.has('deny') ? { action: 'deny' } : {}),
      ...today,
      ...spanFlags(invocation, now),
    })
    for (const event of [...events].reverse()) print(event, out)
    if (events.length === 0 && !out.json) out.note(safe`Nothing was decided`)
    return 0
  } finally {
    reader.close()
  }
}

function print(event: AuditEvent, out: Output): void {
  if (out.json) return out.row(event)
  const { time, agent, tool, decision, enforced } = asWritten(event)
  const rule = decision.rule ?? decision.policy
  const why = [rule, decision.message].filter((word) => word !== undefined).join(': ')
  out.line(
    safe`${time}  ${shownAction(decision.action, out)}${
      enforced ? '' : ' dry'
    }  ${agent}  ${tool}  ${new Shown(abridge(subjectOf(event), 120))}`,
  )
  if (decision.action !== 'allow' && why !== '') out.line(safe`    ${new Shown(abridge(why, 200))}`)
}
