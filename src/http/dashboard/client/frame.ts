import { forgetSession, post } from './api.ts'
import { fill, h, s } from './dom.ts'
import { live, type LiveState } from './live.ts'
import { pending } from './pending.ts'

export interface Page {
  readonly name: string
  readonly title: string
  /** Draw into `root`; `rest` is what stands behind the page's name in the address. Returns how to leave. */
  readonly show: (root: HTMLElement, rest: readonly string[]) => () => void
}

const STATES: Readonly<Record<LiveState, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  broken: 'Reconnecting',
  missing: 'No live stream',
}

/** Everything around a page: its name, the other pages, how the connection is, light and dark, logout. */
export function frame(root: Element, pages: readonly Page[]): {
  readonly main: HTMLElement
  current(page: Page): void
} {
  const main = h('main', { id: 'main', tabindex: -1 })
  const count = h('span', { class: 'count', hidden: true })
  const links = pages.map(({ name, title }) =>
    h('a', { href: `#/${name}` }, title, name === 'approvals' ? [' ', count] : null)
  )
  const state = h('span', { class: 'state', role: 'status' })
  live.onState((now) => {
    state.dataset.state = now
    fill(state, h('span', { class: 'dot', 'aria-hidden': 'true' }), STATES[now])
  })
  pending.onChange((list) => {
    count.hidden = list.length === 0
    fill(count, list.length, h('span', { class: 'sr' }, ' waiting'))
    document.title = list.length === 0 ? 'Rampart' : `(${list.length}) Rampart`
  })
  fill(
    root,
    h(
      'header',
      { class: 'top' },
      h('a', { class: 'brand', href: '#/now' }, mark(), h('span', {}, 'Rampart')),
      h('nav', { 'aria-label': 'Pages' }, links),
      h('div', { class: 'tools' }, state, themeButton(), logoutButton()),
    ),
    main,
  )
  return {
    main,
    current: (page) =>
      links.forEach((link, index) => {
        if (pages[index] === page) link.setAttribute('aria-current', 'page')
        else link.removeAttribute('aria-current')
      }),
  }
}

function mark(): SVGElement {
  return s(
    'svg',
    { viewBox: '0 0 24 24', width: 22, height: 22, 'aria-hidden': 'true' },
    s('path', {
      class: 'mark',
      d: 'M12 1.5 3.5 4.6v6.6c0 5.2 3.5 9.3 8.5 11.3 5-2 8.5-6.1 8.5-11.3V4.6z',
    }),
    s('path', { class: 'mark-tick', d: 'm8 12 2.8 2.8L16 9.4' }),
  )
}

const THEMES = ['auto', 'light', 'dark'] as const

export function applyTheme(): void {
  const theme = localStorage.getItem('rampart-theme') ?? 'auto'
  if (theme === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

function themeButton(): HTMLElement {
  const button = h('button', { class: 'quiet' })
  const show = () => {
    const theme = localStorage.getItem('rampart-theme') ?? 'auto'
    const half = h('span', { class: 'half', 'aria-hidden': 'true' })
    fill(button, h('span', { class: 'sr' }, 'Theme: '), half, theme)
  }
  button.addEventListener('click', () => {
    const theme = localStorage.getItem('rampart-theme') ?? 'auto'
    const next = THEMES[(THEMES.indexOf(theme as 'auto') + 1) % THEMES.length]!
    localStorage.setItem('rampart-theme', next)
    applyTheme()
    show()
  })
  show()
  return button
}

function logoutButton(): HTMLElement {
  return h('button', {
    class: 'quiet',
    onclick: () => void post('/v1/dashboard/logout', {}).catch(() => {}).then(forgetSession),
  }, 'Log out')
}
