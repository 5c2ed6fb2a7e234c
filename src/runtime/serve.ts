import process from 'node:process'
import type { Transport } from '../http/transport.ts'
import type { Log } from '../ports.ts'
import { clearSocket } from './socket-file.ts'
import { type GuardedSocket, guardSocket, type Reclaimed } from './socket-guard.ts'

/** What answers requests; the transport comes in beside the request (F8). */
export type Handler = (request: Request, transport: Transport) => Response | Promise<Response>

export interface ServeOptions {
  readonly fetch: Handler
  /** Port 0 takes any free one. */
  readonly tcp?: { readonly host: string; readonly port: number } | undefined
  /** Path of a unix socket; made 0600. */
  readonly socket?: string | undefined
  /** Opens its file to other accounts than this one. */
  readonly share?: ((at: string) => void) | undefined
  readonly log: Log
}

export interface Running {
  /** Where TCP answers, the real port in it. */
  readonly url?: string | undefined
  readonly socket?: string | undefined
  /** Whose the socket's path is by now. It is ours again when this resolves (security.md F7). */
  reclaim(): Promise<Reclaimed>
  /** Take no more calls, let those under way end, then cut what is left after `graceMs`. */
  close(graceMs?: number): Promise<void>
}

/** One listening address of one runtime. */
export interface Listener {
  readonly port?: number | undefined
  close(graceMs: number): Promise<void>
}

/** Where to listen, and what to tell the handler of requests that come in there. */
export interface Place {
  readonly tcp?: { readonly host: string; readonly port: number }
  readonly socket?: string
  readonly transport: Transport
}

export type Listen = (place: Place, fetch: Handler, log: Log) => Promise<Listener>

/** Longest head of a request, in bytes, and how long it may take to arrive whole. */
export const HEAD_LIMIT = 16 * 1024
export const ARRIVAL_MS = 30_000

const GRACE_MS = 10_000

/**
 * Listen on TCP and on a unix socket with whatever runtime this is. Either both listen or none does.
 *
 * @throws RampartError `unavailable` when a live server holds the socket; otherwise the runtime's own
 * error with its errno in `code` (`EADDRINUSE`, `EACCES`, …).
 */
export async function serve(options: ServeOptions): Promise<Running> {
  const listen = await listenerOfThisRuntime()
  const listeners: Listener[] = []
  let guarded: GuardedSocket | undefined
  const closeAll = async (graceMs: number) => {
    await Promise.all([
      ...listeners.map((listener) => listener.close(graceMs)),
      guarded?.close(graceMs),
    ])
  }
  try {
    const { tcp, socket, share, fetch, log } = options
    let url: string | undefined
    if (tcp !== undefined) {
      const listener = await listen({ tcp, transport: { transport: 'tcp' } }, fetch, log)
      listeners.push(listener)
      url = urlOf(tcp.host, listener.port!)
    }
    if (socket !== undefined) {
      await clearSocket(socket)
      const transport: Transport = { transport: 'socket', uid: process.getuid?.() }
      const listenAt = (at: string) => listen({ socket: at, transport }, fetch, log)
      guarded = await guardSocket(socket, listenAt, share)
    }
    return {
      url,
      socket,
      reclaim: async () => await guarded?.reclaim() ?? 'own',
      close: (graceMs = GRACE_MS) => closeAll(graceMs),
    }
  } catch (error) {
    await closeAll(0)
    throw error
  }
}

async function listenerOfThisRuntime(): Promise<Listen> {
  if ('bun' in process.versions) return (await import('./bun.ts')).listen
  if ('deno' in process.versions) return (await import('./deno.ts')).listen
  return (await import('./node.ts')).listen
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** What `run` does with a mask under which only this account can use the files it makes. */
export async function privately<T>(run: () => T | Promise<T>): Promise<T> {
  const before = process.umask(0o177)
  try {
    return await run()
  } finally {
    process.umask(before)
  }
}
