import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Database, openDatabase } from '../../../src/adapters/database.ts'

export interface Opened<T> {
  readonly it: T
  close(): void | Promise<void>
  /** Where a view keeps a copy of what others write: brings it up to date. */
  caughtUp?(): Promise<void>
}

/** Two views that are there at once. */
type Kept<T> = Opened<readonly [T, T]> & { close(): void }

/** Two views of one store, fresh for each test. */
export interface Two<T> {
  (): Opened<readonly [T, T]> | Promise<Opened<readonly [T, T]>>
  readonly skip?: string | false
}

/** Say what a contract holds each pair of views to; `caughtUp` stands before what is read from a copy. */
export function checking<T>(
  name: string,
  two: Two<T>,
): (
  title: string,
  work: (a: T, b: T, caughtUp: () => Promise<void>) => Promise<void>,
) => void {
  return (title, work) => {
    test(`${name}: ${title}`, { skip: two.skip ?? false }, async () => {
      const { it: [a, b], close, caughtUp } = await two()
      try {
        await work(a, b, async () => await caughtUp?.())
      } finally {
        await close()
      }
    })
  }
}

/** Two views of one store: the same object twice, for there is one memory. */
export function inMemory<T>(make: () => T): () => Kept<T> {
  return () => {
    const it = make()
    return { it: [it, it], close: () => {} }
  }
}

/** Two views of one store: a connection each, as two processes have. */
export function inSqlite<T>(make: (db: Database) => T): () => Kept<T> {
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
