import { get, now } from './api.ts'
import { ago, card, empty, slot, table } from './bits.ts'
import { type Child, fill, h } from './dom.ts'
import type { Page } from './frame.ts'
import { brief } from './shown.ts'
import type { Sessions, Stats } from './wire.ts'

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
  const [stats, sessions] = await Promise.all([
    get<Stats>('/v1/audit/stats', { since }),
    get<Sessions>('/v1/audit/sessions', { since }),
  ])
  if (stats.decisions.by_agent.length === 0) {
    return empty(
      'No agent has called in 24 hours',
      'Once one does, its calls, denials and questions are counted here.',
    )
  }
  const { length } = sessions.sessions
  const told = sessions.unlisted === 0
    ? 'Sessions in 24 hours'
    : `The last ${length} of ${length + sessions.unlisted} sessions in 24 hours`
  return [
    card('Agents in 24 hours', agentTable(stats)),
    card(told, sessionTable(sessions)),
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

function sessionTable({ sessions }: Sessions): HTMLElement {
  return table(
    'Sessions',
    ['Agent', 'Session', 'Calls', 'Denied', 'Asked', 'Last call'],
    sessions.map(({ agent, session, calls, denied, asked, last }) =>
      h(
        'tr',
        {},
        h('th', { scope: 'row' }, brief(agent, 40)),
        h('td', {}, h('code', {}, brief(session, 40))),
        h('td', { class: 'num' }, calls.toLocaleString('en')),
        h('td', { class: denied > 0 ? 'num deny-text' : 'num' }, denied.toLocaleString('en')),
        h('td', { class: 'num' }, asked.toLocaleString('en')),
        h('td', {}, ago(last)),
      )
    ),
  )
}
