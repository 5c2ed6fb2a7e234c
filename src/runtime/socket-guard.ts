import process from 'node:process'
import { lstatSync } from 'node:fs'
import { mkdir, rename, rm, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Listener } from './serve.ts'

/**
 * Whose the path of a socket was: `own` as it should be, `gone` when nothing stood there, `taken` when
 * something else did.
 */
export type Reclaimed = 'own' | 'gone' | 'taken'

export interface GuardedSocket {
  /** Take the path back where it is no longer ours; who is connected is answered to the end. */
  reclaim(): Promise<Reclaimed>
  close(graceMs: number): Promise<void>
}

const GRACE_MS = 10_000

/**
 * A listener on a socket whose file is watched by its number: whoever may write in its directory can put
 * another there, and would then answer for us (security.md F7).
 *
 * @param listen - listens on a path of its own, which is then given the name: runtimes remove the path that
 * they were told when a listener ends, and by then it may be the next one's.
 * @param share - opens the file to other accounts, before it has its name
 */
export async function guardSocket(
  path: string,
  listen: (at: string) => Promise<Listener>,
  share?: (at: string) => void,
): Promise<GuardedSocket> {
  let listener = await listenAs(path, listen, share)
  let own = identityOf(path)
  let closed = false
  const left: Promise<unknown>[] = []
  return {
    async reclaim() {
      const now = identityOf(path)
      if (closed || now === own) return 'own'
      const before = listener
      listener = await listenAs(path, listen, share)
      own = identityOf(path)
      left.push(before.close(GRACE_MS).catch(() => {}))
      return now === undefined ? 'gone' : 'taken'
    },
    async close(graceMs) {
      closed = true
      await Promise.all([listener.close(graceMs), ...left])
      // What another put there is not ours to remove.
      if (own !== undefined && identityOf(path) === own) await unlink(path).catch(() => {})
    },
  }
}

/** We hold the lock of this state: nobody else has a server here, whoever answers. */
async function listenAs(
  path: string,
  listen: (at: string) => Promise<Listener>,
  share: ((at: string) => void) | undefined,
): Promise<Listener> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  // No longer than the name it gets, for such paths are short; nothing of an earlier try is in its way.
  const name = basename(path)
  const at = join(dirname(path), `${name.startsWith('.') ? '_' : '.'}${name.slice(1)}`)
  await rm(at, { force: true, recursive: true })
  const listener = await listen(at)
  try {
    share?.(at)
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      await rename(path, `${path}.taken-${process.hrtime.bigint()}`)
    }
    await rename(at, path)
    return listener
  } catch (error) {
    await listener.close(0)
    throw error
  }
}

function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = lstatSync(path, { bigint: true })
    // While we listen the kernel keeps this number for us, wherever the name went.
    return `${dev}:${ino}`
  } catch {
    return undefined
  }
}
