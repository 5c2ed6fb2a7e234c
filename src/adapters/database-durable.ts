import { closeSync, constants, fdatasync, openSync } from 'node:fs'
import { type Database, transaction } from './database.ts'
import { codeOf } from './safe-read.ts'

/** Makes a file durable. A seam: tests count the calls and let them fail. */
export type SyncFile = (path: string) => Promise<void>

/**
 * Run `work` as one transaction that every process sees at once, and that a killed process does not undo.
 * A power failure may, until `durable` of `durability` has resolved: the disk is waited for there, off
 * the event loop, and beside other writes.
 */
export function transactionSoon<T>(db: Database, work: () => T): T {
  db.exec('PRAGMA synchronous = NORMAL')
  try {
    return transaction(db, work)
  } finally {
    db.exec('PRAGMA synchronous = FULL')
  }
}

/**
 * Waits for the disk to have all that was committed so far. Who comes while one wait is under way shares
 * the next. What a checkpoint moved out of the log meanwhile SQLite has made durable itself.
 */
export function durability(db: Database, sync: SyncFile = syncFile): () => Promise<void> {
  const log = `${pathOf(db)}-wal`
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined
  async function after(before: Promise<void> | undefined): Promise<void> {
    await before?.catch(() => {})
    next = undefined
    running = sync(log)
    await running
  }
  return () => next ??= after(running)
}

function pathOf(db: Database): string {
  const main = db.prepare('PRAGMA database_list').all().find(({ name }) => name === 'main')
  return String(main?.['file'] ?? '')
}

/** No log is there when nothing was written since it was folded into the database. */
async function syncFile(path: string): Promise<void> {
  let file: number
  try {
    file = openSync(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  try {
    await new Promise<void>((resolve, reject) =>
      fdatasync(file, (error) => error === null ? resolve() : reject(error))
    )
  } finally {
    closeSync(file)
  }
}
