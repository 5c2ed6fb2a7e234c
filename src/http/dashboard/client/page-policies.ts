import { get, now, Problem } from './api.ts'
import { badge, card, clock, empty, facts, labelled, searchBox, select, slot } from './bits.ts'
import { type Child, fill, h } from './dom.ts'
import type { Page } from './frame.ts'
import { brief, json, shown } from './shown.ts'
import type { Finding, Policy, Stats, Status } from './wire.ts'

export const policies: Page = {
  name: 'policies',
  title: 'Policies',
  show(root) {
    const place = slot()
    const findings = slot()
    fill(root, h('h1', {}, 'Policies'), place.element, findings.element)
    void place.load(draw, 'The policies')
    void findings.load(lint, 'Findings')
    return () => {}
  },
}

interface Shown {
  readonly policy: Policy
  readonly hits: number
  readonly text: string
}

async function draw(): Promise<Child> {
  const since = new Date(now() - 86_400_000).toISOString()
  const [{ hash, policies: all }, status, stats] = await Promise.all([
    get<{ hash: string; policies: readonly Policy[] }>('/v1/policies'),
    get<Status>('/v1/status'),
    get<Stats>('/v1/audit/stats', { since }).catch(() => undefined),
  ])
  const byRule = stats?.decisions.by_rule
  const hits = byRule === undefined
    ? undefined
    : new Map(byRule.map(({ name, count }) => [name, count]))
  const byPolicy = new Map(stats?.decisions.by_policy.map(({ name, count }) => [name, count]))
  return [
    inForce(hash, status, all),
    h('section', { class: 'card' }, h('h2', {}, 'Rules'), rulesView(all, hits, byPolicy)),
  ]
}

function inForce(hash: string, { policy, mode }: Status, all: readonly Policy[]): HTMLElement {
  const { faults } = policy
  return card(
    'In force',
    facts([
      ['Mode', brief(mode, 20)],
      [
        'Policies',
        `${all.filter(({ enabled }) => enabled).length} with ${
          all.reduce((sum, { rules }) => sum + rules.length, 0)
        } rules`,
      ],
      ['Files', policy.files.map((file) => h('div', {}, h('code', {}, brief(file, 200))))],
      ['Loaded', clock(policy.loaded_at)],
      ['Hash', h('code', { class: 'wrap' }, brief(hash, 90))],
    ]),
    faults.length === 0 ? null : h(
      'div',
      { class: 'notice bad', role: 'alert' },
      h('strong', {}, 'The newest files are invalid; the last good ones stay in force.'),
      h(
        'ul',
        {},
        faults.slice(0, 50).map(({ file, line, col, message }) =>
          h('li', {}, h('code', {}, brief(`${file}:${line}:${col}`, 160)), ' ', brief(message, 300))
        ),
      ),
    ),
  )
}

function rulesView(
  all: readonly Policy[],
  hits: ReadonlyMap<string, number> | undefined,
  byPolicy: ReadonlyMap<string, number>,
): HTMLElement {
  const rows: readonly Shown[] = all.map((policy) => ({
    policy,
    hits: hits === undefined
      ? byPolicy.get(policy.name) ?? 0
      : policy.rules.reduce((sum, { key }) => sum + (hits.get(key) ?? 0), 0),
    text: `${policy.name} ${policy.file} ${policy.description} ${
      policy.rules.map(({ message }) => message).join(' ')
    }`.toLowerCase(),
  }))
  const list = h('div', { class: 'policies' })
  const filter = { text: '', only: 'all' }
  const drawList = () => {
    const found = rows.filter(({ text, hits: count }) =>
      text.includes(filter.text) &&
      (filter.only === 'all' || (filter.only === 'hit') === (count > 0))
    )
    fill(
      list,
      found.length === 0
        ? empty('No policy meets this', 'Other words, or all of them.')
        : found.map((row) => policyView(row, hits)),
    )
  }
  const refilter = (change: Partial<typeof filter>) => {
    Object.assign(filter, change)
    drawList()
  }
  drawList()
  return h(
    'div',
    {},
    h(
      'div',
      { class: 'bar' },
      labelled('Name, file or message', searchBox((text) => refilter({ text })), true),
      labelled('In 24 hours', select(HIT, (only) => refilter({ only }))),
    ),
    hits === undefined
      ? h('p', { class: 'muted' }, 'This server counts hits per policy, not per rule.')
      : null,
    list,
  )
}

const HIT = [['all', 'all'], ['hit', 'hit'], ['never', 'never hit']] as const

function policyView(
  { policy, hits: count }: Shown,
  hits: ReadonlyMap<string, number> | undefined,
): HTMLElement {
  const { name, file, layer, priority, enabled, description, rules } = policy
  const body = h('div', {})
  const details = h(
    'details',
    {
      class: 'policy',
      ontoggle: () => {
        // Hundreds of rules are drawn when somebody looks.
        if (details.open && body.childElementCount === 0) {
          fill(body, rulesOf(description, rules, hits))
        }
      },
    },
    h(
      'summary',
      {},
      h('strong', {}, brief(name, 80)),
      enabled ? null : h('span', { class: 'badge plain' }, 'off'),
      h('span', { class: 'muted' }, ' ', brief(file, 80), ` · ${layer} · priority ${priority}`),
      h(
        'span',
        { class: count > 0 ? 'hits' : 'hits none' },
        hitsText(count),
      ),
    ),
    body,
  )
  return details
}

function rulesOf(
  description: string,
  rules: Policy['rules'],
  hits: ReadonlyMap<string, number> | undefined,
): Child {
  return [
    description === '' ? null : h('p', {}, shown(description)),
    h(
      'ul',
      { class: 'rules' },
      rules.map(({ key, action, message, when }) => {
        const count = hits?.get(key) ?? 0
        return h(
          'li',
          {},
          h(
            'div',
            { class: 'rule-head' },
            badge(action),
            ' ',
            h('code', {}, brief(key, 100)),
            hits === undefined ? null : h(
              'span',
              { class: count > 0 ? 'hits' : 'hits none' },
              hitsText(count),
            ),
          ),
          message === '' ? null : h('p', {}, brief(message, 400)),
          when === null || when === undefined
            ? h('p', { class: 'muted' }, 'Always')
            : json(when, `Conditions of ${key}`),
        )
      }),
    ),
  ]
}

async function lint(): Promise<Child> {
  const { findings } = await get<{ findings: readonly Finding[] }>('/v1/policies/lint').catch(
    (error) => {
      if (error instanceof Problem && error.status === 404) {
        throw new Error('not on this server; `rampart policy lint` has them')
      }
      throw error
    },
  )
  if (findings.length === 0) {
    return card(
      'Findings',
      h('p', { class: 'muted' }, 'None: nothing in your files looks unintended.'),
    )
  }
  return card(
    `Findings (${findings.length})`,
    h(
      'ul',
      { class: 'findings' },
      findings.map(({ file, line, col, severity, code, message }) =>
        h(
          'li',
          {},
          h(
            'span',
            { class: `badge ${severity === 'warning' ? 'ask' : 'plain'}` },
            brief(severity, 20),
          ),
          ' ',
          h('code', {}, brief(`${file}:${line}:${col}`, 160)),
          ' ',
          h('strong', {}, brief(code, 40)),
          ' ',
          brief(message, 400),
        )
      ),
    ),
  )
}

function hitsText(count: number): string {
  return count === 0 ? 'never hit' : count === 1 ? '1 hit' : `${count.toLocaleString('en')} hits`
}
