// Appends without end from several callers, and says each event's id once it is acknowledged.
import { writeSync } from 'node:fs'
import process from 'node:process'
import { openAuditLog } from '../src/adapters/audit-log.ts'
import { systemClock } from '../src/adapters/clock.ts'
import { ulids } from '../src/adapters/ids.ts'

const [dir = '', callers = '1', seed = '0'] = process.argv.slice(2)
const clock = systemClock()
const ids = ulids(clock)
const log = await openAuditLog({ dir, clock, ids, fileBytes: 1 << 20, lockPatienceMs: 30_000 })
const filler = 'x'.repeat(3000)
let made = Number(seed)

async function call(): Promise<void> {
  for (;;) {
    const id = ids.next()
    made += 1
    await log.append([{
      id,
      time: new Date(clock.now()).toISOString(),
      kind: 'decision',
      agent: `p${process.pid}`,
      session: 's',
      tool: 'exec',
      request: { params: { command: `echo ${filler.slice(0, made * 7919 % 3000)}` } },
      decision: { action: 'allow', eval_us: 1 },
      enforced: true,
      mode: 'enforce',
      via: 'http',
      principal: 'admin',
    }])
    // At once, or the kill would take back what was said.
    writeSync(1, `${id}\n`)
  }
}

await Promise.all(Array.from({ length: Number(callers) }, call))
