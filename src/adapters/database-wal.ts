import type { DatabaseSync } from 'node:sqlite'

/**
 * Write-ahead logging: readers and the one writer do not wait for each other. Changing to it is the one
 * step for which SQLite does not wait by itself when others open the file at the same time.
 */
export function useWal(db: DatabaseSync): void {
  for (let attempt = 0;; attempt++) {
    try {
      const row = db.prepare('PRAGMA journal_mode = WAL').get()
      if (row?.['journal_mode'] === 'wal') return
      throw new Error(`write-ahead logging is not possible here (${row?.['journal_mode']})`)
    } catch (error) {
      if (attempt >= 100 || !/locked|busy/i.test(messageOf(error))) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10 + attempt)
    }
  }
}

/** Undo an open transaction; SQLite may have done so by itself. */
function rollBack(db: DatabaseSync): void {
  try {
    db.exec('ROLLBACK')
  } catch {
    // None is open any more: that is what was wanted.
  }
}

/** Run `work` as one transaction that holds the write lock from the start; rolled back when `work` throws. */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    rollBack(db)
    throw error
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
