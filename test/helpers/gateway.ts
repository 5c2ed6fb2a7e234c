import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'

export interface Frame {
  readonly type: string
  readonly id: string
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}

/** A stand-in for OpenClaw's gateway, made from its documented protocol. */
export interface Gateway {
  readonly url: string
  /** Requests so far, over all connections. */
  readonly frames: readonly Frame[]
  readonly connections: () => number
  /** Resolves once there are so many requests. */
  heard(count: number): Promise<readonly Frame[]>
  /** Send an event, or any other text, on the newest connection. */
  send(message: unknown): void
  event(event: string, payload: unknown): void
  /** Cut every connection. */
  cut(): void
  close(): Promise<void>
}

const list = (value: unknown): readonly unknown[] => Array.isArray(value) ? value : []

/** How it answers a request; undefined leaves it unanswered. */
type Answers = (frame: Frame) => unknown

const yes: Answers = ({ id }) => ({ type: 'res', id, ok: true, payload: {} })

export async function startGateway(answers: Answers = yes): Promise<Gateway> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await new Promise((resolve) => server.once('listening', resolve))
  const frames: Frame[] = []
  const sockets: WebSocket[] = []
  const waiting = new Set<() => void>()
  const send = (message: unknown) =>
    sockets.at(-1)?.send(typeof message === 'string' ? message : JSON.stringify(message))
  server.on('connection', (socket) => {
    sockets.push(socket)
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as Frame
      const answer = answers(frame)
      if (answer !== undefined) socket.send(JSON.stringify(answer))
      frames.push(frame)
      for (const look of waiting) look()
    })
    socket.send(JSON.stringify({
      type: 'event',
      event: 'connect.challenge',
      payload: { nonce: 'n' },
      seq: 1,
    }))
  })
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`,
    frames,
    connections: () => sockets.length,
    heard: (count) =>
      new Promise((resolve) => {
        function look(): void {
          if (frames.length < count) return
          waiting.delete(look)
          resolve(frames)
        }
        waiting.add(look)
        look()
      }),
    send,
    event(event, payload) {
      // As openclaw 2026.9.6: questions go to who says that it shows them to somebody who may see all.
      const isShown = event !== 'exec.approval.requested' ||
        frames.some(({ method, params }) =>
          method === 'connect' && list(params['caps']).includes('exec-approvals') &&
          list(params['scopes']).includes('operator.admin')
        )
      if (isShown) send({ type: 'event', event, payload, seq: 2 })
    },
    cut: () => {
      for (const socket of sockets) socket.terminate()
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.terminate()
        server.close(() => resolve())
      }),
  }
}
