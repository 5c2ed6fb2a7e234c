import { abridge, mixedScriptWords } from './display.ts'
import type { Colour } from './output.ts'

/** An approval as the server sends it; only what we show is named. Older servers leave out what is optional. */
export interface WireApproval {
  readonly id: string
  readonly status: string
  readonly agent: string
  readonly session: string
  readonly tool: string
  readonly params: Readonly<Record<string, unknown>>
  readonly message: string
  readonly principal?: string | undefined
  readonly run_id?: string | null | undefined
  readonly policy?: string | null | undefined
  readonly rule?: string | null | undefined
  readonly cwd?: string | null | undefined
  readonly created_at?: string | undefined
  readonly expires_at: string
  readonly code?: string | undefined
  readonly parts?: readonly WirePart[] | undefined
  readonly candidates_omitted?: number | undefined
  readonly effects?: readonly WireEffect[] | undefined
  readonly effects_complete?: boolean | undefined
  readonly approvers?: number | undefined
  readonly answers?: readonly WireAnswer[] | undefined
  readonly waiters?: number | undefined
}

interface WirePart {
  readonly kind: string
  readonly text: string
  readonly of?: number | undefined
  readonly action?: string | undefined
}

interface WireEffect {
  readonly tool: string
  readonly path?: string | undefined
  readonly url?: string | undefined
  readonly by: string
}

interface WireAnswer {
  readonly principal: string
  readonly name?: string | null | undefined
  readonly approved: boolean
}

/** What is said of an approval, a line at a time. The text is the agent's: whoever shows it escapes it. */
export interface Said {
  readonly label: string
  readonly text: string
  readonly tone?: Colour | undefined
}

/** Longest call that is shown whole. */
export const WHOLE = 4000
const MOST_PARTS = 40
const MOST_EFFECTS = 40

/** Everything that a person needs before answering: the call first, look-alikes named (security.md F13). */
export function describe(approval: WireApproval, now: number): readonly Said[] {
  const { cwd, rule, message, code, params } = approval
  const call = callText(params)
  const long = [...call].length > WHOLE
  const mixed = mixedScriptWords(call)
  return [
    { label: 'call', text: call },
    ...said('', long ? 'too long to be shown whole: rampart pending --json' : undefined, 'yellow'),
    ...said(
      'caution',
      mixed.length === 0 ? undefined : `words of mixed script: ${spelled(mixed)}`,
      'red',
    ),
    ...said('in', cwd),
    ...partsOf(approval),
    ...effectsOf(approval),
    ...said('rule', rule),
    { label: 'asks', text: message },
    ...answersOf(approval),
    ...said('code', code),
    { label: 'until', text: `${approval.expires_at} (${leftOf(approval, now)})` },
    ...waiting(approval),
  ]
}

/** The command, path or URL where that is all there is, else the parameters. */
export function callText(params: WireApproval['params']): string {
  const entries = Object.entries(params ?? {})
  const [only] = entries
  return entries.length === 1 && typeof only?.[1] === 'string'
    ? only[1]
    : JSON.stringify(params ?? {})
}

/** How long there is left to answer. */
export function leftOf({ expires_at }: WireApproval, now: number): string {
  const seconds = Math.floor((Date.parse(expires_at) - now) / 1000)
  if (!(seconds > 0)) return 'expired'
  if (seconds < 60) return `${seconds}s left`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${seconds % 60}s left`
  return `${Math.floor(seconds / 3600)}h ${Math.floor(seconds % 3600 / 60)}m left`
}

/** So much of each id that no other one starts like it; 8 characters at least. */
export function uniqueStart(id: string, all: readonly { readonly id: string }[]): number {
  let length = Math.min(8, id.length)
  // No id of ours is longer.
  if (id.length > 128) return length
  const starts = () =>
    all.filter((other) => other.id !== id && other.id.startsWith(id.slice(0, length)))
  while (length < id.length && starts().length > 0) length += 1
  return length
}

function said(label: string, text: string | null | undefined, tone?: Colour): Said[] {
  return text === undefined || text === null || text === '' ? [] : [{ label, text, tone }]
}

const TONES: ReadonlyMap<string | undefined, Colour> = new Map([
  ['deny', 'red'],
  ['require_approval', 'yellow'],
])

/** The simple commands with what each implies below it; a call that is one part only says nothing new. */
function partsOf({ parts = [], candidates_omitted: omitted = 0 }: WireApproval): Said[] {
  const rows = parts.map((part, index) => ({ ...part, index }))
  const tops = rows.filter(({ of, kind }) => of === undefined && kind !== 'effect')
  if (tops.length < 2 && rows.every(({ action }) => action === undefined)) return []
  const lines = tops.flatMap((top): Said[] => [
    partLine(top, ''),
    ...rows.filter(({ of }) => of === top.index).map((row) => partLine(row, '  ')),
  ])
  const left = omitted + Math.max(0, lines.length - MOST_PARTS)
  return [
    ...lines.slice(0, MOST_PARTS).map((line, index) => index === 0 ? line : { ...line, label: '' }),
    ...said('', left === 0 ? undefined : `and ${left} more`, 'yellow'),
  ]
}

function partLine({ kind, text, action }: WirePart, indent: string): Said {
  const mark = action === undefined || action === 'allow' ? '' : ` (${action})`
  const what = kind === 'part' ? '' : `${kind} `
  return {
    label: 'parts',
    text: `${indent}- ${what}${text}${mark}`,
    tone: TONES.get(action),
  }
}

/** Where not all is known this is said, whether some is known or nothing (security.md F32). */
function effectsOf({ effects, effects_complete: complete }: WireApproval): Said[] {
  if (effects === undefined) return []
  const seen = [...new Set(effects.map(({ tool, path, url }) => `${tool} ${path ?? url ?? ''}`))]
  const lines = seen.slice(0, MOST_EFFECTS)
  if (seen.length > MOST_EFFECTS) lines.push(`and ${seen.length - MOST_EFFECTS} more`)
  if (complete !== true) lines.push(lines.length === 0 ? 'not known' : 'and what is not known')
  if (lines.length === 0) lines.push('none')
  return lines.map((text, index) => ({
    label: index === 0 ? 'effects' : '',
    text,
    tone: text.endsWith('not known') ? 'yellow' : undefined,
  }))
}

function answersOf({ approvers = 1, answers = [] }: WireApproval): Said[] {
  if (approvers <= 1 && answers.length === 0) return []
  const names = answers.map(({ name, principal, approved }) =>
    `${name ?? principal} says ${approved ? 'yes' : 'no'}`
  )
  return [{ label: 'needs', text: [`${approvers} people`, ...names].join(', ') }]
}

function waiting({ waiters }: WireApproval): Said[] {
  return said(
    'waits',
    waiters === undefined || waiters > 0 ? undefined : 'nobody is held for it now',
  )
}

function spelled(words: readonly string[]): string {
  return words.slice(0, 5).map((word) =>
    [...word].map((c) => c <= '~' ? c : `U+${c.codePointAt(0)!.toString(16).toUpperCase()}`).join(
      '',
    )
  ).join(', ')
}

/** The call as one line, escaped: head and tail where it is long. */
export function shownCall(text: string): string {
  return abridge(text, WHOLE)
}
