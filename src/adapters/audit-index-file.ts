import { lstatSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { prepareDatabaseFile } from './database-file.ts'
import { messageOf, useWal } from './database-wal.ts'
import { isEmpty, isOurs, makeSchema } from './audit-index-schema.ts'

/** An open index of a trail. Everything in it can be made again from the trail's files. */
export interface IndexFile {
  readonly db: DatabaseSync
  /** The statement of a text, prepared once. */
  sql(text: string): StatementSync
  /** False once the file was removed or replaced: what is open is nobody's index any more. */
  isCurrent(): boolean
  close(): void
  /** Away with it: the next one who opens it starts anew. */
  discard(): void
}

/** Where the index of a trail lies: beside its locks, and gone with the trail. */
export function indexPath(dir: string): string {
  return join(dir, '.private', 'index.db')
}

/** How long to wait for another process that writes it, ms. */
const BUSY_MS = 2000
/** Pages of the write-ahead log until they move into the file: few flushes. */
const CHECKPOINT_PAGES = 4000

/**
 * Open the index of a trail, or a new one: what is not an index of ours, whole and of this version, is
 * removed. Throws where there can be none; then the trail is read without.
 */
export function openIndexFile(path: string, cacheKib = 2000): IndexFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  try {
    return open(path, cacheKib)
  } catch (error) {
    if (!isBroken(error)) throw error
    removeIndexFile(path)
    return open(path, cacheKib)
  }
}

/** An index in memory, for a trail whose directory takes nothing. */
export function memoryIndexFile(): IndexFile {
  const db = new DatabaseSync(':memory:')
  makeSchema(db)
  return withStatements(db, { isCurrent: () => true, close: () => db.close(), discard() {} })
}

export class BrokenIndex extends Error {}

function open(path: string, cacheKib: number): IndexFile {
  prepareDatabaseFile(path)
  const db = new DatabaseSync(path)
  try {
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA trusted_schema = OFF`)
    useWal(db)
    // Safe against a crash of ours and of the machine; a lost last batch is read again.
    db.exec(`PRAGMA synchronous = NORMAL; PRAGMA cell_size_check = ON;
      PRAGMA cache_size = -${cacheKib}; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
      PRAGMA journal_size_limit = ${CHECKPOINT_PAGES * 4096}`)
    if (isEmpty(db)) makeSchema(db)
    if (!isOurs(db)) throw new BrokenIndex('The index is of another version')
  } catch (error) {
    db.close()
    throw error
  }
  const ino = inodeOf(path)
  return withStatements(db, {
    isCurrent: () => inodeOf(path) === ino,
    close: () => db.close(),
    discard() {
      db.close()
      if (inodeOf(path) === ino) removeIndexFile(path)
    },
  })
}

function withStatements(
  db: DatabaseSync,
  rest: Pick<IndexFile, 'isCurrent' | 'close' | 'discard'>,
): IndexFile {
  const known = new Map<string, StatementSync>()
  return {
    db,
    sql(text) {
      let statement = known.get(text)
      if (statement === undefined) known.set(text, statement = db.prepare(text))
      return statement
    },
    ...rest,
  }
}

function inodeOf(path: string): bigint | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false })?.ino
}

/** The log first: a new file must not find that of an old one. */
export function removeIndexFile(path: string): void {
  for (const suffix of ['-wal', '-shm', '-journal', '']) rmSync(path + suffix, { force: true })
}

/** Whether what SQLite says means that the file itself is bad, not that it is busy or the disk full. */
export function isBroken(error: unknown): boolean {
  return error instanceof BrokenIndex ||
    /malformed|not a database|corrupt|disk image|no such (?:table|column)|has \d+ columns/i.test(
      messageOf(error),
    )
}
