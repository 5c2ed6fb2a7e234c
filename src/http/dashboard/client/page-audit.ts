import { EVENT_KINDS } from '../../../audit/event.ts'
import { get, now } from './api.ts'
import { badge, clock, empty, failure, gist, slot, table } from './bits.ts'
import { chainCard } from './chain.ts'
import { type Child, fill, h } from './dom.ts'
import { eventDetail } from './event-detail.ts'
import type { Page } from './frame.ts'
import { brief } from './shown.ts'
import type { Event } from './wire.ts'

const PAGE = 50

export const audit: Page = {
  name: 'audit',
  title: 'Audit',
  show(root, [what, id]) {
    if (what === 'event' && id !== undefined) {
      const place = slot()
      fill(
        root,
        h('p', {}, h('a', { href: '#/audit' }, '← All events')),
        h('h1', {}, 'Event'),
        place.element,
      )
      void place.load(() => eventDetail(id), 'The event')
    } else new SearchView(root)
    return () => {}
  },
}

const ACTIONS = [
  'deny',
  'require_approval',
  'webhook',
  'log',
  'allow',
  'approved',
  'denied',
  'expired',
]
const SPANS: readonly (readonly [label: string, hours: number])[] = [
  ['last hour', 1],
  ['last day', 24],
  ['last week', 168],
  ['all', 0],
]

interface PageOf {
  readonly events: readonly Event[]
  readonly next: number | null
}

/** The trail by its filters, newest first, a page at a time. */
class SearchView {
  readonly #form = h('form', {
    class: 'bar filters',
    onsubmit: (event: SubmitEvent) => this.#submit(event),
  })
  readonly #found = h('div', {})

  constructor(root: HTMLElement) {
    const text = (name: string, label: string) =>
      h(
        'label',
        {},
        h('span', {}, label),
        h('input', { name, type: 'search', maxlength: 256, autocomplete: 'off' }),
      )
    const pick = (name: string, label: string, words: readonly string[]) =>
      h(
        'label',
        {},
        h('span', {}, label),
        h(
          'select',
          { name },
          ['', ...words].map((word) => h('option', { value: word }, word || 'all')),
        ),
      )
    fill(
      this.#form,
      text('text', 'Text'),
      pick('kind', 'Kind', EVENT_KINDS),
      pick('action', 'Action', ACTIONS),
      text('agent', 'Agent'),
      text('session', 'Session'),
      text('tool', 'Tool'),
      text('policy', 'Policy'),
      h(
        'label',
        {},
        h('span', {}, 'When'),
        h(
          'select',
          { name: 'hours' },
          SPANS.map(([label, hours]) =>
            h('option', { value: hours, selected: hours === 0 }, label)
          ),
        ),
      ),
      h('button', { class: 'primary' }, 'Search'),
    )
    fill(
      root,
      h('h1', {}, 'Audit'),
      chainCard(),
      h('section', { class: 'card' }, h('h2', {}, 'Search'), this.#form, this.#found),
    )
    void this.#search(null)
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    void this.#search(null)
  }

  #query(after: number | null): Record<string, string | number | null> {
    const data = new FormData(this.#form)
    const hours = Number(data.get('hours'))
    const named = ['text', 'kind', 'action', 'agent', 'session', 'tool', 'policy']
      .map((name) => [name, String(data.get(name) ?? '').trim()])
    return {
      ...Object.fromEntries(named),
      since: hours > 0 ? new Date(now() - hours * 3_600_000).toISOString() : null,
      limit: PAGE,
      after,
    }
  }

  async #search(after: number | null): Promise<void> {
    if (after === null) fill(this.#found, h('p', { class: 'muted', role: 'status' }, 'Searching…'))
    try {
      const { events, next } = await get<PageOf>('/v1/audit/events', this.#query(after))
      const more = next === null ? null : h('button', {
        onclick: (event: MouseEvent) => {
          const button = event.currentTarget as HTMLElement
          button.remove()
          void this.#search(next)
        },
      }, 'Older events')
      const shownNow: Child = events.length > 0
        ? eventTable(events)
        : after === null && next === null
        ? empty('No event meets these filters', 'Fewer filters find more.')
        : null
      if (after === null) fill(this.#found, shownNow, more)
      else {for (const child of [shownNow, more]) {
          if (child instanceof Node) this.#found.append(child)
        }}
    } catch (error) {
      fill(this.#found, failure(error, 'The search'))
    }
  }
}

export function eventTable(events: readonly Event[]): HTMLElement {
  return table(
    'Events',
    ['Seq', 'Time', 'Kind', 'Action', 'Agent', 'Call', 'Policy'],
    events.map(({ id, seq, time, kind, decision, agent, tool, request }) =>
      h(
        'tr',
        {},
        h('td', { class: 'num' }, h('a', { href: `#/audit/event/${encodeURIComponent(id)}` }, seq)),
        h('td', {}, clock(time)),
        h('td', {}, brief(kind, 20)),
        h('td', {}, badge(decision.action)),
        h('td', {}, brief(agent, 30)),
        h(
          'td',
          { class: 'call' },
          tool === '' ? null : [brief(tool, 24), ' '],
          h('code', {}, brief(gist(request), 100)),
        ),
        h('td', { class: 'muted' }, brief(decision.policy ?? '', 40)),
      )
    ),
  )
}
