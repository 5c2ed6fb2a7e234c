import { canonicalJson } from '../audit/canonical.ts'
import type { AuditEvent } from '../audit/event.ts'
import { type LiveFilter, type LiveItem, passes } from './live-item.ts'
import { standNow } from './mode.ts'
import type { Services } from './services.ts'

/** Who watches, and what. */
export interface LiveRequest {
  readonly principal: string
  readonly filter: LiveFilter
  /** Begin behind this event rather than now. */
  readonly after?: number | undefined
  /** Whether the credential still allows it: asked from time to time, and when tokens change. */
  readonly isAllowed: () => Promise<boolean>
}

/** Items as they come. */
export interface LiveStream {
  /** The next of them, at least one; undefined at the end. Asked again only when the last ones were taken. */
  next(): Promise<readonly LiveItem[] | undefined>
  /** Nobody wants the rest. */
  close(): void
}

interface Hub {
  /** The last event that was told to all, and the one before the batch that is being told. */
  seq(): number
  before(): number
  left(): void
}

/** Most that waits for a reader: events, and characters of them. */
const MOST_EVENTS = 1000
const MOST_CHARACTERS = 4 << 20
const PAGE = 200
/** A reader that takes nothing for so many beats is gone. */
const PATIENCE = 4

/**
 * One stream: first what the trail holds behind its place, a page whenever the reader takes one, then what
 * comes. Between both lies no gap and nothing comes twice: it joins the others in the very step in which it has
 * come as far as they have.
 */
export class LiveClient implements LiveStream {
  readonly #request: LiveRequest
  readonly #services: Services
  readonly #hub: Hub
  #queue: (readonly LiveItem[])[] = []
  #events = 0
  #characters = 0
  /** The last event that was looked at for this stream, and the last that the reader took or passed by. */
  #looked = 0
  #taken = 0
  #isLive = false
  #isOver = false
  #isReading = false
  #beats = 0
  #wake: () => void = () => {}

  constructor(request: LiveRequest, services: Services, hub: Hub) {
    this.#request = request
    this.#services = services
    this.#hub = hub
  }

  get principal(): string {
    return this.#request.principal
  }

  get filter(): LiveFilter {
    return this.#request.filter
  }

  isAllowed(): Promise<boolean> {
    return this.#request.isAllowed()
  }

  /** From here on it is told of what comes. A place behind the end of the trail is its end. */
  begin(): void {
    if (this.#isOver) return
    const seq = this.#hub.seq()
    const { after } = this.#request
    this.#looked = this.#taken = Math.min(after ?? seq, seq)
    this.#isLive = this.#looked === seq
    const { version } = this.#services.settings
    const { mode } = standNow(this.#services)
    this.#push([{ kind: 'hello', seq, from: this.#looked, version, mode }])
  }

  hear(batch: readonly LiveItem[], seq: number): void {
    if (!this.#isLive || this.#isOver) return
    // What came while the trail was read may have been in it already.
    const fresh = this.#looked > this.#hub.before()
      ? batch.filter((item) => this.#isNew(item))
      : batch
    this.#looked = Math.max(this.#looked, seq)
    if (fresh.length > 0) this.#push(fresh)
    if (this.#events > MOST_EVENTS || this.#characters > MOST_CHARACTERS) this.#lag()
  }

  beat(): void {
    if (this.#isOver) return
    if (this.#isReading) {
      this.#beats = 0
      if (this.#isLive) this.#push([{ kind: 'beat', seq: this.#looked }])
      return
    }
    const isBehind = !this.#isLive || this.#queue.length > 0
    this.#beats = isBehind ? this.#beats + 1 : 0
    if (this.#beats >= PATIENCE) this.#lag()
  }

  /** One last item; what still waits comes before it. */
  end(last: LiveItem): void {
    if (this.#isOver) return
    this.#push([last])
    this.#finish()
  }

  close(): void {
    this.#queue = []
    this.#finish()
  }

  #finish(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#hub.left()
    this.#wake()
  }

  #isNew(item: LiveItem): boolean {
    return item.kind !== 'event' || item.line.event.seq > this.#looked
  }

  async next(): Promise<readonly LiveItem[] | undefined> {
    this.#isReading = true
    this.#beats = 0
    try {
      for (;;) {
        const batch = this.#queue.shift()
        if (batch !== undefined) return this.#take(batch)
        if (this.#isOver) return undefined
        if (this.#isLive) await new Promise<void>((resolve) => this.#wake = resolve)
        else await this.#replay()
      }
    } catch (error) {
      this.#services.log.warn('The trail could not be replayed', error)
      this.close()
      throw error
    } finally {
      this.#isReading = false
    }
  }

  #take(batch: readonly LiveItem[]): readonly LiveItem[] {
    for (const item of batch) {
      if (item.kind !== 'event') continue
      this.#events -= 1
      this.#characters -= item.line.text.length
      this.#taken = item.line.event.seq
    }
    if (this.#queue.length === 0) this.#taken = this.#looked
    return batch
  }

  #push(batch: readonly LiveItem[]): void {
    for (const item of batch) {
      if (item.kind !== 'event') continue
      this.#events += 1
      this.#characters += item.line.text.length
    }
    this.#queue.push(batch)
    this.#wake()
  }

  /** What waits is given up at once: the reader asks again from where it is. */
  #lag(): void {
    this.#queue = []
    this.#events = this.#characters = 0
    this.end({ kind: 'lagged', from: this.#taken + 1, to: this.#hub.seq() })
  }

  /** One page from the trail; live once that was all. */
  async #replay(): Promise<void> {
    const { reader } = this.#services
    // What is behind this may be in the page, or not: it comes in the next one.
    const told = this.#hub.seq()
    const { kind, action, agent, session } = this.filter
    const filter = { kind, action, agent, session, after: this.#looked }
    if (this.#looked === this.#request.after) await this.#tellOfGap(reader)
    const { events, next } = await reader.page({ ...filter, order: 'asc', limit: PAGE })
    if (this.#isOver) return
    const wanted = events.filter((event) => passes(event, this.filter))
    this.#looked = next ?? Math.max(told, events.at(-1)?.seq ?? 0)
    this.#isLive = this.#looked >= this.#hub.seq()
    if (wanted.length > 0) this.#push(wanted.map(itemOf))
  }

  /** Where the trail begins behind the place that is asked for. */
  async #tellOfGap(reader: Services['reader']): Promise<void> {
    const { events: [first] } = await reader.page({ order: 'asc', limit: 1 })
    const from = this.#looked + 1
    if (first === undefined || first.seq <= from) return
    this.#looked = first.seq - 1
    this.#push([{ kind: 'gap', from, to: first.seq - 1 }])
  }
}

function itemOf(event: AuditEvent): LiveItem {
  return { kind: 'event', line: { event, text: canonicalJson(event) } }
}
