import { DatabaseSync } from 'node:sqlite'
import { RampartError } from '../errors.ts'
import { prepareDatabaseFile } from './database-file.ts'
import { migrate } from './database-schema.ts'
import { inTransaction, messageOf, useWal } from './database-wal.ts'

/** A connection to the state database. Its calls are synchronous and short. */
export type Database = DatabaseSync

/** How long a call waits for another process's transaction, ms. */
const BUSY_MS = 5000

/**
 * Open the state database, making it where it is not there: WAL, our own file and nobody else's, our
 * schema and nothing beside it (security.md F25). Fails with `state_unusable`, naming what is wrong.
 */
export function openDatabase(path: string): Database {
  prepareDatabaseFile(path)
  let db: Database | undefined
  try {
    db = new DatabaseSync(path)
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA trusted_schema = OFF`)
    useWal(db)
    db.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON')
    migrate(db, path)
    return db
  } catch (error) {
    db?.close()
    if (error instanceof RampartError) throw error
    throw new RampartError('state_unusable', `Cannot use ${path}: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

/**
 * Run `work` as one transaction that holds the write lock from the start, so that what it reads is what
 * it changes. Rolled back when `work` throws; a database that does not answer is `unavailable`.
 */
export function transaction<T>(db: Database, work: () => T): T {
  return asking(() => inTransaction(db, work))
}

/** Run statements; a failure of the database is `unavailable`, with its message kept for the log. */
export function asking<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof RampartError) throw error
    throw new RampartError('unavailable', `The state database failed: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
