import process from 'node:process'
import type { Upstream } from './upstream.ts'

const LOOK_MS = 200
/** How long a server may take to end once it has nothing left to answer, before it is asked to, and then made to. */
const PATIENCE_MS = 2000

/**
 * The host says no more: the server gets the end of its input as well, and what it still owes is waited for as
 * long as somebody is there to read it. A server that stays is ended.
 */
export async function afterInput(
  upstream: Upstream,
  session: { readonly open: number },
  hostGone: AbortSignal,
): Promise<void> {
  upstream.endInput()
  const parent = process.ppid
  let isOver = false
  void upstream.ended.then(() => isOver = true)
  const isLeft = () => hostGone.aborted || process.ppid !== parent
  while (!isOver && session.open > 0 && !isLeft()) await later(LOOK_MS)
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (let left = PATIENCE_MS; left > 0 && !isOver; left -= LOOK_MS) await later(LOOK_MS)
    if (!isOver) upstream.kill(signal)
  }
}

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms).unref())
