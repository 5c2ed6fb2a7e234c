import { isLoggedIn, onLost, takeSecret } from './api.ts'
import { fill, h } from './dom.ts'
import { applyTheme, frame, type Page } from './frame.ts'
import { live } from './live.ts'
import { agents } from './page-agents.ts'
import { approvals } from './page-approvals.ts'
import { audit } from './page-audit.ts'
import { now } from './page-now.ts'
import { policies } from './page-policies.ts'
import { attempt } from './page-try.ts'
import { pending } from './pending.ts'
import { startStepUp } from './step-up.ts'

const PAGES: readonly Page[] = [now, approvals, audit, policies, attempt, agents]

function start(): void {
  applyTheme()
  if (takeSecret()) return
  const root = document.getElementById('app')
  if (root === null) return
  if (!isLoggedIn()) return gate(root)
  let leave = () => {}
  onLost(() => {
    live.stop()
    leave()
    gate(root)
  })
  const { main, current } = frame(root, PAGES)
  const route = () => {
    const [name = '', ...rest] = location.hash.replace(/^#\/?/, '').split('?')[0]!.split('/')
    const page = PAGES.find((each) => each.name === name) ?? now
    leave()
    fill(main)
    current(page)
    leave = page.show(main, rest.map(decoded))
  }
  addEventListener('hashchange', () => {
    if (!isLoggedIn()) return
    route()
    main.focus({ preventScroll: true })
    scrollTo(0, 0)
  })
  live.start()
  pending.start()
  startStepUp()
  route()
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Nobody is logged in, in this tab: only a terminal opens the dashboard. */
function gate(root: Element): void {
  document.title = 'Rampart'
  fill(
    root,
    h(
      'main',
      { id: 'main', class: 'gate', tabindex: -1 },
      h('h1', {}, 'Open the dashboard from a terminal'),
      h('p', {}, 'Each tab is logged in by itself. Run this where the server runs:'),
      h('pre', { class: 'code' }, 'rampart dashboard'),
      h(
        'p',
        { class: 'muted' },
        'A session ends after an hour without you, and after twelve hours.',
      ),
    ),
  )
}

start()
