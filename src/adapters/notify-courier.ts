import type { Notify } from '../engine/notify.ts'
import { bareOf, type Notice } from '../notify/notice.ts'
import type { Clock, Log, NotifyDestination } from '../ports.ts'
import { messageOf } from './database-wal.ts'
import { DeliveryError } from './delivery-error.ts'
import type { Send } from './notify-send.ts'

export interface CourierOptions {
  readonly spec: Notify
  readonly send: Send
  readonly clock: Clock
  readonly log: Log
  /** Told of what this destination will never get. */
  readonly onGivenUp: (message: string, name: string, event: string) => void
  readonly random?: (() => number) | undefined
}

const FIRST_MS = 1000
const LAST_MS = 60_000
/** Longest that a receiver's own wish is heeded. */
const LATEST_MS = 300_000
const TIMEOUT_MS = 15_000
/** Attempts with all of a message before one without an agent's texts. */
const PATIENCE = 6

/** Takes messages to one destination, as often as it takes, and knows how that went. */
export class NotifyCourier {
  readonly #options: CourierOptions
  #row = 0
  #isToldGivenUp = false
  #failures = 0
  #sent = 0
  #givenUp = 0
  #sentAt: string | null = null
  #error: string | undefined
  readonly #closing = new AbortController()
  readonly #stop = new AbortController()

  constructor(options: CourierOptions) {
    this.#options = options
  }

  /** From now on nothing is tried twice. */
  hurry(): void {
    this.#closing.abort(new DeliveryError('the trail is closed'))
  }

  /** No attempt goes on. */
  stop(): void {
    this.#stop.abort(new DeliveryError('no time is left'))
  }

  get hurried(): AbortSignal {
    return this.#closing.signal
  }

  get isHurried(): boolean {
    return this.#closing.signal.aborted
  }

  get isStopped(): boolean {
    return this.#stop.signal.aborted
  }

  state(): Pick<
    NotifyDestination,
    'state' | 'sent' | 'failures' | 'given_up' | 'last_sent_at' | 'last_error'
  > {
    return {
      state: this.#row === 0 && !this.#isToldGivenUp ? 'ok' : 'failing',
      sent: this.#sent,
      failures: this.#failures,
      given_up: this.#givenUp,
      last_sent_at: this.#sentAt,
      last_error: this.#error ?? null,
    }
  }

  /**
   * Try until it is taken, refused for good, or no longer of use. What is refused as it is, or fails again and
   * again, is tried without the texts of agents: none of them keeps an alert, or those behind it, from coming.
   * False where there is no more time.
   */
  async deliver(make: () => Promise<Notice | undefined>): Promise<boolean> {
    let isRefused = false
    for (let attempt = 1;; attempt++) {
      const whole = await make()
      if (whole === undefined) return true
      const isBare = isRefused || attempt % PATIENCE === 0
      const notice = isBare ? bareOf(whole) : whole
      try {
        await this.#attempt(notice)
        this.#done()
        return true
      } catch (error) {
        const { isFinal, retryAfterMs } = error as Partial<DeliveryError>
        this.fail(messageOf(error))
        if (isFinal === true && isBare) {
          this.#giveUp(notice, messageOf(error))
          return true
        }
        isRefused ||= isFinal === true
        if (isFinal === true) continue
        if (!await this.pause(retryAfterMs)) return false
      }
    }
  }

  async #attempt(notice: Notice): Promise<void> {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(new DeliveryError('no answer in time')), TIMEOUT_MS)
    try {
      await this.#options.send(notice, AbortSignal.any([late.signal, this.#stop.signal]))
    } finally {
      clearTimeout(timer)
    }
  }

  #done(): void {
    const { spec, log, clock } = this.#options
    if (this.#row > 0) log.info(`Notifications to ${spec.name} arrive again`)
    this.#row = 0
    this.#isToldGivenUp = false
    this.#error = undefined
    this.#sent += 1
    this.#sentAt = new Date(clock.now()).toISOString()
  }

  fail(message: string): void {
    const { spec, log } = this.#options
    if (this.#row === 0) log.warn(`Cannot notify ${spec.name}`, message)
    this.#failures += 1
    this.#row += 1
    this.#error = message.slice(0, 200)
  }

  /** Loud once, until something arrives again: two that refuse each other's alerts would never end. */
  #giveUp({ id, title }: Notice, why: string): void {
    const { spec, onGivenUp } = this.#options
    this.#givenUp += 1
    this.#row = 0
    if (this.#isToldGivenUp) return
    this.#isToldGivenUp = true
    onGivenUp(`${spec.name} did not get "${title}": ${why}`, spec.name, id)
  }

  async pause(retryAfterMs?: number): Promise<boolean> {
    const { clock, random = Math.random } = this.#options
    const longest = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(Math.max(0, this.#row - 1), 10))
    const own = longest * (0.5 + random() / 2)
    if (this.#closing.signal.aborted) return false
    const pause = Math.max(own, Math.min(retryAfterMs ?? 0, LATEST_MS))
    await clock.sleep(pause, this.#closing.signal).catch(() => {})
    return !this.#stop.signal.aborted
  }
}
