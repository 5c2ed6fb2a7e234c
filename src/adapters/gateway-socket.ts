import { type RawData, WebSocket } from 'ws'
import type { GatewayConnect } from '../ports.ts'

/** Longest message that is taken, bytes. */
const MESSAGE_LIMIT = 4 * 1024 * 1024

/** How long a connection may take, how often it is tried, and how long it may be silent. */
const TIMES = { handshakeMs: 10_000, pingMs: 30_000, silentMs: 90_000 }

/**
 * WebSocket connections that say when they are dead: a ping every 30 s, and an end where nothing came for
 * 90 s. Redirects are not followed: they would carry a token to whom nobody named (security.md F9).
 */
export function gatewaySocket(times = TIMES): GatewayConnect {
  return (url, { text, closed }) => {
    const socket = new WebSocket(url, {
      followRedirects: false,
      handshakeTimeout: times.handshakeMs,
      maxPayload: MESSAGE_LIMIT,
      perMessageDeflate: false,
    })
    let last = performance.now()
    const alive = () => {
      last = performance.now()
    }
    const beat = setInterval(() => {
      if (performance.now() - last > times.silentMs) return end('it was silent for too long')
      if (socket.readyState === WebSocket.OPEN) socket.ping()
    }, times.pingMs)
    beat.unref?.()
    let open = true
    const end = (reason: string) => {
      if (!open) return
      open = false
      clearInterval(beat)
      socket.terminate()
      closed(reason)
    }
    socket.on('message', (data, isBinary) => {
      alive()
      const message = textOf(data, isBinary)
      if (message === undefined) end('it sent what is no text, or too much of it')
      else if (open) text(message)
    })
    socket.on('ping', alive)
    socket.on('pong', alive)
    socket.on('close', (code) => end(`the connection was closed (${code})`))
    socket.on('error', (error) => end(error.message))
    return {
      send: (message) => {
        if (open && socket.readyState === WebSocket.OPEN) socket.send(message)
      },
      close: () => end('closed'),
    }
  }
}

/** Undefined where it is no UTF-8 text, or longer than the limit: not every runtime holds to it. */
function textOf(data: RawData, isBinary: boolean): string | undefined {
  if (isBinary) return undefined
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer)
  if (bytes.length > MESSAGE_LIMIT) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
