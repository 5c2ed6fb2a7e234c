import { get, now as timeNow } from './api.ts'
import { badge, clock, failure, gist, labelled, micros, searchBox, select } from './bits.ts'
import { MinuteChart } from './chart.ts'
import { fill, h, nextFrame } from './dom.ts'
import type { Page } from './frame.ts'
import { live } from './live.ts'
import { pending } from './pending.ts'
import { brief } from './shown.ts'
import type { Event, Stats } from './wire.ts'

/** Rows on the page, and events that are kept for the filters. */
const ROWS = 60
const KEPT = 1000
const REDRAW_MS = 1000
/** Nobody reads faster; between two of these a page that is busy with rows scrolls and answers. */
const BATCH_MS = 150
/** Redraws between two looks at the statistics. */
const COUNT_EACH = 10

const ACTIONS = ['', 'deny', 'require_approval', 'log', 'allow'].map((action) =>
  [action, action || 'all'] as const
)

interface Filter {
  readonly action: string
  readonly text: string
}

export const now: Page = {
  name: 'now',
  title: 'Now',
  show(root) {
    const view = new NowView(root)
    return () => view.leave()
  },
}

/** The trail as it grows: rows come in batches, each within one frame, and no more than a page shows. */
class NowView {
  readonly #events: Event[] = []
  readonly #rows = h('tbody', {})
  readonly #chart = new MinuteChart()
  readonly #note = h('p', { class: 'muted', role: 'status' })
  readonly #kpis = h('div', { class: 'kpis' })
  readonly #ends: (() => void)[] = []
  /** Rows that are made, newest first, and not yet in the page. */
  #fresh: HTMLElement[] = []
  #paused = false
  #later: ReturnType<typeof setTimeout> | undefined
  #ticks = 0
  #held = 0
  #filter: Filter = { action: '', text: '' }

  constructor(root: HTMLElement) {
    fill(
      root,
      h('h1', {}, 'Now'),
      this.#kpis,
      h('section', { class: 'card' }, h('h2', {}, 'Decisions per minute'), this.#chart.element),
      h('section', { class: 'card' }, this.#bar(), this.#table(), this.#note),
    )
    this.#ends.push(live.onEvent((event) => this.#take(event)))
    this.#ends.push(pending.onChange(() => void this.#count()))
    const timer = setInterval(() => this.#tick(), REDRAW_MS)
    this.#ends.push(() => clearInterval(timer))
    this.#chart.draw(timeNow())
    void this.#load()
    void this.#count()
  }

  leave(): void {
    for (const end of this.#ends) end()
  }

  #bar(): HTMLElement {
    const pause = h('button', {
      'aria-pressed': 'false',
      onclick: () => {
        this.#paused = !this.#paused
        pause.setAttribute('aria-pressed', String(this.#paused))
        fill(pause, this.#paused ? 'Go on' : 'Pause')
        if (!this.#paused) this.#redraw()
      },
    }, 'Pause')
    return h(
      'div',
      { class: 'bar' },
      h('h2', {}, 'Live'),
      labelled('Decision', select(ACTIONS, (action) => this.#refilter({ action }))),
      labelled('Text, agent, tool or policy', searchBox((text) => this.#refilter({ text })), true),
      pause,
    )
  }

  #table(): HTMLElement {
    const heads = ['Time', 'Decision', 'Agent', 'Tool', 'Call', 'Policy']
    return h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Live events' },
      h(
        'table',
        { class: 'stream' },
        h('thead', {}, h('tr', {}, heads.map((head) => h('th', { scope: 'col' }, head)))),
        this.#rows,
      ),
    )
  }

  async #load(): Promise<void> {
    try {
      const since = new Date(timeNow() - 3_600_000).toISOString()
      const { events } = await get<{ events: readonly Event[] }>('/v1/audit/events', {
        limit: KEPT,
        since,
      })
      const known = new Set(this.#events.map(({ id }) => id))
      this.#events.push(...events.filter(({ id }) => !known.has(id)))
      this.#chart.clear()
      for (const event of this.#events) this.#chartOne(event)
      this.#chart.draw(timeNow())
      this.#redraw()
    } catch (error) {
      this.#rows.replaceChildren(h('tr', {}, h('td', { colspan: 6 }, failure(error, 'The trail'))))
    }
  }

  async #count(): Promise<void> {
    const since = new Date(timeNow() - 3_600_000).toISOString()
    const stats = await get<Stats>('/v1/audit/stats', { since }).catch(() => undefined)
    const of = (name: string) =>
      stats?.decisions.by_action.find((each) => each.name === name)?.count ?? 0
    const kpi = (name: string, value: string | number, tone = '') =>
      h(
        'div',
        { class: `kpi ${tone}` },
        h('span', { class: 'kpi-value' }, value),
        h('span', {}, name),
      )
    fill(
      this.#kpis,
      kpi('decisions, last hour', stats?.decisions.total ?? '–'),
      kpi('denied', stats === undefined ? '–' : of('deny'), 'deny'),
      kpi('asked', stats === undefined ? '–' : of('require_approval'), 'ask'),
      h(
        'a',
        { class: 'kpi link', href: '#/approvals' },
        h('span', { class: 'kpi-value' }, pending.list.length),
        h('span', {}, 'waiting for you'),
      ),
      kpi('to decide, p99', micros(stats?.latency.p99_us ?? null)),
    )
  }

  #take(event: Event): void {
    this.#events.unshift(event)
    if (this.#events.length > KEPT) this.#events.length = KEPT
    this.#chartOne(event)
    if (!this.#passes(event)) return
    if (this.#paused) this.#held += 1
    else {
      // Made as they come, so that the frame that takes them in has only to lay them out.
      this.#fresh.unshift(rowOf(event))
      if (this.#fresh.length > ROWS) this.#fresh.length = ROWS
    }
    this.#later ??= setTimeout(() => nextFrame(this.#draw), BATCH_MS)
  }

  #chartOne({ kind, time, decision }: Event): void {
    if (kind === 'decision') this.#chart.add(Date.parse(time), decision.action)
  }

  readonly #draw = (): void => {
    this.#later = undefined
    const fresh = this.#fresh
    this.#fresh = []
    if (this.#paused) {
      fill(this.#note, `Paused: ${this.#held} new events`)
      return
    }
    if (fresh.length === 0) return
    if (this.#rows.firstElementChild?.classList.contains('none')) this.#rows.replaceChildren()
    for (let over = this.#rows.childElementCount + fresh.length - ROWS; over > 0; over--) {
      this.#rows.lastElementChild?.remove()
    }
    this.#rows.prepend(...fresh)
  }

  #redraw(): void {
    this.#held = 0
    // What is drawn anew holds them.
    this.#fresh = []
    fill(this.#note)
    const rows = this.#events.filter((event) => this.#passes(event)).slice(0, ROWS).map(rowOf)
    this.#rows.replaceChildren(
      ...rows.length > 0 ? rows : [
        h(
          'tr',
          { class: 'none' },
          h('td', { colspan: 6, class: 'muted' }, 'Nothing yet. What agents do appears here.'),
        ),
      ],
    )
  }

  #refilter(change: Partial<Filter>): void {
    this.#filter = { ...this.#filter, ...change }
    this.#redraw()
  }

  #passes({ decision, agent, tool, session, request }: Event): boolean {
    const { action, text } = this.#filter
    if (action !== '' && decision.action !== action) return false
    if (text === '') return true
    return [agent, tool, session, decision.policy ?? '', decision.message ?? '', gist(request)]
      .some((value) => value.toLowerCase().includes(text))
  }

  #tick(): void {
    this.#chart.draw(timeNow())
    this.#ticks += 1
    if (this.#ticks % COUNT_EACH === 0) void this.#count()
  }
}

function rowOf({ id, time, kind, decision, agent, tool, request }: Event): HTMLElement {
  return h(
    'tr',
    {},
    h('td', {}, h('a', { href: `#/audit/event/${encodeURIComponent(id)}` }, clock(time))),
    h('td', {}, badge(decision.action)),
    h('td', {}, brief(agent, 40)),
    h('td', {}, brief(kind === 'decision' ? tool : kind, 32)),
    h('td', { class: 'call' }, h('code', {}, brief(gist(request), 120))),
    h('td', { class: 'muted' }, brief(decision.policy ?? '', 40)),
  )
}
