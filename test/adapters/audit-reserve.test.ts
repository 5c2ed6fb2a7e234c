import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { until } from '../e2e/server.ts'
import { draft, faulty, withTrail } from '../helpers/audit.ts'
import { failsWith } from '../helpers/trail.ts'

const BYTES = 3 << 20

test('F28 a full disk gets the reserve, and the trail says so before the decision', async () => {
  await withTrail(async ({ dir, open }) => {
    const reserve = join(dir, '.private', 'reserve')
    const ops = faulty((name) =>
      name === 'write' && existsSync(reserve) && full ? 'ENOSPC' : undefined
    )
    let full = false
    const log = await open({ ops, reserveBytes: BYTES })
    await until(() => existsSync(reserve) && statSync(reserve).size === BYTES ? true : undefined)
    await log.append([draft()])
    full = true
    const [event] = await log.append([draft()])
    assert.equal(event?.seq, 3)
    assert.equal(existsSync(reserve), false)
    const text = readdirSync(dir).filter((name) => name.endsWith('.jsonl'))
      .map((name) => readFileSync(join(dir, name), 'utf8')).join('')
    const kinds = text.trim().split('\n').map((line) => (JSON.parse(line) as { kind: string }).kind)
    assert.deepEqual(kinds.slice(-2), ['recovery', 'decision'])
  })
})

test('F28 a disk that stays full refuses, with the reserve gone', async () => {
  await withTrail(async ({ dir, open }) => {
    let full = false
    const ops = faulty((name) => name === 'write' && full ? 'ENOSPC' : undefined)
    const log = await open({ ops, reserveBytes: BYTES })
    await log.append([draft()])
    full = true
    await assert.rejects(log.append([draft()]), failsWith('audit_unavailable'))
    assert.equal(existsSync(join(dir, '.private', 'reserve')), false)
    full = false
    const [event] = await log.append([draft()])
    assert.equal(event?.seq, 3)
  })
})

test('F28 without a reserve nothing is set aside', async () => {
  await withTrail(async ({ dir, open }) => {
    const log = await open({})
    await log.append([draft()])
    assert.equal(existsSync(join(dir, '.private', 'reserve')), false)
  })
})

test('F28 no reserve is begun where the disk has no room for it twice', async () => {
  await withTrail(async ({ dir, open }) => {
    const log = await open({ reserveBytes: 2 ** 52 })
    await log.append([draft()])
    await log.close()
    assert.equal(existsSync(join(dir, '.private', 'reserve')), false)
  })
})
