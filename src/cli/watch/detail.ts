import { describe } from '../approval-text.ts'
import type { Colour } from '../output.ts'
import { subjectOf } from '../trail.ts'
import type { Row } from './render.ts'
import { chosenApproval, chosenEvent, type State } from './state.ts'
import { cell, wrap } from './width.ts'

/** Longest text of one line of it, in characters: the whole is to be had as JSON. */
const MOST = 20_000

interface Line {
  readonly label: string
  readonly text: string
  readonly tone?: Colour | undefined
}

/** Everything there is about what is chosen: its head, then lines that fit. Empty where nothing is. */
export function detailOf(state: State): readonly Row[] {
  const { pane, columns, now } = state
  if (pane === 'events') return ofEvent(state)
  const approval = chosenApproval(state)
  if (approval === undefined) return []
  const { id, tool, agent, session } = approval
  return [
    [{ text: `  ${cell(`${tool} by ${agent} (session ${session})`)}`, tone: 'bold' }],
    ...rowsOf([...describe(approval, now), { label: 'id', text: id }], columns),
  ]
}

function ofEvent(state: State): readonly Row[] {
  const event = chosenEvent(state)
  if (event === undefined) return []
  const { decision, links = [], request } = event
  const said = (label: string, text: string | undefined): Line[] =>
    text === undefined || text === '' ? [] : [{ label, text }]
  const lines = [
    ...said('call', subjectOf(event)),
    ...said('says', decision.message),
    ...said('rule', decision.rule),
    ...said('policy', decision.policy),
    ...said('agent', event.agent),
    ...said('session', event.session),
    ...said('run', event.run_id),
    ...said(
      'by',
      `${event.principal} via ${event.via}, ${event.enforced ? 'enforced' : 'not enforced'}`,
    ),
    ...said('effects', effectsOf(decision.effects)),
    ...said('request', JSON.stringify(request ?? null)),
    ...said('links', Array.isArray(links) ? links.join(', ') : ''),
    ...said('id', event.id),
  ]
  return [
    [{
      text: `  ${cell(`${event.kind} ${event.seq}: ${decision.action} ${event.tool}`)}`,
      tone: 'bold',
    }],
    ...rowsOf(lines, state.columns),
  ]
}

function effectsOf(effects: unknown): string {
  if (!Array.isArray(effects)) return ''
  return effects.slice(0, 40).map((effect: Record<string, unknown> | null) =>
    `${effect?.tool} ${effect?.path ?? effect?.url ?? ''}`
  ).join(', ')
}

const LABEL = 10

function rowsOf(lines: readonly Line[], columns: number): Row[] {
  return lines.flatMap(({ label, text, tone }): Row[] => {
    const cut = text.length > MOST
      ? `${text.slice(0, MOST / 2)} …[${text.length - MOST} more characters]… ${
        text.slice(-MOST / 2)
      }`
      : text
    return wrap(cell(cut), columns - LABEL - 2).map((part, index): Row => [
      { text: `  ${(index === 0 ? label : '').padEnd(LABEL)}`, tone: 'grey' },
      { text: part, tone },
    ])
  })
}
