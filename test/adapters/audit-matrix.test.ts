import assert from 'node:assert/strict'
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { trailFiles } from '../../src/adapters/audit-files.ts'
import { nodeFileOps } from '../../src/adapters/audit-ops.ts'
import { verifyDirectory } from '../../src/adapters/audit-verify.ts'
import type { AuditLog } from '../../src/ports.ts'
import { draft, faulty, type Plan, type Trail, withTrail } from '../helpers/audit.ts'
import { FIRST } from '../helpers/trail.ts'

type Operation = Parameters<Plan>[0]

const OPERATIONS: readonly Operation[] = [
  'open',
  'write',
  'datasync',
  'truncate',
  'syncDirectory',
  'remove',
  'makeDirectory',
]

/** What goes wrong: once at the nth call, or from there on for a while; an errno, or half a write. */
const FAULTS: readonly {
  readonly name: string
  readonly plan: ReturnType<Plan>
  readonly times: number
}[] = [
  { name: 'EIO once', plan: 'EIO', times: 1 },
  { name: 'ENOSPC four times', plan: 'ENOSPC', times: 4 },
  { name: 'half a write', plan: { short: 100 }, times: 1 },
]

/** More calls than one run makes of any operation, so that the last ones show the run without faults. */
const MOST = 40

interface Outcome {
  /** Ids of the events whose callers were told that they are durable. */
  readonly acknowledged: readonly string[]
  readonly refused: readonly string[]
}

/** Two writers on a trail with a torn line, whose files are small, one fault at the nth call. */
async function run({ dir, open }: Trail, plan: Plan): Promise<Outcome> {
  const first = await open()
  await first.append([draft()])
  await first.close()
  appendFileSync(join(dir, FIRST), '{"torn')
  const acknowledged: string[] = []
  const refused: string[] = []
  const ops = faulty(plan)
  const logs: AuditLog[] = []
  for (let count = 0; count < 2; count++) {
    let log: AuditLog | undefined
    while (log === undefined) log = await open({ ops, fileBytes: 2500 }).catch(() => undefined)
    logs.push(log)
  }
  async function append(log: AuditLog, count: number): Promise<void> {
    const drafts = Array.from({ length: count }, () => draft())
    const ids = drafts.map(({ id }) => id)
    await log.append(drafts).then(() => acknowledged.push(...ids), () => refused.push(...ids))
  }
  for (let round = 0; round < 4; round++) {
    for (const log of logs) await append(log, 1)
    await Promise.all(logs.flatMap((log) => [append(log, 1), append(log, 2)]))
  }
  for (const log of logs) await log.close()
  const last = await open()
  await append(last, 1)
  await last.close()
  return { acknowledged, refused }
}

function idsIn(dir: string): Set<string> {
  const lines = trailFiles(nodeFileOps.list(dir)).flatMap(({ name }) =>
    readFileSync(join(dir, name), 'utf8').split('\n').slice(0, -1)
  )
  return new Set(
    lines.filter((line) => line.startsWith('{"agent')).map((line) => JSON.parse(line).id),
  )
}

for (const operation of OPERATIONS) {
  for (const { name, plan, times } of FAULTS) {
    if (typeof plan === 'object' && operation !== 'write') continue
    test(`${name} at the nth ${operation}, for every n: nothing acknowledged is lost, the chain holds`, async () => {
      for (let nth = 1; nth <= MOST; nth++) {
        let calls = 0
        let struck = false
        await withTrail(async (trail) => {
          const { acknowledged, refused } = await run(trail, (called) => {
            if (called !== operation) return undefined
            calls += 1
            if (calls < nth || calls >= nth + times) return undefined
            struck = true
            return plan
          })
          const ids = idsIn(trail.dir)
          assert.deepEqual(acknowledged.filter((id) => !ids.has(id)), [], `n = ${nth}`)
          assert.deepEqual(refused.filter((id) => ids.has(id)), [], `n = ${nth}`)
          // Whoever was refused, the last call went through.
          assert.ok(acknowledged.length > 0)
          const { findings } = await verifyDirectory(trail.dir)
          const unexplained = findings.filter(({ file, line }) => !isTorn(trail, file, line))
          assert.deepEqual(unexplained, [], `n = ${nth}`)
        })
        if (!struck) return
      }
      assert.fail(`${operation} is called more than ${MOST} times`)
    })
  }
}

/** What could not be moved away stays in its place, without an end: nothing is written behind it. */
function isTorn({ dir }: Trail, file: string, line: number): boolean {
  const lines = readFileSync(join(dir, file), 'utf8').split('\n')
  return line === lines.length && lines.at(-1) !== ''
}

test('a disk that fails now and then under many callers: what was acknowledged is there, what was refused is not', async () => {
  await withTrail(async ({ dir, open }) => {
    let calls = 0
    const ops = faulty((operation) => {
      if (!['write', 'datasync', 'open'].includes(operation)) return undefined
      calls += 1
      return calls % 17 === 0 ? 'EIO' : calls % 29 === 0 ? { short: 200 } : undefined
    })
    const logs = [await open({ ops, fileBytes: 20_000 }), await open({ ops, fileBytes: 20_000 })]
    const outcome = new Map<string, boolean>()
    await Promise.all(Array.from({ length: 64 }, async (_, caller) => {
      for (let round = 0; round < 20; round++) {
        const event = draft()
        const told = await logs[caller % 2]!.append([event]).then(() => true, () => false)
        outcome.set(event.id, told)
        if ((caller + round) % 3 === 0) await new Promise((resolve) => setImmediate(resolve))
      }
    }))
    for (const log of logs) await log.close()
    const ids = idsIn(dir)
    for (const [id, told] of outcome) assert.equal(ids.has(id), told, id)
    assert.ok([...outcome.values()].includes(false) && [...outcome.values()].includes(true))
    assert.deepEqual((await verifyDirectory(dir)).findings, [])
  })
})
