import { jsx } from 'hono/jsx'
import { documentOf, type Node } from './html.ts'
import { approversOf, codeOf, type ShownPart } from '../approval/approval.ts'
import { display, mixedScriptWords } from '../audit/display.ts'
import type { Json } from '../engine/types.ts'
import type { SeenApproval } from '../service/api.ts'
import type { LinkView } from '../service/links.ts'
import { changesOf } from './link-diff.ts'

type Question = Extract<LinkView, { readonly kind: 'question' }>

/** No quote, ampersand or angle bracket: nothing in it is escaped, so its hash is what it says. */
export const LINK_STYLE = [
  ':root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}',
  'body{max-width:44rem;margin:0 auto;padding:1rem}',
  'h1{font-size:1.4rem;line-height:1.25}h2{font-size:1rem;margin:1.5rem 0 .25rem}',
  'pre,code{font:14px/1.45 ui-monospace,monospace;overflow-wrap:anywhere}',
  'pre{white-space:pre-wrap;margin:.25rem 0;padding:.6rem;border:1px solid #8888;border-radius:.4rem}',
  'dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem .8rem;margin:0}',
  'dt{opacity:.75}dd{margin:0;overflow-wrap:anywhere}',
  'ul{margin:.25rem 0;padding-left:1.2rem}',
  '.warn{border-left:.3rem solid #d29922;padding-left:.6rem}',
  '.gone{text-decoration:line-through;opacity:.75}',
  'form{display:flex;gap:.8rem;margin:1.2rem 0;flex-wrap:wrap}',
  'button{font:inherit;font-weight:600;padding:.7rem 1.6rem;border-radius:.4rem;border:2px solid;cursor:pointer}',
  '.yes{background:#1a7f37;border-color:#1a7f37;color:#fff}',
  '.no{background:Canvas;border-color:#cf222e;color:CanvasText}',
].join('')

const h = (tag: string, text: string, props: Record<string, string> = {}): Node =>
  jsx(tag, props, text)
/** An agent's text on as many lines as it has, with everything unseen spelled out. */
const lines = (text: string): string => text.split('\n').map(display).join('\n')

/** The page of a question: all of it, what became of it, and the form where there is one. */
export function questionPage(view: Question): string {
  const { approval, form, expiresAt, now } = view
  const isOpen = approval.status === 'pending' && now < expiresAt
  const left = Math.max(0, Math.ceil((expiresAt - now) / 1000))
  return page(isOpen ? 'May this be done?' : 'This question is over', [
    h('h1', isOpen ? 'May this be done?' : `This question is ${WORDS[approval.status]}`),
    ...(isOpen ? [h('p', countdown(left, expiresAt))] : outcomeOf(approval)),
    ...subjectOf(approval),
    ...warningsOf(approval),
    ...(form === undefined ? noForm(view, isOpen) : [formOf(form)]),
    ...changesOf(approval).flatMap(changeNodes),
    ...aboutOf(approval),
    ...partsOf(approval),
    ...effectsOf(approval),
    ...paramsOf(approval),
  ], isOpen ? left + 1 : undefined)
}

/** A page with one sentence. */
export function sentencePage(title: string, text: string): string {
  return page(title, [h('h1', title), h('p', text)])
}

const WORDS: Readonly<Record<SeenApproval['status'], string>> = {
  pending: 'over',
  approved: 'approved',
  denied: 'denied',
  expired: 'expired',
  cancelled: 'withdrawn',
  used: 'approved, and the call was made',
}

function countdown(seconds: number, until: number): string {
  const minutes = Math.floor(seconds / 60)
  const left = minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds % 60} s`
  return `${left} left when this page was made: until ${new Date(until).toISOString()}`
}

function outcomeOf(approval: SeenApproval): Node[] {
  const { resolvedBy, resolvedName, reason } = approval
  const by = resolvedBy === undefined ? '' : `By ${display(resolvedName ?? resolvedBy)}. `
  const why = reason === undefined ? '' : `Reason: ${display(reason)}`
  return by + why === '' ? [] : [h('p', by + why)]
}

const MAIN = ['command', 'url', 'path', 'file_path'] as const

function subjectOf({ tool, params }: SeenApproval): Node[] {
  const name = MAIN.find((key) => typeof params[key] === 'string' && params[key] !== '')
  const label = name === undefined ? `Tool ${display(tool)}` : `${display(tool)}: ${name}`
  const text = name === undefined ? JSON.stringify(params) : String(params[name])
  return [h('h2', label), jsx('pre', {}, h('code', lines(text)))]
}

function formOf(form: string): Node {
  return jsx(
    'form',
    { method: 'post' },
    jsx('input', { type: 'hidden', name: 'form', value: form }),
    h('button', 'Approve once', { class: 'yes', name: 'answer', value: 'approve' }),
    h('button', 'Deny', { class: 'no', name: 'answer', value: 'deny' }),
  )
}

function noForm({ mode }: Question, isOpen: boolean): Node[] {
  if (!isOpen) return []
  const why = mode === 'view'
    ? 'Links only show questions here. Answer in the dashboard or with: rampart approve'
    : 'This link has decided already.'
  return [h('p', why, { class: 'warn' })]
}

function warningsOf({ params, shown }: SeenApproval): Node[] {
  const mixed = mixedScriptWords(JSON.stringify(params)).slice(0, 5).map(display)
  const warnings = [
    ...(mixed.length === 0 ? [] : [`Words that mix alphabets: ${mixed.join(', ')}`]),
    ...(shown?.effectsComplete === true ? [] : ['It may touch more than is listed here.']),
    ...((shown?.omitted ?? 0) > 0 ? [`${shown!.omitted} more parts are not listed.`] : []),
  ]
  return warnings.map((text) => h('p', text, { class: 'warn' }))
}

function aboutOf(approval: SeenApproval): Node[] {
  const { agent, agentBound, session, runId, cwd, policy, rule, message, principal } = approval
  const rows: (readonly [string, string | undefined])[] = [
    ['Why', message],
    ['Policy', rule ?? policy ?? 'default_action'],
    ['Agent', agentBound === true ? agent : `${agent} (by its own account)`],
    ['Session', session],
    ['Run', runId],
    ['Credential', principal],
    ['Directory', cwd],
    ['Code', codeOf(approval)],
    ['People needed', approversOf(approval) === 1 ? undefined : String(approversOf(approval))],
  ]
  return [
    h('h2', 'Who asks, and why'),
    jsx(
      'dl',
      {},
      ...rows.flatMap(([label, text]) =>
        text === undefined || text === '' ? [] : [h('dt', label), h('dd', display(text))]
      ),
    ),
  ]
}

function partsOf({ shown }: SeenApproval): Node[] {
  const parts = shown?.parts ?? []
  if (parts.length === 0) return []
  const children = (of: number | undefined): Node[] =>
    parts.flatMap((part, index) => part.of === of ? [partOf(part, children(index))] : [])
  return [h('h2', 'What it would run'), jsx('ul', {}, ...children(undefined))]
}

function partOf({ kind, text, action }: ShownPart, children: Node[]): Node {
  return jsx(
    'li',
    {},
    h('code', display(text)),
    ` ${kind}${action === undefined ? '' : `: ${action}`}`,
    ...(children.length === 0 ? [] : [jsx('ul', {}, ...children)]),
  )
}

function effectsOf({ shown }: SeenApproval): Node[] {
  const effects = shown?.effects ?? []
  if (effects.length === 0) return []
  return [
    h('h2', 'What it would touch'),
    jsx(
      'ul',
      {},
      ...effects.map(({ tool, path, url, by }) =>
        jsx('li', {}, `${tool} `, h('code', display(path ?? url ?? '')), ` (${display(by)})`)
      ),
    ),
  ]
}

function paramsOf({ params }: SeenApproval): Node[] {
  return [
    h('h2', 'All parameters'),
    ...Object.entries(params).flatMap(([name, value]) => [
      h('p', display(name)),
      jsx('pre', {}, h('code', lines(textOf(value)))),
    ]),
  ]
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2)
}

function changeNodes({ label, gone, come }: ReturnType<typeof changesOf>[number]): Node[] {
  return [
    h('h2', label),
    jsx(
      'pre',
      {},
      ...gone.flatMap((line) => [h('span', `- ${display(line)}`, { class: 'gone' }), '\n']),
      ...come.flatMap((line) => [h('span', `+ ${display(line)}`), '\n']),
    ),
  ]
}

/** `refresh` seconds later the page is asked for again: it says itself that the question is over. */
function page(title: string, body: readonly Node[], refresh?: number): string {
  const again = refresh === undefined
    ? []
    : [jsx('meta', { 'http-equiv': 'refresh', content: String(refresh) })]
  return documentOf(`${title} · Rampart`, [...again, h('style', LINK_STYLE)], [
    jsx('main', {}, ...body),
  ])
}
