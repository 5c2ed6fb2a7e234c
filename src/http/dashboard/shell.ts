import { jsx } from 'hono/jsx'
import { documentOf, type Node } from '../html.ts'

export const ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">' +
  '<path fill="#3454d1" d="M12 1.5 3.5 4.6v6.6c0 5.2 3.5 9.3 8.5 11.3 5-2 8.5-6.1 8.5-11.3V4.6z"/>' +
  '<path fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round" ' +
  'stroke-linejoin="round" d="m8 12 2.8 2.8L16 9.4"/></svg>'

/** The page all others are drawn in; it holds nothing but the way to the script. */
export function shellPage(): string {
  return page('Rampart', [], [
    jsx('a', { class: 'skip', href: '#main' }, 'Skip to the page'),
    jsx('div', { id: 'app' }, waiting('Loading…')),
    jsx(
      'noscript',
      {},
      jsx('p', { class: 'notice' }, 'The dashboard needs its script. `rampart pending` does not.'),
    ),
  ])
}

/** Hands the secret to our script, which keeps it in sessionStorage and goes on to the dashboard. */
export function loginPage(secret: string): string {
  return page(
    'Rampart: opening',
    [jsx('meta', { name: 'rampart-session', content: secret })],
    [
      jsx('div', { id: 'app' }, waiting('Opening the dashboard…')),
    ],
  )
}

export function refusedPage(): string {
  return page('Rampart: not opened', [], [
    jsx(
      'main',
      { id: 'main', class: 'gate' },
      jsx('h1', {}, 'This code is not valid'),
      jsx(
        'p',
        {},
        'It works once, and for 30 seconds. Where it had been used before, the session it opened is ended now.',
      ),
      jsx('p', {}, 'Run ', jsx('code', {}, 'rampart dashboard'), ' again for a new one.'),
    ),
  ])
}

function waiting(text: string): Node {
  return jsx('p', { class: 'gate', role: 'status' }, text)
}

function page(title: string, head: readonly Node[], body: readonly Node[]): string {
  return documentOf(title, [
    jsx('meta', { name: 'color-scheme', content: 'light dark' }),
    jsx('link', { rel: 'icon', type: 'image/svg+xml', href: '/dashboard/icon.svg' }),
    jsx('link', { rel: 'stylesheet', href: '/dashboard/app.css' }),
    ...head,
    jsx('script', { src: '/dashboard/app.js', defer: true }),
  ], body)
}
