import type { AuditEvent } from '../../audit/event.ts'
import { callText, leftOf, uniqueStart, type WireApproval } from '../approval-text.ts'
import { PAGE } from '../approvals.ts'
import type { Colour } from '../output.ts'
import { subjectOf } from '../trail.ts'
import { detailOf } from './detail.ts'
import { chosenEvent, type State, visibleApprovals, visibleEvents } from './state.ts'
import { cell, fit, widthOf } from './width.ts'

/** A piece of a line, escaped already. */
export interface Span {
  readonly text: string
  readonly tone?: Colour | undefined
}
export type Row = readonly Span[]

/** Smaller than this nothing can be answered with open eyes. */
const LEAST_COLUMNS = 40
const LEAST_ROWS = 8

/** The screen for a state: as many lines as it has rows, none wider than it has columns. */
export function render(state: State): readonly Row[] {
  const { columns, rows } = state
  const lines = columns < LEAST_COLUMNS || rows < LEAST_ROWS
    ? [plain(`rampart watch needs ${LEAST_COLUMNS}×${LEAST_ROWS}`)]
    : [title(state), ...body(state, rows - 2), footer(state)]
  return lines.slice(0, rows).map((line) => clipped(line, columns))
}

function body(state: State, height: number): Row[] {
  if (state.help) return filled(HELP.map(plain), height)
  if (state.keeping !== undefined) return filled(keepingOf(state), height)
  // Two lists and what is chosen, which gets what the lists leave, and nearly half where they are long.
  const detail = detailOf(state)
  const least = detail.length === 0
    ? 0
    : Math.min(detail.length, Math.max(3, Math.floor(height * 0.45)))
  const waiting = Math.max(1, visibleApprovals(state).length)
  const forApprovals = Math.min(waiting, Math.max(1, Math.floor((height - least) * 0.4) - 1)) + 1
  const events = Math.max(1, visibleEvents(state).length) + 1
  const forDetail = Math.min(detail.length, Math.max(least, height - forApprovals - events))
  const forEvents = height - forDetail - forApprovals
  return [
    ...filled(approvalsOf(state, forApprovals), forApprovals),
    ...filled(eventsOf(state, forEvents), forEvents),
    ...filled(scrolled(detail, state.scroll, forDetail), forDetail),
  ]
}

function title({ link, linkText, mode, approvals, filter, typed }: State): Row {
  const dot: Span = link === 'live'
    ? { text: 'live', tone: 'green' }
    : { text: cell(linkText === '' ? link : linkText), tone: link === 'lost' ? 'red' : 'yellow' }
  const count = approvals.length
  const filtered = (typed ?? filter) === '' ? '' : `  filter "${cell(typed ?? filter)}"`
  return [
    { text: 'rampart watch  ', tone: 'bold' },
    dot,
    ...(mode === '' ? [] : [{ text: `  ${cell(mode)}` }]),
    {
      text: `  ${count}${count >= PAGE ? ' and more' : ''} waiting`,
      tone: count > 0 ? 'yellow' : undefined,
    },
    { text: filtered, tone: 'blue' },
  ]
}

function footer(state: State): Row {
  const { typed, note, keeping } = state
  if (typed !== undefined) return [{ text: `/${cell(typed)}_  Enter keeps it, Esc does not` }]
  if (note !== undefined) return [{ text: cell(note.text), tone: note.tone }]
  if (keeping?.isConfirming === true) {
    return [{ text: 'Keep this? y yes, any other key no', tone: 'yellow' }]
  }
  if (keeping !== undefined) return plain('j/k choose  Enter keep  Esc back')
  return plain('a approve  d deny  A always  j/k move  Tab pane  / filter  ? help  q quit')
}

const HELP = [
  '',
  ' a        approve the chosen call, once',
  ' d        deny it',
  ' A        approve it from now on: choose what counts as the same',
  ' j k ↓ ↑  choose',
  ' g G      first, last',
  ' Tab      between calls that wait and decisions',
  ' Space b  scroll what is shown of the chosen one',
  ' /        filter, Esc takes it away',
  ' q        quit',
  '',
  ' A call is answered only while it is chosen. One that waits no',
  ' longer is no longer chosen, and no other takes its place.',
]

function approvalsOf(state: State, height: number): Row[] {
  const { approvals, refused, pane, busy, now, columns } = state
  const shown = visibleApprovals(state)
  const hidden = approvals.length - shown.length
  const head = heading(
    'Waiting',
    hidden > 0 ? `, ${hidden} filtered out` : '',
    pane === 'approvals',
  )
  if (refused !== undefined) return [head, [{ text: `  ${cell(refused)}`, tone: 'red' }]]
  if (shown.length === 0) return [head, [{ text: '  Nothing waits for you', tone: 'grey' }]]
  const at = shown.findIndex(({ id }) => id === state.approval)
  return [
    head,
    ...windowOf(shown, at, height - 1).map((approval) => {
      const chosen = approval.id === state.approval
      return approvalRow(approval, chosen, busy.has(approval.id), now, columns, approvals)
    }),
  ]
}

function approvalRow(
  approval: WireApproval,
  chosen: boolean,
  isBusy: boolean,
  now: number,
  columns: number,
  all: readonly WireApproval[],
): Row {
  const { id, agent, tool, params } = approval
  const left = isBusy ? 'answering' : leftOf(approval, now).replace(' left', '')
  const start = cell(id.slice(0, uniqueStart(id, all)))
  const head = `${mark(chosen)}${start}  `
  const wide = columns >= 70
  const who = wide ? `  ${fit(cell(agent), 16)}` : ''
  const room = columns - widthOf(head) - 11 - widthOf(who)
  return [
    { text: head, tone: chosen ? 'bold' : undefined },
    { text: `${left.padEnd(9).slice(0, 9)}  `, tone: left === 'expired' ? 'red' : 'yellow' },
    { text: fit(`${cell(tool)}  ${cell(startOf(callText(params)))}`, room) },
    { text: who, tone: 'grey' },
  ]
}

function eventsOf(state: State, height: number): Row[] {
  const events = visibleEvents(state)
  const newest = [...events].reverse()
  const head = heading('Decisions', '', state.pane === 'events')
  if (newest.length === 0) return [head, [{ text: '  None yet', tone: 'grey' }]]
  const chosen = state.pane === 'events' ? chosenEvent(state)?.seq : undefined
  const at = newest.findIndex(({ seq }) => seq === chosen)
  return [
    head,
    ...windowOf(newest, at, height - 1).map((event) =>
      eventRow(event, event.seq === chosen, state.columns)
    ),
  ]
}

const TONES: ReadonlyMap<string, Colour> = new Map<string, Colour>([
  ['deny', 'red'],
  ['denied', 'red'],
  ['expired', 'red'],
  ['require_approval', 'yellow'],
  ['webhook', 'yellow'],
  ['log', 'blue'],
  ['allow', 'green'],
  ['approved', 'green'],
])
/** Longer words would push away what the call is. */
const SHORT: ReadonlyMap<string, string> = new Map([['require_approval', 'ask']])

function eventRow(event: AuditEvent, chosen: boolean, columns: number): Row {
  const { time, kind, agent, tool, decision, enforced } = event
  const action = fit(cell(SHORT.get(decision.action) ?? decision.action), 8)
  const dry = kind === 'decision' && !enforced ? 'dry ' : ''
  const { approval } = (event.request ?? {}) as { approval?: unknown }
  const what = kind === 'decision'
    ? subjectOf(event)
    : `${kind}: ${typeof approval === 'string' ? approval : subjectOf(event)}`
  const who = columns >= 70 ? `${fit(cell(agent), 16)}  ` : ''
  const clock = /T(\d\d:\d\d:\d\d)/.exec(time)?.[1] ?? '        '
  return [
    { text: `${mark(chosen)}${clock}  `, tone: chosen ? 'bold' : undefined },
    {
      text: `${action}${' '.repeat(Math.max(0, 8 - widthOf(action)))}  `,
      tone: TONES.get(decision.action),
    },
    { text: `${dry}${who}${fit(cell(tool), 20)}  ${cell(startOf(what))}` },
  ]
}

function keepingOf(state: State): Row[] {
  const { keeping, approvals, columns } = state
  const approval = approvals.find(({ id }) => id === keeping?.id)
  const head: Row[] = [
    heading('Always', '', true),
    plain(`  ${cell(startOf(callText(approval?.params ?? {})))}`),
    plain(''),
  ]
  if (keeping?.choices === undefined) return [...head, plain('  Asking what may be kept…')]
  if (keeping.choices.length === 0) return [...head, plain('  There is nothing to choose from')]
  return [
    ...head,
    ...keeping.choices.flatMap((choice, index): Row[] => {
      const { generalisation, text, available, refused, matched, admits = [] } = choice
      const tone: Colour | undefined = available ? undefined : 'grey'
      const said = available
        ? matched === undefined
          ? ''
          : `would have matched ${matched.count} of the last ${matched.of} calls`
        : `not offered: ${refused ?? 'no reason is given'}`
      const admitted = admits.slice(0, 3).map(({ command }) => `would newly admit: ${command}`)
      return [
        [{
          text: `${mark(index === keeping.at)}${cell(generalisation)}`,
          tone: available ? 'bold' : 'grey',
        }],
        [{ text: `    ${fit(cell(text), columns - 4)}`, tone }],
        ...(said === '' ? [] : [[{ text: `    ${cell(said)}`, tone }]]),
        ...admitted.map((line): Row => [{ text: `    ${cell(line)}`, tone: 'red' }]),
      ]
    }),
  ]
}

function heading(text: string, more: string, isFocused: boolean): Row {
  return [{ text: `${isFocused ? '▶' : ' '} ${text}`, tone: 'bold' }, { text: more, tone: 'grey' }]
}

/** No line of a screen is longer; what comes behind it stands below, in the detail. */
function startOf(text: string): string {
  return text.length > 1000 ? `${text.slice(0, 1000)}…` : text
}

function mark(chosen: boolean): string {
  return chosen ? '> ' : '  '
}

function plain(text: string): Row {
  return [{ text }]
}

/** So many of a list that the one at a place is among them. */
function windowOf<T>(list: readonly T[], at: number, height: number): readonly T[] {
  const most = Math.max(0, height)
  const from = Math.max(0, Math.min(at - Math.floor(most / 2), list.length - most))
  return list.slice(at < 0 ? 0 : from, (at < 0 ? 0 : from) + most)
}

/** The head stays, what is below it moves; there is always something to see. */
function scrolled(lines: readonly Row[], by: number, height: number): Row[] {
  const [head, ...rest] = lines
  if (head === undefined) return []
  const room = Math.max(0, height - 1)
  const from = Math.max(0, Math.min(by, rest.length - room))
  const shown = rest.slice(from, from + room)
  const below = rest.length - from - shown.length
  if (below > 0 && shown.length > 0) {
    shown[shown.length - 1] = [{ text: `  … ${below + 1} more lines: Space`, tone: 'yellow' }]
  }
  return [head, ...shown]
}

function filled(lines: readonly Row[], height: number): Row[] {
  const shown = lines.slice(0, Math.max(0, height))
  return [...shown, ...Array.from({ length: Math.max(0, height - shown.length) }, () => plain(''))]
}

function clipped(row: Row, columns: number): Row {
  let left = columns
  const shown: Span[] = []
  for (const { text, tone } of row) {
    const part = fit(text, left)
    if (part !== '') shown.push({ text: part, tone })
    left -= widthOf(part)
    if (part.length < text.length) break
  }
  return shown
}

/** The lines as text alone. */
export function textOf(rows: readonly Row[]): string[] {
  return rows.map((row) => row.map(({ text }) => text).join('').trimEnd())
}
