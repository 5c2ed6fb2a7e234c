import type { Clock, GatewayConnect, GatewayLine, Ids, Log } from '../ports.ts'
import type { Api } from '../service/api.ts'
import { connectParams, type GatewayFrame, readFrame, requestFrame } from './openclaw-frames.ts'
import { Questions } from './openclaw-questions.ts'

/** Wait before the first new connection, and at most; doubled each time. */
const FIRST_MS = 5000
const MOST_MS = 30_000

/** What the bridge needs of the world. */
export interface BridgeParts {
  readonly url: string
  readonly token: string
  readonly version: string
  readonly platform: string
  /** Whether what policies allow is let through here: not where the gateway's own plugin does so. */
  readonly allows: boolean
  readonly api: Pick<Api, 'decide' | 'rules'>
  readonly connect: GatewayConnect
  readonly clock: Pick<Clock, 'sleep'>
  readonly ids: Ids
  readonly log: Log
  /** Waits between connections, for tests; as above where it is absent. */
  readonly waits?: { readonly firstMs: number; readonly mostMs: number }
}

/**
 * Answer the questions of an OpenClaw gateway until the signal ends it: what policies deny is denied,
 * what they allow is allowed once, what they ask about waits for a person of either side. A connection
 * that ends is made again, later each time. Resolves when it has ended; never rejects.
 */
export async function bridge(parts: BridgeParts, signal: AbortSignal): Promise<void> {
  const { firstMs, mostMs } = parts.waits ?? { firstMs: FIRST_MS, mostMs: MOST_MS }
  let waitMs = firstMs
  let told: string | undefined
  while (!signal.aborted) {
    const session = new Session(parts)
    const reason = await session.run(signal)
    if (signal.aborted) return
    if (session.isReady) waitMs = firstMs
    // A gateway that is away for a day is one line, not thousands.
    if (reason !== told) parts.log.warn(`OpenClaw gateway ${parts.url}: ${reason}; trying again`)
    told = reason
    await parts.clock.sleep(waitMs, signal).catch(() => {})
    waitMs = Math.min(2 * waitMs, mostMs)
  }
}

/** One connection, from the gateway's challenge to its end. */
class Session {
  readonly #parts: BridgeParts
  readonly #questions: Questions
  #line: GatewayLine | undefined
  #greeting: string | undefined
  isReady = false

  constructor(parts: BridgeParts) {
    this.#parts = parts
    this.#questions = new Questions({
      api: parts.api,
      log: parts.log,
      allows: parts.allows,
      resolve: (id, decision) => this.#request('exec.approval.resolve', { id, decision }),
    })
  }

  /** Resolves with the reason of its end. */
  async run(signal: AbortSignal): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>()
    const end = (reason: string) => {
      // The first reason counts: closing gives one of its own.
      resolve(reason)
      this.#line?.close()
    }
    const stop = () => end('ended')
    signal.addEventListener('abort', stop, { once: true })
    this.#line = this.#parts.connect(this.#parts.url, {
      text: (text) => this.#read(text, end),
      closed: end,
    })
    const reason = await promise
    signal.removeEventListener('abort', stop)
    this.#questions.forget()
    return reason
  }

  #read(text: string, end: (reason: string) => void): void {
    let frame: GatewayFrame
    try {
      frame = readFrame(text)
    } catch {
      return end('it sent what is no JSON')
    }
    if (frame.kind === 'challenge') return this.#greet()
    if (frame.kind === 'answer') return this.#heard(frame, end)
    // Before the gateway took our token it may be anybody.
    if (!this.isReady) return
    const { log } = this.#parts
    const failed = (error: unknown) => log.error('A question of the OpenClaw gateway failed', error)
    if (frame.kind === 'requested') this.#questions.requested(frame.id, frame.call).catch(failed)
    if (frame.kind === 'resolved') this.#questions.resolved(frame.id, frame.decision).catch(failed)
  }

  /** The token is sent once in a connection, whatever the gateway goes on to ask. */
  #greet(): void {
    if (this.#greeting !== undefined) return
    const { token, version, platform } = this.#parts
    this.#greeting = this.#request('connect', connectParams(token, version, platform))
  }

  #heard(
    { id, ok, detail }: Extract<GatewayFrame, { kind: 'answer' }>,
    end: (reason: string) => void,
  ): void {
    const { log, url } = this.#parts
    if (id === this.#greeting && !this.isReady) {
      if (!ok) return end(`it refused us: ${detail}`)
      this.isReady = true
      return log.info(`OpenClaw gateway ${url}: connected`)
    }
    // Somebody was faster, or the question has expired.
    if (!ok) log.info(`OpenClaw gateway ${url}: ${detail}`)
  }

  #request(method: string, params: Parameters<typeof requestFrame>[2]): string {
    const id = this.#parts.ids.next()
    this.#line?.send(requestFrame(id, method, params))
    return id
  }
}
