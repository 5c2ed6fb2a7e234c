// Appends to a trail from so many callers at once, as the service does; prints how many a second got through.
import process from 'node:process'
import { openAuditLog } from '../src/adapters/audit-log.ts'
import { systemClock } from '../src/adapters/clock.ts'
import { ulids } from '../src/adapters/ids.ts'
import type { EventDraft } from '../src/audit/event.ts'

const [dir = '', callers = '1', seconds = '1'] = process.argv.slice(2)
const clock = systemClock()
const ids = ulids(clock)

/** What `POST /v1/preflight/exec` of `git status` leaves. */
function draft(): EventDraft {
  return {
    id: ids.next(),
    time: new Date(clock.now()).toISOString(),
    kind: 'decision',
    agent: 'bench',
    session: 's',
    tool: 'exec',
    request: { params: { command: 'git status' } },
    decision: { action: 'allow', message: 'No rule objects', eval_us: 31 },
    enforced: true,
    mode: 'enforce',
    via: 'http',
    principal: 'admin',
  }
}

const log = await openAuditLog({ dir, clock, ids })
const ended = performance.now() + Number(seconds) * 1000
const warm = performance.now() + Number(seconds) * 250
let made = 0
let from = 0

async function call(): Promise<void> {
  while (performance.now() < ended) {
    await log.append([draft()])
    if (performance.now() < warm) continue
    from ||= performance.now()
    made += 1
  }
}

await Promise.all(Array.from({ length: Number(callers) }, call))
const rate = made / (performance.now() - from) * 1000
await log.close()
process.stdout.write(`${Math.round(rate)}\n`)
