// Races for approvals, claims and counts from a process of its own; prints what it won.
import process from 'node:process'
import { sqliteApprovals } from '../../src/adapters/approvals.ts'
import { sqliteCounter } from '../../src/adapters/counter.ts'
import { openDatabase } from '../../src/adapters/database.ts'
import { sqliteOnce } from '../../src/adapters/once.ts'

const [path = '', me = '', count = '0'] = process.argv.slice(2)
const db = openDatabase(path)
const approvals = sqliteApprovals(db)
const once = sqliteOnce(db)
const counter = sqliteCounter(db)
const key = { principal: 'p', session: 's', tool: 'exec' }

async function race(index: number): Promise<void> {
  const approval = await approvals.get(`approval-${index}`)
  if (approval === undefined) throw new Error('It is not there')
  const swapped = await approvals.swap('pending', {
    ...approval,
    status: 'approved',
    resolvedBy: me,
  })
  if (swapped) process.stdout.write(`approval-${index}\n`)
  // Two keys that overlap with the neighbours': all or none.
  if (await once.claim([`key-${index}`, `key-${index + 1}`], index)) {
    process.stdout.write(`claim-${index}\n`)
  }
  await counter.record(key, index)
}

await Promise.all(Array.from({ length: Number(count) }, (_, index) => race(index)))
db.close()
