import { DatabaseSync } from 'node:sqlite'
import { RampartError } from '../errors.ts'

const PATIENCE_MS = 30_000

/**
 * Run something while no other process holds the file. The lock is the kernel's, so a killed process holds
 * none.
 *
 * @throws RampartError `state_unusable`, beginning with `taken`, when another one holds it for half a minute.
 */
export async function underLock<T>(
  file: string,
  taken: string,
  body: () => Promise<T>,
): Promise<T> {
  const database = new DatabaseSync(file)
  try {
    try {
      database.exec(`PRAGMA busy_timeout = ${PATIENCE_MS}; BEGIN EXCLUSIVE`)
    } catch (error) {
      throw new RampartError('state_unusable', `${taken}: ${(error as Error).message}`)
    }
    return await body()
  } finally {
    database.close()
  }
}
