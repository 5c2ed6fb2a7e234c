import { RampartError } from '../errors.ts'
import type { Following, TrailNews } from '../ports.ts'
import { LiveClient, type LiveRequest, type LiveStream } from './live-client.ts'
import { filterKey, type LiveItem, passes } from './live-item.ts'
import type { Services } from './services.ts'

/** Streams at a time, and of one principal: nobody keeps the others out. */
const MOST = 512
const MOST_OF_ONE = 256
const BEAT_MS = 15_000

export interface Live {
  /**
   * The trail from a place on, or from now on, as it grows. `rate_limited` where too many watch, `unavailable`
   * where nothing can be followed.
   */
  open(request: LiveRequest): Promise<LiveStream>
  /** End all streams; no new ones are taken. */
  drain(): void
}

/** Streams of one server: one follower of the trail for all of them, and none while nobody watches. */
export function createLive(services: Services): Live {
  return new Hub(services)
}

class Hub implements Live {
  readonly #services: Services
  readonly #clients = new Set<LiveClient>()
  #following: Promise<Following> | undefined
  #beating: AbortController | undefined
  #draining = false
  #seq = 0
  #before = 0

  constructor(services: Services) {
    this.#services = services
  }

  async open(request: LiveRequest): Promise<LiveStream> {
    this.#refuseIfFull(request.principal)
    const client = new LiveClient(request, this.#services, {
      seq: () => this.#seq,
      before: () => this.#before,
      left: () => this.#leave(client),
    })
    this.#clients.add(client)
    try {
      const following = await this.#follow()
      if (request.after !== undefined && request.after > this.#seq) await following.caughtUp()
      client.begin()
      return client
    } catch (error) {
      client.close()
      throw error
    }
  }

  drain(): void {
    this.#draining = true
    for (const client of this.#clients) client.end({ kind: 'end', reason: 'shutdown' })
  }

  #refuseIfFull(principal: string): void {
    if (this.#draining) throw new RampartError('unavailable', 'The server is stopping')
    if (this.#services.feed === undefined) {
      throw new RampartError('unavailable', 'This trail cannot be watched')
    }
    const own = [...this.#clients].filter((client) => client.principal === principal).length
    if (this.#clients.size < MOST && own < MOST_OF_ONE) return
    const whose = own < MOST_OF_ONE
      ? `${MOST} streams`
      : `${MOST_OF_ONE} streams of this credential`
    throw new RampartError('rate_limited', `${whose} are open: one ends first`, {
      headers: { 'retry-after': '10' },
    })
  }

  #follow(): Promise<Following> {
    if (this.#following !== undefined) return this.#following
    // Nobody is here who was told of anything.
    this.#seq = this.#before = 0
    const following = this.#services.feed!.follow((news) => this.#tell(following, news))
      .then((begun) => {
        if (this.#following === following) this.#seq = Math.max(this.#seq, begun.seq)
        return begun
      })
    following.catch(() => {
      if (this.#following === following) this.#following = undefined
    })
    this.#following = following
    this.#beat()
    return following
  }

  #tell(from: Promise<Following>, { lines, lost }: TrailNews): void {
    if (from !== this.#following) return
    const fresh = lines.filter(({ event }) => event.seq > this.#seq)
    this.#before = this.#seq
    if (fresh.length > 0) this.#seq = fresh.at(-1)!.event.seq
    const gaps = lost.map(({ from, to }): LiveItem => ({ kind: 'gap', from, to }))
    const batches = new Map<string, readonly LiveItem[]>()
    for (const client of [...this.#clients]) {
      const key = filterKey(client.filter)
      let batch = batches.get(key)
      if (batch === undefined) {
        const wanted = fresh.filter(({ event }) => passes(event, client.filter))
        batch = [...gaps, ...wanted.map((line): LiveItem => ({ kind: 'event', line }))]
        batches.set(key, batch)
      }
      client.hear(batch, this.#seq)
    }
    // A token may have ended, and its streams with it.
    if (fresh.some(({ event }) => event.kind === 'token')) this.#recheck()
  }

  #leave(client: LiveClient): void {
    if (!this.#clients.delete(client) || this.#clients.size > 0) return
    this.#beating?.abort()
    this.#following?.then((following) => following.close()).catch(() => {})
    this.#following = undefined
  }

  #beat(): void {
    this.#beating?.abort()
    const { signal } = this.#beating = new AbortController()
    const loop = async () => {
      while (!signal.aborted) {
        await this.#services.clock.sleep(BEAT_MS, signal)
        this.#recheck()
        for (const client of [...this.#clients]) client.beat()
      }
    }
    loop().catch(() => {})
  }

  #recheck(): void {
    for (const client of [...this.#clients]) {
      client.isAllowed().catch(() => false).then((allowed) => {
        if (!allowed) client.end({ kind: 'end', reason: 'credential' })
      })
    }
  }
}
