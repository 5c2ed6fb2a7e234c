import { setImmediate } from 'node:timers'
import type { CallCounter, CountKey } from '../ports.ts'
import { COUNT_KEPT_MS } from './count-window.ts'
import { asking, type Database, transaction } from './database.ts'

/** Calls older than that are removed once in so many. */
const PRUNE_EVERY = 1000

interface Waiting {
  readonly key: CountKey
  readonly at: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Enforced calls, over all processes. Calls of one turn of the event loop share one transaction; until
 * it is through they count from memory.
 */
export function sqliteCounter(db: Database): CallCounter {
  const insert = db.prepare('INSERT INTO calls (principal, session, tool, at) VALUES (?, ?, ?, ?)')
  const prune = db.prepare('DELETE FROM calls WHERE at < ?')
  const select = db.prepare(
    'SELECT count(*) AS n FROM calls WHERE principal = ? AND session = ? AND tool = ? AND at >= ?',
  )
  let waiting: Waiting[] = []
  let newest = -Infinity
  let sincePrune = 0

  function flush(): void {
    const batch = waiting
    try {
      transaction(db, () => {
        for (const { key, at } of batch) {
          insert.run(key.principal, key.session, key.tool, Math.trunc(at))
        }
        sincePrune += batch.length
        if (sincePrune >= PRUNE_EVERY) {
          prune.run(Math.trunc(newest - COUNT_KEPT_MS))
          sincePrune = 0
        }
      })
      waiting = []
      for (const { resolve } of batch) resolve()
    } catch (error) {
      waiting = []
      for (const { reject } of batch) reject(error)
    }
  }

  return {
    record: (key, at) =>
      new Promise((resolve, reject) => {
        newest = Math.max(newest, at)
        waiting.push({ key, at, resolve, reject })
        if (waiting.length === 1) setImmediate(flush)
      }),
    count(key, since) {
      if (since < newest - COUNT_KEPT_MS) return undefined
      const { principal, session, tool } = key
      const row = asking(() => select.get(principal, session, tool, Math.trunc(since)))
      const soon = waiting.filter((one) => one.at >= since && same(one.key, key)).length
      return Number(row?.['n'] ?? 0) + soon
    },
  }
}

function same(a: CountKey, b: CountKey): boolean {
  return a.principal === b.principal && a.session === b.session && a.tool === b.tool
}
