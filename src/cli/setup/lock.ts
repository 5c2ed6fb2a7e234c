import { DatabaseSync } from 'node:sqlite'
import { RampartError } from '../../errors.ts'
import { prepareState } from '../state.ts'
import { setupLock } from './receipt.ts'

const PATIENCE_MS = 30_000

/**
 * One setup at a time for a state directory. The lock is the kernel's, so a killed process holds none.
 *
 * @throws RampartError `state_unusable` when another one holds it for half a minute.
 */
export async function locked<T>(home: string, body: () => Promise<T>): Promise<T> {
  await prepareState(home)
  const database = new DatabaseSync(setupLock(home))
  try {
    try {
      database.exec(`PRAGMA busy_timeout = ${PATIENCE_MS}; BEGIN EXCLUSIVE`)
    } catch (error) {
      const why = (error as Error).message
      throw new RampartError('state_unusable', `Another setup holds ${home}: ${why}`)
    }
    return await body()
  } finally {
    database.close()
  }
}
