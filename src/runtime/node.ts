import { getRequestListener, RequestError } from '@hono/node-server'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, ListenOptions } from 'node:net'
import type { Log } from '../ports.ts'
import { refusedAddress, refusedMethod } from './refuse.ts'
import {
  ARRIVAL_MS,
  type Handler,
  HEAD_LIMIT,
  type Listener,
  type Place,
  privately,
} from './serve.ts'

/** How long a connection is silent until TCP probes it. Bun and Deno have no such option for servers. */
const PROBE_MS = 15_000

/** Listen with `node:http`. */
export async function listen(place: Place, fetch: Handler, log: Log): Promise<Listener> {
  const server = serverFor(place, fetch, log)
  const where: ListenOptions = place.socket === undefined ? place.tcp! : { path: place.socket }
  const start = () => started(server, where)
  await (place.socket === undefined ? start() : privately(start))
  const address = server.address()
  return {
    port: typeof address === 'object' ? (address as AddressInfo).port : undefined,
    close: (graceMs) => closed(server, graceMs),
  }
}

function serverFor({ transport }: Place, fetch: Handler, log: Log): Server {
  const answer = getRequestListener((request) => fetch(request, transport), {
    errorHandler: (error) => {
      if (error instanceof RequestError) return refusedAddress()
      log.error('A request could not be answered', error)
      return new Response(null, { status: 500 })
    },
  })
  const options = {
    maxHeaderSize: HEAD_LIMIT,
    headersTimeout: ARRIVAL_MS,
    requestTimeout: ARRIVAL_MS,
    keepAliveTimeout: ARRIVAL_MS,
    // Who waits minutes for a person is not forgotten by what stands between, nor waited for when it died.
    keepAlive: true,
    keepAliveInitialDelay: PROBE_MS,
  }
  return createServer(options, (incoming, outgoing) => {
    // The Web's Request cannot hold these methods.
    if (/^(?:TRACE|TRACK|CONNECT)$/i.test(incoming.method ?? '')) {
      void refuse(outgoing)
    } else void answer(incoming, outgoing)
  })
}

async function refuse(outgoing: ServerResponse): Promise<void> {
  const response = refusedMethod()
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  outgoing.end(await response.text())
}

function started(server: Server, where: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function closed(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
}
