import { lstat, mkdir, unlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { RampartError } from '../errors.ts'

const PROBE_MS = 1000

/**
 * Make room for a unix socket: its directory exists, ours alone where we make it; what a killed server
 * left behind is removed, what a live one holds is not.
 *
 * @throws RampartError `unavailable` when a server answers there, or when the path is not a socket.
 */
export async function clearSocket(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const stats = await lstat(path).catch(() => undefined)
  if (stats === undefined) return
  if (!stats.isSocket()) {
    throw new RampartError('unavailable', `${path} is not a socket: move it away`)
  }
  if (await answers(path)) {
    throw new RampartError('unavailable', `A server answers on ${path} already`)
  }
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}

/** Whether anybody accepts a connection. Too slow an answer is an answer: somebody is there. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path })
    const end = (alive: boolean) => {
      socket.destroy()
      resolve(alive)
    }
    socket.setTimeout(PROBE_MS, () => end(true))
    socket.once('connect', () => end(true))
    socket.once('error', (error: NodeJS.ErrnoException) => {
      end(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT')
    })
  })
}
