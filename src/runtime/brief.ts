import process from 'node:process'

/** What a process that lives as long as one answer takes from Bun: its `node:` streams take 30 ms to load. */
interface BunParts {
  readonly stdin: { stream(): AsyncIterable<Uint8Array> }
}

interface BunRequest extends RequestInit {
  readonly unix: string
  readonly timeout: false
}

function bunParts(): BunParts | undefined {
  return (globalThis as { Bun?: BunParts }).Bun
}

/** Standard input, chunk by chunk. */
export function standardInput(): AsyncIterable<Uint8Array> {
  return bunParts()?.stdin.stream() ?? process.stdin
}

/** A request over a unix socket, where the runtime has one of its own; it asks no proxy. */
export type SocketFetch = (
  socket: string,
  path: string,
  init: Omit<RequestInit, 'redirect'>,
) => Promise<Response>

export function socketFetch(): SocketFetch | undefined {
  if (bunParts() === undefined) return undefined
  return async (unix, path, init) => {
    const request: BunRequest = { ...init, redirect: 'manual', unix, timeout: false }
    return await fetch(`http://rampart${path}`, request)
  }
}
