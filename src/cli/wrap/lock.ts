import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { RampartError } from '../../errors.ts'
import { places } from '../config.ts'

const PATIENCE_MS = 30_000

/**
 * Run something while no other `wrap` of the state directory starts or ends. The lock is the kernel's, so
 * a killed process holds none.
 *
 * @throws RampartError `state_unusable` when another one holds it for half a minute.
 */
export async function oneAtATime<T>(home: string, body: () => Promise<T>): Promise<T> {
  const database = new DatabaseSync(join(places(home).run, 'wraps.lock'))
  try {
    try {
      database.exec(`PRAGMA busy_timeout = ${PATIENCE_MS}; BEGIN EXCLUSIVE`)
    } catch (error) {
      const why = (error as Error).message
      throw new RampartError('state_unusable', `Another wrap holds ${home}: ${why}`)
    }
    return await body()
  } finally {
    database.close()
  }
}
