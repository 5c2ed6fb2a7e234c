import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openDatabase } from '../../../src/adapters/database.ts'

export interface Opened<T> {
  readonly it: T
  close(): void
}

/** Two views of one store: the same object twice, for there is one memory. */
export function inMemory<T>(make: () => T): () => Opened<readonly [T, T]> {
  return () => {
    const it = make()
    return { it: [it, it], close: () => {} }
  }
}

/** Two views of one store: a connection each, as two processes have. */
export function inSqlite<T>(make: (db: Database) => T): () => Opened<readonly [T, T]> {
  return () => {
    const dir = mkdtempSync(join(tmpdir(), 'rampart-store-'))
    const a = openDatabase(join(dir, 'rampart.db'))
    const b = openDatabase(join(dir, 'rampart.db'))
    return {
      it: [make(a), make(b)],
      close() {
        a.close()
        b.close()
        rmSync(dir, { recursive: true, force: true })
      },
    }
  }
}
