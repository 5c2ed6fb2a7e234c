import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { queryTrail } from '../../adapters/audit-query.ts'
import type { AuditEvent } from '../../audit/event.ts'
import type { Action } from '../../engine/types.ts'
import { ACTIONS } from '../../engine/types.ts'
import { RampartError } from '../../errors.ts'
import { type Invocation, textFlag } from '../command.ts'
import { auditDirectory, loadConfig } from '../config.ts'
import { abridge } from '../display.ts'
import { type Output, safe, Shown } from '../output.ts'
import { actionText } from '../tree.ts'

const FOLLOW_MS = 250
const BATCH = 1000

/** The newest events, oldest first; with --follow whatever comes after them too. */
export async function run(invocation: Invocation): Promise<number> {
  const { environment, flags, out } = invocation
  const count = countOf(textFlag(invocation, 'n') ?? '20')
  const dir = auditDirectory(
    environment.home,
    await loadConfig(environment, { serving: false, flags }),
  )
  if (!existsSync(dir)) throw new RampartError('not_found', `There is no trail in ${dir}`)
  const events = [...await queryTrail(dir, { limit: count })].reverse()
  for (const event of events) print(event, out)
  let last = events.at(-1)?.seq ?? 0
  while (flags.has('follow')) {
    await setTimeout(FOLLOW_MS)
    const fresh = await queryTrail(dir, { limit: BATCH, order: 'asc', after: last })
    for (const event of fresh) print(event, out)
    last = fresh.at(-1)?.seq ?? last
  }
  return 0
}

function countOf(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new RampartError('usage', `--n "${text}": expected a number from 1 to 999999`)
}

function print(event: AuditEvent, out: Output): void {
  if (out.json) return out.row(event)
  const { time, kind, agent, tool, decision, request, enforced } = event
  const known = ACTIONS.find((action): action is Action => action === decision.action)
  const action = known === undefined ? decision.action : actionText(known, out)
  const who = [agent, tool].filter((word) => word !== '').join(' ')
  const rule = decision.rule === undefined ? '' : ` (${decision.rule})`
  const dry = kind === 'decision' && !enforced ? ' dry' : ''
  const about = new Shown(abridge(JSON.stringify(request), 160))
  out.line(safe`${time}  ${kind}  ${action}${dry}${rule}  ${who}  ${about}`)
}
