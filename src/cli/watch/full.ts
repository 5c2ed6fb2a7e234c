import type { Clock } from '../../ports.ts'
import type { AuditEvent } from '../../audit/event.ts'
import { RampartError } from '../../errors.ts'
import type { WireApproval } from '../approval-text.ts'
import { pendingApprovals } from '../approvals.ts'
import type { Client } from '../client.ts'
import { KeyReader } from './keys.ts'
import { keepLink, type LinkNews } from './link.ts'
import { type Deed, press } from './press.ts'
import { render } from './render.ts'
import { openScreen, type Screen } from './screen.ts'
import { type Choice, firstState, type State, withApprovals, withEvents, without } from './state.ts'

export interface FullOptions {
  readonly connect: () => Promise<Client>
  readonly clock: Clock
  readonly colour: boolean
}

/** Events of before that are shown. */
const EARLIER = 200
const TICK_MS = 1000
/** An answer that nobody told us of, such as an expiry, is seen so late. */
const REFRESH_MS = 15_000
/** Between two looks at them. */
const PAUSE_MS = 200
/** A thousand: nobody goes through more of them on a screen. */
const PAGES = 1

/** The full-screen view until a person ends it. Rejects where there is no server, or it says no. */
export async function watchFull(options: FullOptions): Promise<void> {
  const client = await options.connect()
  // Whoever is refused is told so by a line, not by an empty screen.
  const events = await earlier(client)
  const approvals = await pendingOrWhy(client)
  await new View(options, client, events, approvals).run()
}

/** Undefined for a credential that sees approvals alone. */
async function earlier(client: Client): Promise<readonly AuditEvent[] | undefined> {
  try {
    const answer = await client.get(`/v1/audit/events?limit=${EARLIER}`) as {
      events: readonly AuditEvent[]
    }
    return [...answer.events].reverse()
  } catch (error) {
    if (isForbidden(error)) return undefined
    throw error
  }
}

async function pendingOrWhy(client: Client): Promise<readonly WireApproval[] | string> {
  try {
    return await pendingApprovals(client, PAGES)
  } catch (error) {
    if (isForbidden(error)) return `No approvals: ${(error as Error).message}`
    throw error
  }
}

function isForbidden(error: unknown): boolean {
  return error instanceof RampartError && error.code === 'forbidden'
}

class View {
  readonly #options: FullOptions
  readonly #screen: Screen
  readonly #ended = new AbortController()
  readonly #keys = new KeyReader()
  readonly #after: number | undefined
  #client: Client
  #state: State
  #isDirty = false
  #isAsking = false
  #isDrawing = false

  constructor(
    options: FullOptions,
    client: Client,
    events: readonly AuditEvent[] | undefined,
    approvals: readonly WireApproval[] | string,
  ) {
    this.#options = options
    this.#client = client
    this.#after = events === undefined ? undefined : events.at(-1)?.seq ?? 0
    this.#screen = openScreen(options.colour, {
      onInput: (text) => this.#press(this.#keys.read(text)),
      onPause: () => this.#press(this.#keys.flush()),
      onResize: () => this.#change((state) => ({ ...state, ...this.#screen.size() })),
    })
    const { columns, rows } = this.#screen.size()
    const first = withEvents(firstState(columns, rows, options.clock.now()), events ?? [])
    this.#state = typeof approvals === 'string'
      ? { ...first, refused: approvals }
      : withApprovals(first, approvals, true)
  }

  async run(): Promise<void> {
    const { clock } = this.#options
    const { signal } = this.#ended
    const connect = async () => this.#client = await this.#options.connect()
    try {
      this.#draw()
      this.#tick()
      await keepLink({
        connect,
        clock,
        signal,
        after: this.#after,
        heard: (news) => this.#hear(news),
      })
    } finally {
      this.#ended.abort()
      this.#screen.close()
    }
  }

  #change(become: (state: State) => State): void {
    this.#state = become(this.#state)
    this.#draw()
  }

  /** Once for all that comes in one turn. */
  #draw(): void {
    if (this.#isDrawing || this.#ended.signal.aborted) return
    this.#isDrawing = true
    setImmediate(() => {
      this.#isDrawing = false
      if (!this.#ended.signal.aborted) this.#screen.draw(render(this.#state))
    })
  }

  #tick(): void {
    const { clock } = this.#options
    const { signal } = this.#ended
    let asked = clock.monotonic()
    const loop = async () => {
      for (;;) {
        await clock.sleep(TICK_MS, signal)
        this.#change((state) => ({ ...state, now: clock.now() }))
        if (clock.monotonic() - asked < REFRESH_MS) continue
        asked = clock.monotonic()
        this.#refresh()
      }
    }
    loop().catch(() => {})
  }

  #hear(news: LinkNews): void {
    if (news.kind === 'live') {
      this.#change((state) => ({ ...state, link: 'live', linkText: '', mode: news.mode }))
      return this.#refresh()
    }
    if (news.kind === 'lost') {
      const linkText = `no connection, again in ${Math.ceil(news.inMs / 1000)} s (${news.why})`
      return this.#change((state) => ({ ...state, link: 'lost', linkText }))
    }
    if (news.kind === 'gap') return this.#say(`Events ${news.from} to ${news.to} are gone`)
    this.#change((state) => withEvents(state, news.events))
    const concerns = ({ kind, links }: AuditEvent) =>
      kind === 'approval' || (links?.length ?? 0) > 0
    if (news.events.some(concerns)) this.#refresh()
  }

  /** One question at a time, and once more when something came meanwhile. */
  #refresh(): void {
    this.#isDirty = true
    if (this.#isAsking || this.#state.refused !== undefined) return
    this.#isAsking = true
    const { clock } = this.#options
    const ask = async () => {
      while (this.#isDirty && !this.#ended.signal.aborted) {
        this.#isDirty = false
        const approvals = await pendingApprovals(this.#client, PAGES)
        this.#change((state) => withApprovals(state, approvals))
        await clock.sleep(PAUSE_MS, this.#ended.signal)
      }
    }
    // Where the server does not answer the stream says so too.
    ask().catch(() => {}).finally(() => this.#isAsking = false)
  }

  #press(keys: readonly string[]): void {
    for (const key of keys) {
      const { state, deed } = press(this.#state, key)
      this.#state = state
      if (deed !== undefined) this.#do(deed)
    }
    if (keys.length > 0) this.#draw()
  }

  #do(deed: Deed): void {
    if (deed.do === 'quit') return this.#ended.abort()
    if (deed.do === 'redraw') return this.#screen.forget()
    if (deed.do === 'stop') return this.#screen.stop()
    if (deed.do === 'choices') return void this.#choices(deed.id)
    const answer = deed.do === 'resolve'
      ? { approved: deed.approved }
      : { approved: true, scope: 'always', generalisation: deed.generalisation }
    void this.#answer(deed.id, answer)
  }

  async #answer(id: string, answer: { readonly approved: boolean }): Promise<void> {
    try {
      const path = `/v1/approvals/${encodeURIComponent(id)}/resolve`
      const { status } = await this.#client.post(path, {
        ...answer,
        channel: 'watch',
      }) as WireApproval
      const said = status === 'pending'
        ? 'Your answer counts; others have to answer'
        : answer.approved
        ? 'Approved'
        : 'Denied'
      if (status !== 'pending') this.#change((state) => without(state, id))
      this.#say(`${said}: ${id.slice(0, 8)}`, answer.approved ? 'green' : 'red')
    } catch (error) {
      this.#say(messageOf(error), 'red')
    } finally {
      this.#refresh()
      this.#change((state) => {
        const busy = new Set(state.busy)
        busy.delete(id)
        return { ...state, busy }
      })
    }
  }

  async #choices(id: string): Promise<void> {
    try {
      const path = `/v1/approvals/${encodeURIComponent(id)}/choices`
      const { choices } = await this.#client.get(path) as { choices: readonly Choice[] }
      this.#change((state) =>
        state.keeping?.id === id ? { ...state, keeping: { ...state.keeping, choices } } : state
      )
    } catch (error) {
      const isMissing = error instanceof RampartError && error.code === 'not_found'
      const text = isMissing ? 'This server cannot keep answers' : messageOf(error)
      this.#change((state) => ({ ...state, keeping: undefined, note: { text, tone: 'yellow' } }))
    }
  }

  #say(text: string, tone: 'red' | 'green' | 'yellow' = 'yellow'): void {
    this.#change((state) => ({ ...state, note: { text, tone } }))
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
