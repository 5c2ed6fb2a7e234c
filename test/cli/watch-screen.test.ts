import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { parseDocument } from 'yaml'
import type { WireApproval } from '../../src/cli/approval-text.ts'
import { press } from '../../src/cli/watch/press.ts'
import { render, textOf } from '../../src/cli/watch/render.ts'
import { painted } from '../../src/cli/watch/screen.ts'
import { firstState, type State, withApprovals, withEvents } from '../../src/cli/watch/state.ts'
import { widthOf } from '../../src/cli/watch/width.ts'
import type { AuditEvent } from '../../src/audit/event.ts'
import { hostileTexts, trailLine } from '../helpers/formats.ts'
import { APPROVALS, CHOICES, EVENTS, NOW } from '../helpers/watch.ts'

interface Case {
  readonly name: string
  readonly columns: number
  readonly rows: number
  readonly link?: 'live' | 'lost'
  readonly approvals?: readonly string[]
  readonly events?: readonly string[]
  readonly keys?: readonly string[]
  readonly choices?: boolean
  readonly gone?: readonly string[]
  readonly then?: readonly string[]
  readonly refused?: boolean
  readonly screen?: string
}

const PATH = fileURLToPath(new URL('../fixtures/cli/watch.yaml', import.meta.url))

function stateOf(one: Case): State {
  const { columns, rows, link, approvals = [], events = [], keys = [], then = [] } = one
  const text = link === 'lost' ? 'no connection, again in 2 s (ECONNREFUSED)' : ''
  let state = firstState(columns, rows, NOW)
  state = { ...state, link: link ?? 'connecting', linkText: text, mode: link ? 'enforce' : '' }
  state = withEvents(state, events.map((name) => EVENTS[name]!))
  state = withApprovals(state, approvals.map((name) => APPROVALS[name]!), true)
  if (one.refused) {
    state = { ...state, refused: 'No approvals: This needs the scope approve or eval' }
  }
  for (const key of keys) state = press(state, key).state
  if (one.choices) {
    assert.ok(state.keeping)
    state = { ...state, keeping: { ...state.keeping, choices: CHOICES } }
  }
  if (one.gone) {
    const left = approvals.filter((name) => !one.gone!.includes(name))
    state = withApprovals(state, left.map((name) => APPROVALS[name]!))
  }
  for (const key of then) state = press(state, key).state
  return state
}

const document = parseDocument(readFileSync(PATH, 'utf8'))
const cases = document.toJS() as Case[]

if (process.env.UPDATE === '1') {
  cases.forEach((one, index) => {
    document.setIn([index, 'screen'], `${textOf(render(stateOf(one))).join('\n')}\n`)
  })
  writeFileSync(PATH, document.toString({ lineWidth: 0 }))
}

test('there are screens, and docs/watch.md shows one of them', () => {
  assert.ok(cases.length > 10)
  const page = readFileSync(new URL('../../docs/watch.md', import.meta.url), 'utf8')
  assert.ok(cases.some(({ screen }) => screen !== undefined && page.includes(screen)))
})

for (const one of cases) {
  test(`screen: ${one.name}`, () => {
    const lines = textOf(render(stateOf(one)))
    for (const line of lines) assert.ok(widthOf(line) <= one.columns, line)
    assert.equal(`${lines.join('\n')}\n`, one.screen)
  })
}

test('F13 whatever an agent wrote: every line fits, and holds nothing that a terminal obeys', () => {
  const texts = hostileTexts().map(({ text }) => text.slice(0, 50_000))
  const hostile = (text: string, seq: number): AuditEvent =>
    trailLine({
      agent: text,
      tool: text,
      session: text,
      request: { params: { command: text } },
      decision: { action: text, rule: text, message: text, policy: text, eval_us: 1 },
      links: [text],
    }, seq).event
  const approval = (text: string): WireApproval => ({
    ...APPROVALS.deploy!,
    id: text === '' ? '-' : text,
    agent: text,
    tool: text,
    params: { command: text, other: text },
    message: text,
    code: text,
    expires_at: text,
    parts: [{ kind: text, text, action: text }, { kind: 'part', text }],
    effects: [{ tool: text, path: text, by: text }],
  })
  const keys = ['tab', 'j', 'k', '/', 'enter', 'A', '?', 'escape', ' ', 'G', 'a', 'd', '日']
  fc.assert(
    fc.property(
      fc.constantFrom(...texts),
      fc.integer({ min: 1, max: 130 }),
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.constantFrom(...keys), { maxLength: 6 }),
      (text, columns, rows, pressed) => {
        let state = withEvents(firstState(columns, rows, NOW), [hostile(text, 1), hostile(text, 2)])
        state = { ...state, link: 'lost', linkText: text, mode: text, note: { text, tone: 'red' } }
        state = withApprovals(state, [approval(text), APPROVALS.deploy!], true)
        for (const key of pressed) state = press(state, key).state
        const lines = render(state)
        assert.ok(lines.length <= rows)
        for (const line of textOf(lines)) {
          assert.ok(widthOf(line) <= columns)
          assert.ok(!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(line))
        }
        const coloured = painted(lines, true).join('')
        // deno-lint-ignore no-control-regex
        assert.ok(!coloured.replaceAll(/\x1b\[\d{1,2}m/g, '').includes('\x1b'))
      },
    ),
    { numRuns: 150 },
  )
})

test('NO_COLOR: not one sequence, and what is chosen is still marked', () => {
  const state = withApprovals(firstState(80, 20, NOW), [APPROVALS.deploy!], true)
  const lines = painted(render(state), false)
  assert.ok(!lines.join('').includes('\x1b'))
  assert.ok(lines.some((line) => line.startsWith('> ')))
})
