import { post } from './api.ts'
import { badge, card, clock, effectList, facts, slot } from './bits.ts'
import { changesOf, diffBlock } from './diff.ts'
import type { AnswerForm } from './approval-form.ts'
import { type Child, h } from './dom.ts'
import { block, brief, caution, json, shown } from './shown.ts'
import { partTree } from './tree.ts'
import type { Approval, Explanation, Json } from './wire.ts'

/** Everything the question holds; `form` is where it is answered. */
export function approvalDetail(approval: Approval, form: AnswerForm | undefined): HTMLElement {
  const { message, policy, rule, tool, agent, session } = approval
  return h(
    'article',
    { class: 'ask' },
    h(
      'header',
      {},
      h(
        'p',
        { class: 'who' },
        badge(approval.status),
        ' ',
        h('strong', {}, brief(agent, 80)),
        ' wants ',
        h('strong', {}, brief(tool, 80)),
        h('span', { class: 'muted' }, ' in session ', brief(session, 60)),
      ),
      h('h2', { class: 'asks-why' }, brief(message, 400)),
      rule === null ? null : h(
        'p',
        { class: 'muted' },
        'Rule ',
        h('code', {}, brief(rule, 120)),
        ' of ',
        h('a', { href: '#/policies' }, brief(policy ?? '', 120)),
      ),
      caution(`${agent} ${session} ${tool}`),
    ),
    callParts(approval),
    form?.element,
    about(approval),
    form?.bar,
  )
}

/** What would happen: the command, path, URL or change itself, then what it was read as and touches. */
function callParts(approval: Approval): Child {
  const { params } = approval
  const named = (['command', 'path', 'file_path', 'url'] as const).filter((key) =>
    typeof params[key] === 'string'
  )
  const changes = changesOf(params)
  const told = new Set<string>([...named, ...(changes === undefined ? [] : CHANGE_KEYS)])
  const others = Object.fromEntries(Object.entries(params).filter(([key]) => !told.has(key)))
  return [
    named.map((key) => card(TITLES[key], block(params[key] as string, TITLES[key]))),
    changes === undefined ? null : card('Change', changes.map(diffBlock)),
    Object.keys(others).length > 0
      ? card(
        named.length + (changes?.length ?? 0) > 0 ? 'Other parameters' : 'Parameters',
        json(others as Json, 'Parameters'),
      )
      : null,
    whatItDoes(approval),
  ]
}

const TITLES = { command: 'Command', path: 'Path', file_path: 'Path', url: 'URL' } as const
const CHANGE_KEYS = ['edits', 'old_string', 'new_string', 'content', 'contents', 'file_text']

function whatItDoes(approval: Approval): HTMLElement {
  const { parts, effects, effects_complete } = approval
  if (parts !== undefined && effects !== undefined) {
    return card(
      'What it does',
      parts.length > 0 ? partTree(parts) : null,
      h('h3', {}, 'Touches'),
      effectList(effects, effects_complete),
      approval.candidates_omitted
        ? h('p', { class: 'caution' }, 'Some of what its names may stand for is left out.')
        : null,
    )
  }
  const place = slot()
  void place.load(() => explained(approval), 'What it does')
  return card('What it does', place.element)
}

/** Of a server that sends no parts: what the policies read now. */
async function explained({ agent, session, tool, params, cwd }: Approval): Promise<Child> {
  const { subjects, answer } = await post<Explanation>('/v1/policy/explain', {
    agent,
    session,
    tool,
    params,
    ...(cwd === null ? {} : { cwd }),
  })
  return [
    partTree(subjects.map(({ kind, label, of }) => ({ kind, text: label, of: of ?? null }))),
    h('h3', {}, 'Touches'),
    effectList(answer.effects, answer.effects_complete),
  ]
}

function about(approval: Approval): HTMLElement {
  const { answers = [] } = approval
  return card(
    'About this question',
    facts([
      ['Asked', clock(approval.created_at)],
      ['Working directory', approval.cwd === null ? null : h('code', {}, brief(approval.cwd, 300))],
      ['Credential', h('code', {}, brief(approval.principal, 80))],
      ['Run', approval.run_id === null ? null : brief(approval.run_id, 80)],
      ['Tool call', approval.tool_call_id === null ? null : brief(approval.tool_call_id, 80)],
      ['Callers waiting', approval.waiters === undefined ? null : String(approval.waiters)],
      ['Code', approval.code === undefined ? null : h('code', {}, brief(approval.code, 80))],
      ['People needed', (approval.approvers ?? 1) > 1 ? String(approval.approvers) : null],
      [
        'Answers',
        answers.length === 0 ? null : answers.map(({ principal, name, approved, channel }) =>
          h(
            'div',
            {},
            badge(approved ? 'approved' : 'denied'),
            ' ',
            shown(name ?? principal),
            ` by ${channel}`,
          )
        ),
      ],
      [
        'Decision',
        approval.audit_id === null ? null : h(
          'a',
          { href: `#/audit/event/${encodeURIComponent(approval.audit_id)}` },
          'in the audit trail',
        ),
      ],
      ['Id', h('code', {}, brief(approval.id, 80))],
    ]),
  )
}
