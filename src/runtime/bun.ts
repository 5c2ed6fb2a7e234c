import { chmodSync } from 'node:fs'
import type { Log } from '../ports.ts'
import { ARRIVAL_MS, type Handler, type Listener, type Place, privately } from './serve.ts'

/** The part of Bun's server that is used here. */
interface BunServer {
  readonly port?: number
  stop(force?: boolean): Promise<void>
  timeout(request: Request, seconds: number): void
}

declare const Bun: {
  serve(options: {
    hostname?: string
    port?: number
    unix?: string
    idleTimeout?: number
    fetch(request: Request, server: BunServer): Response | Promise<Response>
    error(error: Error): Response
  }): BunServer
}

/** Listen with `Bun.serve`. */
export async function listen(place: Place, fetch: Handler, log: Log): Promise<Listener> {
  const start = () =>
    Bun.serve({
      ...(place.socket === undefined
        ? { hostname: place.tcp!.host, port: place.tcp!.port, idleTimeout: ARRIVAL_MS / 1000 }
        // Bun's own 10 s would cut who waits for a person; requests of this account alone come in here.
        : { unix: place.socket, idleTimeout: 0 }),
      fetch(request, server) {
        // A caller may wait minutes for a person: idle is not dead.
        if (place.socket === undefined) server.timeout(request, 0)
        return fetch(request, place.transport)
      },
      error(error) {
        log.error('A request could not be answered', error)
        return new Response(null, { status: 500 })
      },
    })
  const server = place.socket === undefined ? start() : await privately(start)
  if (place.socket !== undefined) chmodSync(place.socket, 0o600)
  return {
    port: server.port,
    close: (graceMs) => within(server.stop(), graceMs, () => server.stop(true)),
  }
}

/** `promise`, and `late` once when it takes longer than `ms`. */
async function within(promise: Promise<void>, ms: number, late: () => unknown): Promise<void> {
  const timer = setTimeout(late, ms)
  try {
    await promise
  } finally {
    clearTimeout(timer)
  }
}
