import process from 'node:process'
import type { HookAnswer } from '../../hosts/refused.ts'
import { askOnce } from '../brief-client.ts'

/** Longest answer that is read: a redacted output is as long as what came. */
const ANSWER_LIMIT = 32 << 20
/** A server that has not answered by then is asked whether it lives: it may be waiting for a person. */
const PATIENCE_MS = 1000

/**
 * What the running server answers, or undefined where this process has to decide: nobody listens, it fails,
 * or it is stopped.
 */
export async function askServer(
  socket: string,
  format: string,
  event: Uint8Array,
  timeoutMs: number,
): Promise<HookAnswer | undefined> {
  const gone = new AbortController()
  try {
    const asked = askOnce(socket, `/v1/hook/${format}`, {
      body: event,
      headers: {
        'rampart-timeout-ms': String(timeoutMs),
        'rampart-process': `${process.pid},${process.ppid}`,
      },
      timeoutMs,
      limit: ANSWER_LIMIT,
      signal: gone.signal,
    })
    const watched = watch(socket, gone)
    const { status, text, header } = await asked.finally(watched.end)
    const exit = header('rampart-exit')
    if (status !== 200 || text === '' || (exit !== '0' && exit !== '2')) return undefined
    return { exit: exit === '0' ? 0 : 2, text }
  } catch {
    // Absent or failing, the executable decides (security.md F6).
    return undefined
  }
}

/** Give a server up that does not even say that it lives. */
function watch(socket: string, gone: AbortController): { end(): void } {
  let ended = false
  const look = () => {
    askOnce(socket, '/healthz', { timeoutMs: PATIENCE_MS, limit: 64 << 10 })
      .then(() => {
        if (!ended) timer = setTimeout(look, PATIENCE_MS * 10)
      }, () => gone.abort())
  }
  let timer = setTimeout(look, PATIENCE_MS)
  return {
    end() {
      ended = true
      clearTimeout(timer)
    },
  }
}
