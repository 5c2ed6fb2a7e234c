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
  { name: 'EROFS four times', plan: 'EROFS', times: 4 },
  { name: 'half a write', plan: { short: 100 }, times: 1 },
]

/** More calls than one run makes of any operation, so that the last ones show the run without faults. */
const MOST = 40

/** Two writers on a trail with a torn line, whose files are small, one fault at the nth call. */
async function run({ dir, open }: Trail, plan: Plan): Promise<readonly string[]> {
  const first = await open()
  await first.append([draft()])
  await first.close()
  appendFileSync(join(dir, FIRST), '{"torn')
  const acknowledged: string[] = []
  const ops = faulty(plan)
  const logs: AuditLog[] = []
  for (let count = 0; count < 2; count++) {
    let log: AuditLog | undefined
    while (log === undefined) log = await open({ ops, fileBytes: 2500 }).catch(() => undefined)
    logs.push(log)
  }
  async function append(log: AuditLog, count: number): Promise<void> {
    const drafts = Array.from({ length: count }, () => draft())
    await log.append(drafts).then(() => acknowledged.push(...drafts.map(({ id }) => id)), () => {})
  }
  for (let round = 0; round < 4; round++) {
    for (const log of logs) await append(log, 1)
    await Promise.all(logs.flatMap((log) => [append(log, 1), append(log, 2)]))
  }
  for (const log of logs) await log.close()
  const last = await open()
  await append(last, 1)
  await last.close()
  return acknowledged
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
          const acknowledged = await run(trail, (called) => {
            if (called !== operation) return undefined
            calls += 1
            if (calls < nth || calls >= nth + times) return undefined
            struck = true
            return plan
          })
          const ids = idsIn(trail.dir)
          assert.deepEqual(acknowledged.filter((id) => !ids.has(id)), [], `n = ${nth}`)
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
