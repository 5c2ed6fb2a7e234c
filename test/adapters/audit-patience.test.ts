import assert from 'node:assert/strict'
import { chmodSync } from 'node:fs'
import process from 'node:process'
import { after, test } from 'node:test'
import type { FileOps } from '../../src/adapters/audit-ops.ts'
import { draft, faulty, withTrail } from '../helpers/audit.ts'
import { assertClean, failsWith, newest } from '../helpers/trail.ts'

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

// A real disk that hangs keeps the process alive; ours does not.
const alive = setInterval(() => {}, 1000)
after(() => clearInterval(alive))

/** A disk whose flushes do not come back until they are let go. */
function hanging(): { ops: FileOps; hang: () => void; letGo: () => void } {
  const real = faulty(() => undefined)
  let held: PromiseWithResolvers<void> | undefined
  return {
    hang: () => void (held = Promise.withResolvers()),
    letGo: () => held?.resolve(),
    ops: {
      ...real,
      async open(path, how) {
        const file = await real.open(path, how)
        return {
          ...file,
          async datasync() {
            await held?.promise
            await file.datasync()
          },
        }
      },
    },
  }
}

test('a disk that does not answer refuses who waits, then everybody at once, and goes on when it does', async () => {
  await withTrail(async ({ dir, open }) => {
    const { ops, hang, letGo } = hanging()
    const log = await open({ ops, patienceMs: 300 })
    await log.append([draft()])
    hang()
    const flying = log.append([draft()])
    const queued = log.append([draft()])
    await assert.rejects(flying, failsWith('audit_unavailable'))
    await assert.rejects(queued, failsWith('audit_unavailable'))
    await assert.rejects(log.append([draft()]), failsWith('audit_unavailable'))
    letGo()
    // Refused until the write that hung has come back.
    let event
    while (event === undefined) {
      const [last] = await log.append([draft()]).catch(() => [])
      event = last
      await turn()
    }
    await log.close()
    const events = await newest(log, 9)
    const note = events.find(({ kind }) => kind === 'recovery')
    const told = note?.request as { late_events: number; ids: string[] }
    assert.ok(told.late_events >= 1)
    // The event whose caller was refused is in the trail, and the trail says so.
    assert.ok(told.ids.every((id) => events.some((one) => one.id === id)))
    await assertClean(dir, events.length)
  })
})

test('calls behind a write that hangs are refused and never written', async () => {
  await withTrail(async ({ dir, open }) => {
    const { ops, hang, letGo } = hanging()
    const log = await open({ ops, patienceMs: 300 })
    hang()
    const first = log.append([draft({ agent: 'first' })])
    await turn()
    const second = log.append([draft({ agent: 'second' })])
    await assert.rejects(first, failsWith('audit_unavailable'))
    await assert.rejects(second, failsWith('audit_unavailable'))
    letGo()
    await log.close()
    const again = await open()
    const agents = (await newest(again, 9)).map(({ agent }) => agent)
    assert.ok(!agents.includes('second'), agents.join())
    await assertClean(dir, agents.length)
  })
})

test('closing does not wait for a disk that does not answer', async () => {
  await withTrail(async ({ open }) => {
    const { ops, hang, letGo } = hanging()
    const log = await open({ ops, patienceMs: 100 })
    hang()
    await assert.rejects(log.append([draft()]), failsWith('audit_unavailable'))
    await log.close()
    letGo()
  })
})

test('a directory that takes nothing refuses calls, and takes them once it can', async (context) => {
  if (process.getuid?.() === 0) return context.skip('root may write everywhere')
  await withTrail(async ({ dir, open }) => {
    chmodSync(dir, 0o500)
    const log = await open()
    await assert.rejects(log.append([draft()]), failsWith('audit_unavailable'))
    chmodSync(dir, 0o700)
    await log.append([draft()])
    await assertClean(dir, 1)
  })
})
