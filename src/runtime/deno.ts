import { chmodSync } from 'node:fs'
import type { Log } from '../ports.ts'
import { type Handler, type Listener, type Place, privately } from './serve.ts'

/**
 * Within this an idle server has ended by itself, ms: Deno ends the process with an error that nobody can catch
 * where a server is cut in the very moment of its end.
 */
const IDLE_MS = 200

/** The part of Deno's server that is used here. */
interface DenoServer {
  readonly addr: { readonly port?: number }
  readonly finished: Promise<void>
  shutdown(): Promise<void>
}

declare const Deno: {
  serve(
    options: {
      hostname?: string
      port?: number
      path?: string
      signal: AbortSignal
      onListen(): void
      onError(error: unknown): Response
    },
    handler: (request: Request) => Response | Promise<Response>,
  ): DenoServer
}

/** Listen with `Deno.serve`. */
export async function listen(place: Place, fetch: Handler, log: Log): Promise<Listener> {
  const abort = new AbortController()
  const start = () =>
    Deno.serve(
      {
        ...(place.socket === undefined
          ? { hostname: place.tcp!.host, port: place.tcp!.port }
          : { path: place.socket }),
        signal: abort.signal,
        onListen() {},
        onError(error) {
          log.error('A request could not be answered', error)
          return new Response(null, { status: 500 })
        },
      },
      (request) => fetch(request, place.transport),
    )
  const server = place.socket === undefined ? start() : await privately(start)
  if (place.socket !== undefined) chmodSync(place.socket, 0o600)
  return {
    port: server.addr.port,
    close: async (graceMs) => {
      const cut = setTimeout(() => abort.abort(), Math.max(graceMs, IDLE_MS))
      try {
        await server.shutdown()
      } finally {
        clearTimeout(cut)
      }
    },
  }
}
