import { get, now } from './api.ts'
import { ago, card, empty, slot, table } from './bits.ts'
import { type Child, fill, h } from './dom.ts'
import type { Page } from './frame.ts'
import { brief } from './shown.ts'
import type { Event, Stats } from './wire.ts'

const LOOKED_AT = 1000

export const agents: Page = {
  name: 'agents',
  title: 'Agents',
  show(root) {
    const place = slot()
    fill(root, h('h1', {}, 'Agents'), place.element)
    void place.load(draw, 'The agents')
    return () => {}
  },
}

async function draw(): Promise<Child> {
  const since = new Date(now() - 86_400_000).toISOString()
  const [stats, { events, next }] = await Promise.all([
    get<Stats>('/v1/audit/stats', { since }),
    get<{ events: readonly Event[]; next: number | null }>('/v1/audit/events', {
      kind: 'decision',
      since,
      limit: LOOKED_AT,
    }),
  ])
  if (stats.decisions.by_agent.length === 0) {
    return empty(
      'No agent has called in 24 hours',
      'Once one does, its calls, denials and questions are counted here.',
    )
  }
  const sessions = sessionsOf(events)
  const told = next === null ? 'in 24 hours' : `in the last ${events.length} decisions`
  return [
    card('Agents in 24 hours', agentTable(stats)),
    card(`Sessions ${told}`, sessionTable(sessions)),
  ]
}

function agentTable({ decisions }: Stats): HTMLElement {
  const most = Math.max(1, ...decisions.by_agent.map(({ count }) => count))
  return table(
    'Agents',
    ['Agent', 'Calls', 'Denied', 'Asked', 'Share'],
    decisions.by_agent.map(({ name, count, denied, asked }) =>
      h(
        'tr',
        {},
        h('th', { scope: 'row' }, brief(name === '' ? '(none)' : name, 60)),
        h('td', { class: 'num' }, count.toLocaleString('en')),
        h('td', { class: denied > 0 ? 'num deny-text' : 'num' }, denied.toLocaleString('en')),
        h('td', { class: 'num' }, asked === undefined ? '–' : asked.toLocaleString('en')),
        h('td', {}, meter(count / most, count === 0 ? 0 : denied / count)),
      )
    ),
  )
}

/** How much of all calls, and of these how many were denied. */
function meter(share: number, denied: number): HTMLElement {
  const bar = h('span', { class: 'meter-deny' })
  const whole = h('span', { class: 'meter-all' }, bar)
  // Set as properties: the page's policy takes no style out of markup.
  whole.style.width = `${Math.max(2, share * 100)}%`
  bar.style.width = `${denied * 100}%`
  return h('span', {
    class: 'meter',
    role: 'img',
    'aria-label': `${Math.round(denied * 100)} % denied`,
  }, whole)
}

interface Session {
  readonly agent: string
  readonly session: string
  readonly last: string
  calls: number
  denied: number
  asked: number
}

function sessionsOf(events: readonly Event[]): readonly Session[] {
  const sessions = new Map<string, Session>()
  for (const { agent, session, time, decision } of events) {
    const key = JSON.stringify([agent, session])
    // Newest first: the first that is met is the last one of its session.
    const known = sessions.get(key) ?? { agent, session, last: time, calls: 0, denied: 0, asked: 0 }
    known.calls += 1
    if (decision.action === 'deny') known.denied += 1
    if (decision.action === 'require_approval') known.asked += 1
    sessions.set(key, known)
  }
  return [...sessions.values()]
}

function sessionTable(sessions: readonly Session[]): HTMLElement {
  return table(
    'Sessions',
    ['Agent', 'Session', 'Calls', 'Denied', 'Asked', 'Last call'],
    sessions.slice(0, 200).map(({ agent, session, calls, denied, asked, last }) =>
      h(
        'tr',
        {},
        h('th', { scope: 'row' }, brief(agent, 40)),
        h('td', {}, h('code', {}, brief(session, 40))),
        h('td', { class: 'num' }, calls),
        h('td', { class: denied > 0 ? 'num deny-text' : 'num' }, denied),
        h('td', { class: 'num' }, asked),
        h('td', {}, ago(last)),
      )
    ),
  )
}
