import { setImmediate } from 'node:timers/promises'
import type { Cursor } from '../audit/cursor.ts'
import type { Device } from '../audit/format/said.ts'
import { type Alert, alertOf, isAbout } from '../notify/alert.ts'
import { digestOf, type Notice, noticeOf, type Question } from '../notify/notice.ts'
import { type Held, held, NOTHING_HELD, Throttle } from '../notify/throttle.ts'
import type { NotifyDestination } from '../ports.ts'
import { messageOf } from './database-wal.ts'
import { type CourierOptions, NotifyCourier } from './notify-courier.ts'
import { shownPlace } from './notify-send.ts'
import type { NotifyState, NotifyStates } from './notify-state.ts'
import { behind, type FollowedLine, type Follower, type Step } from './sink-follower.ts'

/** What a message needs to know of the server. */
export interface NotifyContext {
  readonly device: () => Promise<Device>
  /** The question of an approval as long as it waits for a person; undefined for one that is not there yet. */
  readonly question: (approval: string) => Promise<Question | 'settled' | undefined>
  /** The page that shows all of it, on which this destination may answer a question. */
  readonly link: (about: About, name: string) => Promise<string | undefined>
}

/** What a page is asked for: a question, an event by its id, or neither. */
export interface About {
  readonly question?: Question | undefined
  readonly event?: string | undefined
}

export interface NotifyRunnerOptions extends CourierOptions {
  readonly state: NotifyState
  readonly states: NotifyStates
  readonly follower: Follower
  readonly context: NotifyContext
  readonly head: () => number
}

/** Other processes append too, and tell nobody. */
const LOOK_MS = 1000
const SAVE_MS = 1000
const DIGEST_MS = 60_000
const CLOSE_MS = 2000
const ROW_MS = 250

/**
 * One destination: follows the trail, says what is to be said, remembers how far it came. What was on its way
 * when the process was killed is sent again, with the same id; nothing is left out.
 */
export class NotifyRunner {
  readonly #options: NotifyRunnerOptions
  readonly #throttle: Throttle
  readonly #courier: NotifyCourier
  #cursor: Cursor
  #held: Held
  #digestDue: number | undefined
  #savedAt = -Infinity
  #isSaved = true
  /** Questions this destination was told of: two events may speak of one. */
  readonly #asked = new Set<string>()
  #news = Promise.withResolvers<void>()
  #running: Promise<void> | undefined

  constructor(options: NotifyRunnerOptions) {
    this.#options = options
    this.#cursor = options.state.cursor
    this.#held = options.state.held
    this.#throttle = new Throttle(options.spec.perMinute)
    this.#courier = new NotifyCourier(options)
    // What was held back when the last server ended is due by now.
    if (this.#held.counts.length > 0) this.#digestDue = options.clock.monotonic()
  }

  start(): void {
    this.#running ??= this.#run()
  }

  wake(): void {
    this.#news.resolve()
  }

  /** Send what is under way, for a moment; the rest waits for the next server. */
  async close(): Promise<void> {
    const late = setTimeout(() => this.#courier.stop(), CLOSE_MS)
    this.#courier.hurry()
    this.wake()
    await this.#running
    clearTimeout(late)
    await this.#save().catch(() => {})
    await this.#options.follower.close()
  }

  state(): NotifyDestination {
    const { spec, head } = this.#options
    const seq = this.#cursor.marks[0]?.seq ?? 0
    return {
      name: spec.name,
      platform: spec.platform,
      to: shownPlace(spec),
      lag_events: Math.max(0, head() - seq),
      held: this.#held.counts.reduce((sum, { count }) => sum + count, 0),
      ...this.#courier.state(),
    }
  }

  async #run(): Promise<void> {
    while (!this.#courier.isStopped) {
      try {
        if (!await this.#digest()) return
        const { lines, lost } = await this.#options.follower.read(this.#cursor)
        if (lost.length > 0) this.#tellLost(lost)
        for (const line of lines) {
          if (!await this.#heed(line)) return
        }
        if (lines.length > 0) await setImmediate()
        else if (this.#courier.isHurried) return
        else await this.#rest()
      } catch (error) {
        // The trail cannot be read, or the state not be written.
        await this.#options.follower.close().catch(() => {})
        this.#courier.fail(messageOf(error))
        if (!await this.#courier.pause()) return
      }
    }
  }

  #tellLost(lost: Step['lost']): void {
    const { spec, log } = this.#options
    const count = lost.reduce((sum, { from, to }) => sum + to - from + 1, 0)
    log.warn(`${count} events were pruned, or cannot be read, before ${spec.name} was told of them`)
  }

  async #rest(): Promise<void> {
    const { clock } = this.#options
    const due = (this.#digestDue ?? Infinity) - clock.monotonic()
    const bell = new AbortController()
    const ended = AbortSignal.any([this.#courier.hurried, bell.signal])
    const wait = Math.max(1, Math.min(LOOK_MS, due))
    await Promise.race([this.#news.promise, clock.sleep(wait, ended).catch(() => {})])
    bell.abort()
    this.#news = Promise.withResolvers()
    await this.#saveIfDue()
  }

  /** One event. False when there is no more time for it: it is the next one again. */
  async #heed(line: FollowedLine): Promise<boolean> {
    const { spec, clock } = this.#options
    const alert = alertOf(line.event)
    const wanted = alert !== undefined && spec.on.includes(alert.class) &&
      !isAbout(alert, spec.name)
    if (!wanted) {
      this.#pass(line)
      await this.#saveIfDue()
      return true
    }
    const question = await this.#question(alert)
    if (question === null) {
      this.#pass(line)
    } else if (this.#throttle.takes(alert, clock.monotonic())) {
      if (!await this.#courier.deliver(() => this.#notice(alert, question))) return false
      this.#pass(line)
      await this.#save()
    } else {
      this.#held = held(this.#held, alert)
      this.#digestDue ??= clock.monotonic() + DIGEST_MS
      this.#pass(line)
      await this.#saveIfDue()
    }
    return true
  }

  /** Null where there is nothing left to ask, or this question was told already. */
  async #question({ approval }: Alert): Promise<Question | undefined | null> {
    if (approval === undefined) return undefined
    if (this.#asked.has(approval)) return null
    const { context, clock } = this.#options
    let question = await context.question(approval)
    if (question === undefined) {
      // Its event may come before its row.
      await clock.sleep(ROW_MS, this.#courier.hurried).catch(() => {})
      question = await context.question(approval)
    }
    if (question === undefined || question === 'settled') return null
    this.#asked.add(approval)
    if (this.#asked.size > 1000) this.#asked.delete(this.#asked.values().next().value!)
    return question
  }

  /** Undefined where a question has its answer by now. */
  async #notice(alert: Alert, question: Question | undefined): Promise<Notice | undefined> {
    const { context, spec } = this.#options
    const now = question && await context.question(question.id)
    if (now === 'settled') return undefined
    const link = await context.link({ question, event: alert.event.id }, spec.name)
    return noticeOf(alert, await context.device(), { question, link })
  }

  /** Send the digest when it is due. False when there is no more time. */
  async #digest(): Promise<boolean> {
    const { clock, context, spec } = this.#options
    const isDue = this.#digestDue !== undefined && clock.monotonic() >= this.#digestDue
    if (!isDue || this.#courier.isHurried) return true
    const { counts, id } = this.#held
    const time = new Date(clock.now()).toISOString()
    const link = await context.link({}, spec.name)
    if (!await this.#courier.deliver(() => Promise.resolve(digestOf(counts, id, time, link)))) {
      return false
    }
    this.#held = NOTHING_HELD
    this.#digestDue = undefined
    this.#isSaved = false
    await this.#save()
    return true
  }

  #pass(line: FollowedLine): void {
    this.#cursor = behind(this.#cursor, [line], new Date(this.#options.clock.now()).toISOString())
    this.#isSaved = false
  }

  async #saveIfDue(): Promise<void> {
    if (this.#options.clock.monotonic() - this.#savedAt >= SAVE_MS) await this.#save()
  }

  async #save(): Promise<void> {
    if (this.#isSaved) return
    const { states, spec, clock } = this.#options
    await states.save(spec.name, { cursor: this.#cursor, held: this.#held })
    this.#isSaved = true
    this.#savedAt = clock.monotonic()
  }
}
