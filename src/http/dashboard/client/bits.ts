import { now, Problem } from './api.ts'
import { type Child, fill, h } from './dom.ts'
import { brief, shown } from './shown.ts'
import type { Effect, Json } from './wire.ts'

const WORDS: Readonly<Record<string, string>> = {
  require_approval: 'ask',
  policy_invalid: 'invalid',
}
const TONES: Readonly<Record<string, string>> = {
  allow: 'allow',
  approved: 'allow',
  used: 'allow',
  loaded: 'allow',
  deny: 'deny',
  denied: 'deny',
  refused: 'deny',
  require_approval: 'ask',
  asked: 'ask',
  pending: 'ask',
  webhook: 'ask',
  log: 'log',
}

/** An action or a status: the word says it, the colour only helps. */
export function badge(word: string): HTMLElement {
  const tone = Object.hasOwn(TONES, word) ? TONES[word] : 'plain'
  return h(
    'span',
    { class: `badge ${tone}` },
    shown(Object.hasOwn(WORDS, word) ? WORDS[word]! : word),
  )
}

/** The time of day, the whole of it on demand. */
export function clock(time: string): HTMLElement {
  const at = new Date(time)
  if (Number.isNaN(at.getTime())) return h('span', {}, shown(time))
  const isToday = at.toDateString() === new Date(now()).toDateString()
  const text = isToday ? HOURS.format(at) : `${time.slice(0, 10)} ${HOURS.format(at)}`
  return h('time', { datetime: time, title: time }, text)
}

/** Made once: a formatter costs more than a hundred times. */
const HOURS = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })

/** How long ago, roughly. */
export function ago(time: string): string {
  const seconds = Math.max(0, (now() - Date.parse(time)) / 1000)
  if (seconds < 60) return `${Math.floor(seconds)} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  return `${Math.floor(seconds / 86_400)} d ago`
}

/** What is left until then, as m:ss; empty when it is over. */
export function left(time: string): string {
  const seconds = Math.ceil((Date.parse(time) - now()) / 1000)
  if (!(seconds > 0)) return ''
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

export function micros(us: number | null): string {
  if (us === null) return '–'
  return us < 1000 ? `${us} µs` : `${(us / 1000).toFixed(us < 10_000 ? 1 : 0)} ms`
}

export function notice(tone: 'info' | 'bad' | 'good', ...children: Child[]): HTMLElement {
  return h('div', { class: `notice ${tone}`, role: tone === 'bad' ? 'alert' : 'status' }, children)
}

/** What went wrong, in the words of the server. */
export function failure(error: unknown, what: string): HTMLElement {
  if (error instanceof Problem && error.status === 404 && error.code === 'not_found') {
    return notice(
      'info',
      `${what}: this server does not have that. `,
      h('span', { class: 'muted' }, shown(error.message)),
    )
  }
  const said = error instanceof Error ? error.message : String(error)
  return notice('bad', h('strong', {}, `${what}: `), shown(said))
}

export function empty(title: string, ...text: Child[]): HTMLElement {
  return h('div', { class: 'empty' }, h('p', { class: 'empty-title' }, title), h('p', {}, text))
}

export function card(title: string, ...children: Child[]): HTMLElement {
  return h('section', { class: 'card' }, h('h2', {}, title), children)
}

/** Facts in two columns; those without a value are left out. */
export function facts(rows: readonly (readonly [string, Child])[]): HTMLElement {
  return h(
    'dl',
    { class: 'facts' },
    rows.filter(([, value]) => value !== null && value !== undefined && value !== '')
      .map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
  )
}

/** Wide content scrolls by itself, by keyboard too. */
export function scroller(label: string, ...children: Child[]): HTMLElement {
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': label }, children)
}

/** Columns of numbers, which stand under each other. */
const NUMBERS = new Set(['Seq', 'Calls', 'Denied', 'Asked'])

export function table(
  label: string,
  heads: readonly string[],
  rows: readonly HTMLElement[],
): HTMLElement {
  return scroller(
    label,
    h(
      'table',
      {},
      h('caption', { class: 'sr' }, label),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          heads.map((head) =>
            h('th', { scope: 'col', class: NUMBERS.has(head) ? 'num' : '' }, head)
          ),
        ),
      ),
      h('tbody', {}, rows),
    ),
  )
}

/** What a call is about in one line: its command, path or URL, or all of it. */
export function gist(request: Json | undefined): string {
  if (request === null || typeof request !== 'object') return String(request ?? '')
  const { params } = request as { params?: Json }
  const of = (params !== null && typeof params === 'object' ? params : request) as Record<
    string,
    Json
  >
  for (const key of ['command', 'path', 'file_path', 'url', 'query', 'pattern']) {
    if (typeof of[key] === 'string') return of[key]
  }
  return JSON.stringify(of)
}

export function effectList(effects: readonly Effect[], complete: boolean | undefined): HTMLElement {
  const rows = effects.map(({ tool, path, url, by, action, policy }) =>
    h(
      'li',
      {},
      h('span', { class: `effect ${tool === 'delete' ? 'deny' : ''}` }, shown(tool)),
      h('code', {}, brief(path ?? url ?? '', 240)),
      h('span', { class: 'muted' }, ' by ', brief(by, 40)),
      action !== undefined && action !== 'allow' ? [' ', badge(action)] : null,
      policy ? h('span', { class: 'muted' }, ' ', brief(policy, 60)) : null,
    )
  )
  return h(
    'div',
    {},
    rows.length > 0
      ? h('ul', { class: 'effects' }, rows)
      : h('p', { class: 'muted' }, complete ? 'None: it touches nothing.' : 'None is known.'),
    complete === false
      ? h('p', { class: 'caution' }, 'Not all of it is known: the call may touch more than this.')
      : null,
  )
}

/** A place that is filled when an answer comes; only the newest question counts. */
export function slot(props: Record<string, string> = {}): {
  readonly element: HTMLElement
  load(ask: () => Promise<Child>, what: string): Promise<void>
} {
  const element = h('div', { ...props })
  let asked = 0
  return {
    element,
    async load(ask, what) {
      const mine = ++asked
      const content = await ask().catch((error) => failure(error, what))
      if (mine === asked) fill(element, content)
    },
  }
}

/** A control with its name above it. */
export function labelled(name: string, control: HTMLElement, wide = false): HTMLElement {
  return h('label', wide ? { class: 'grow' } : {}, h('span', {}, name), control)
}

/** One of some words; `onpick` is told of each choice. */
export function select(
  options: readonly (readonly [value: string, label: string])[],
  onpick: (value: string) => void,
): HTMLSelectElement {
  const element: HTMLSelectElement = h(
    'select',
    { onchange: () => onpick(element.value) },
    options.map(([value, label]) => h('option', { value }, label)),
  )
  return element
}

/** Words to search for; `ontype` is told of each change, in lower case. */
export function searchBox(ontype: (text: string) => void): HTMLInputElement {
  const element: HTMLInputElement = h('input', {
    type: 'search',
    autocomplete: 'off',
    oninput: () => ontype(element.value.toLowerCase()),
  })
  return element
}
