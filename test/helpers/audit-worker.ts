// Appends to a trail from a process of its own, and says each event's id once it is acknowledged.
import process from 'node:process'
import { openAuditLog } from '../../src/adapters/audit-log.ts'
import { systemClock } from '../../src/adapters/clock.ts'
import { ulids } from '../../src/adapters/ids.ts'
import { openSinks } from '../../src/adapters/sinks.ts'
import { DEVICE } from './formats.ts'
import { specOf } from './sinks.ts'

const [dir = '', count = '0', width = '1', to] = process.argv.slice(2)
const clock = systemClock()
const ids = ulids(clock)
const sinks = to === undefined ? undefined : await openSinks({
  dir,
  specs: [specOf(to)],
  device: () => Promise.resolve(DEVICE),
  clock,
  ids,
  log: { error() {}, warn() {}, info() {} },
})
const observers = sinks === undefined ? [] : [sinks]
const log = await openAuditLog({ dir, clock, ids, lockPatienceMs: 30_000, observers })
sinks?.start(log)

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
