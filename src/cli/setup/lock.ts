import { underLock } from '../kernel-lock.ts'
import { prepareState } from '../state.ts'
import { setupLock } from './receipt.ts'

/** One setup at a time for a state directory. */
export async function locked<T>(home: string, body: () => Promise<T>): Promise<T> {
  await prepareState(home)
  return await underLock(setupLock(home), `Another setup holds ${home}`, body)
}
