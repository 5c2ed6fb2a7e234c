// Appends to a trail from a process of its own, and says each event's id once it is acknowledged.
import process from 'node:process'
import { openAuditLog } from '../../src/adapters/audit-log.ts'
import { systemClock } from '../../src/adapters/clock.ts'
import { ulids } from '../../src/adapters/ids.ts'

const [dir = '', count = '0', width = '1'] = process.argv.slice(2)
const clock = systemClock()
const ids = ulids(clock)
const log = await openAuditLog({ dir, clock, ids, lockPatienceMs: 30_000 })

async function appendOne(): Promise<void> {
  const id = ids.next()
  await log.append([{
    id,
    time: new Date(clock.now()).toISOString(),
    kind: 'decision',
    agent: `worker-${process.pid}`,
    session: 's',
    tool: 'exec',
    request: { params: { command: `echo ${'x'.repeat(Math.floor(Math.random() * 3000))}` } },
    decision: { action: 'allow', eval_us: 1 },
    enforced: true,
    mode: 'enforce',
    via: 'http',
    principal: 'admin',
  }])
  process.stdout.write(`${id}\n`)
}

await Promise.all(Array.from({ length: Number(width) }, async () => {
  for (let made = 0; made < Number(count); made++) await appendOne()
}))
await log.close()
