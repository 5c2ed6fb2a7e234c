import { underLock } from '../kernel-lock.ts'
import { prepareState } from '../state.ts'
import { setupLock } from './receipt.ts'

/** The last one of this process: it would wait for itself, its thread blocked, where the kernel alone kept turns. */
let last: Promise<unknown> = Promise.resolve()

/** One setup at a time for a state directory, in this process and in others. */
export function locked<T>(home: string, body: () => Promise<T>): Promise<T> {
  const mine = last.then(async () => {
    await prepareState(home)
    return await underLock(setupLock(home), `Another setup holds ${home}`, body)
  })
  last = mine.catch(() => {})
  return mine
}
