import { join } from 'node:path'
import { places } from '../config.ts'
import { underLock } from '../kernel-lock.ts'

/** Run something while no other `wrap` of the state directory starts or ends. */
export async function oneAtATime<T>(home: string, body: () => Promise<T>): Promise<T> {
  const file = join(places(home).run, 'wraps.lock')
  return await underLock(file, `Another wrap holds ${home}`, body)
}
