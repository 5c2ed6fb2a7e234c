import { connect, type Socket } from 'node:net'
import { isServersSocket } from '../adapters/socket-owner.ts'
import { AnswerReader } from './answer-reader.ts'

export interface KeptAnswer {
  readonly status: number
  readonly text: string
}

export interface KeptAsk {
  /** JSON. */
  readonly body: string
  /** For connecting and all of the answer. */
  readonly timeoutMs: number
  /** Longest answer that is read, in bytes. */
  readonly limit: number
  readonly signal?: AbortSignal | undefined
}

/** Most connections that wait for a next question. */
const IDLE = 32

/** An answer under way on a connection. */
interface Turn {
  readonly reader: AnswerReader
  done(answer: KeptAnswer): void
  failed(error: Error): void
}

interface Line {
  readonly socket: Socket
  turn?: Turn | undefined
}

/** A kept connection was closed before anything of an answer came. */
class Stale extends Error {}

/**
 * Questions to one unix socket, whose permission is the credential, from a process that asks often: connections are
 * kept, and `node:http`, which takes longer than the server for a question, has no part in it.
 */
export class KeptSocket {
  readonly #path: string
  readonly #idle: Line[] = []
  #ended = false

  constructor(path: string) {
    this.#path = path
  }

  /**
   * POST a body. Rejects with the system's error (`code`), or a plain one where an answer is late, long or none, or the
   * socket is of somebody who may not answer for the server (security.md F7).
   */
  async ask(path: string, ask: KeptAsk): Promise<KeptAnswer> {
    const kept = this.#idle.pop()
    if (kept === undefined) return await this.#on(this.#open(), path, ask, false)
    try {
      return await this.#on(kept, path, ask, true)
    } catch (error) {
      // It was closed meanwhile, and has carried nothing.
      if (error instanceof Stale) return await this.#on(this.#open(), path, ask, false)
      throw error
    }
  }

  /** Close what is kept. */
  end(): void {
    this.#ended = true
    for (const { socket } of this.#idle.splice(0)) socket.destroy()
  }

  #open(): Line {
    if (!isServersSocket(this.#path)) throw new Error("the socket is not the server's")
    const line: Line = { socket: connect(this.#path) }
    line.socket.on('data', (chunk: Uint8Array) => this.#heard(line, chunk))
    line.socket.on('error', (error) => line.turn?.failed(error))
    line.socket.on('close', () => {
      const at = this.#idle.indexOf(line)
      if (at >= 0) this.#idle.splice(at, 1)
      line.turn?.failed(new Error('the answer broke off'))
    })
    // A server that says no more takes no more either.
    line.socket.on('end', () => line.socket.destroy())
    return line
  }

  #heard(line: Line, chunk: Uint8Array): void {
    // What nobody asked for belongs to no question.
    if (line.turn === undefined) return void line.socket.destroy()
    const { reader, done, failed } = line.turn
    try {
      const answer = reader.read(chunk)
      if (answer === undefined) return
      line.turn = undefined
      if (answer.keeps && !this.#ended && this.#idle.length < IDLE) this.#idle.push(line)
      else line.socket.destroy()
      done(answer)
    } catch (error) {
      failed(error as Error)
    }
  }

  #on(
    line: Line,
    path: string,
    { body, timeoutMs, limit, signal }: KeptAsk,
    kept: boolean,
  ): Promise<KeptAnswer> {
    return new Promise((resolve, reject) => {
      const reader = new AnswerReader(limit)
      const failed = (error: Error) => {
        line.turn = undefined
        over()
        line.socket.destroy()
        reject(error)
      }
      const late = () => failed(new Error('no answer in time'))
      const given = () => failed(new Error('given up'))
      const timer = setTimeout(late, timeoutMs)
      const over = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', given)
      }
      line.turn = {
        reader,
        done({ status, text }) {
          over()
          resolve({ status, text })
        },
        failed: (error) => failed(kept && reader.isEmpty ? new Stale(error.message) : error),
      }
      if (signal?.aborted) return given()
      signal?.addEventListener('abort', given, { once: true })
      line.socket.write(
        `POST ${path} HTTP/1.1\r\nhost: rampart\r\ncontent-type: application/json\r\n` +
          `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      )
    })
  }
}
