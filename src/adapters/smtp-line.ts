import { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import { DeliveryError } from './delivery-error.ts'

const REPLY_BYTES = 65_536

/** A conversation with a mail server: one command, one reply. */
export class SmtpLine {
  readonly #socket: Socket
  #bytes = Buffer.alloc(0)
  #error: Error | undefined
  #wake: () => void = () => {}
  #features: readonly string[] = []

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', this.#onData)
    socket.on('error', this.#onError)
    socket.on('close', this.#onClose)
  }

  readonly #onData = (chunk: Uint8Array): void => {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    if (this.#bytes.length > REPLY_BYTES) {
      this.#error ??= new DeliveryError('the mail server says too much', { isFinal: true })
    }
    this.#wake()
  }

  readonly #onError = (error: Error): void => {
    this.#error ??= error
    this.#wake()
  }

  readonly #onClose = (): void => {
    this.#error ??= new DeliveryError('the connection was closed')
    this.#wake()
  }

  /** Say who we are, and hear what the server can do. */
  async hello(): Promise<void> {
    // A name of ours would say more than a mail server needs.
    const lines = await this.#said('EHLO localhost', [250])
    this.#features = lines.slice(1).map((line) => line.toUpperCase())
  }

  offers(feature: string, value?: string): boolean {
    return this.#features.some((line) => {
      const [name, ...values] = line.split(/[ =]/)
      return name === feature && (value === undefined || values.includes(value))
    })
  }

  /** Say something and wait for one of these codes. */
  async command(text: string, ...wanted: readonly number[]): Promise<void> {
    await this.#said(text, wanted)
  }

  async expect(code: number): Promise<void> {
    await this.#reply([code])
  }

  /** Give the socket back, for TLS to go over it. */
  release(): Socket {
    if (this.#bytes.length > 0) {
      throw new DeliveryError('the mail server spoke before it was asked', { isFinal: true })
    }
    this.#socket.off('data', this.#onData)
    this.#socket.off('error', this.#onError)
    this.#socket.off('close', this.#onClose)
    return this.#socket
  }

  destroy(reason?: unknown): void {
    if (reason instanceof Error) this.#error ??= reason
    this.#socket.destroy()
    this.#wake()
  }

  async #said(text: string, wanted: readonly number[]): Promise<string[]> {
    this.#socket.write(`${text}\r\n`)
    return await this.#reply(wanted)
  }

  async #reply(wanted: readonly number[]): Promise<string[]> {
    for (;;) {
      const reply = this.#take()
      if (reply !== undefined) return checked(reply, wanted)
      if (this.#error !== undefined) throw this.#error
      await new Promise<void>((resolve) => this.#wake = resolve)
    }
  }

  /** A whole reply, if it is there: its last line has a blank behind the code. */
  #take(): { code: number; lines: string[] } | undefined {
    const text = this.#bytes.toString('latin1')
    const found = /^(?:\d{3}-[^\n]*\n)*(\d{3})(?:[ ][^\n]*)?\r?\n/.exec(text)
    if (found === null) return undefined
    this.#bytes = this.#bytes.subarray(found[0].length)
    const lines = found[0].trimEnd().split('\n').map((line) => line.slice(4).trimEnd())
    return { code: Number(found[1]), lines }
  }
}

/** What a server says is shown by its code alone: its text may repeat what we said. */
function checked(
  { code, lines }: { code: number; lines: string[] },
  wanted: readonly number[],
): string[] {
  if (wanted.includes(code)) return lines
  throw new DeliveryError(`the mail server answered ${code}`, { isFinal: code >= 500 })
}
