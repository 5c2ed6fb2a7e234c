import type { AuditEvent } from '../audit/event.ts'
import type { Device } from '../audit/format/said.ts'
import type { NotifyClass } from '../engine/notify.ts'
import type { Alert } from './alert.ts'

export type NoticeLevel = 'info' | 'warning' | 'critical'

/** What is sent, whatever the channel: our own words apart from what others chose. */
export interface Notice {
  /** The same each time it is sent. */
  readonly id: string
  readonly type: NotifyClass | 'digest' | 'test'
  readonly level: NoticeLevel
  /** In our own words. */
  readonly title: string
  /** What it is about, as the trail has it: an agent chose it. */
  readonly subject?: { readonly label: string; readonly text: string } | undefined
  /** Label and text; the text may be an agent's. */
  readonly facts: readonly (readonly [label: string, text: string])[]
  /** The page that shows all of it. The only thing that a message offers. */
  readonly link?: string | undefined
  /** RFC 3339. */
  readonly time: string
  readonly alert?: Alert | undefined
  readonly approval?: Question | undefined
  /** Of a digest: how many alerts, by what they share. */
  readonly counts?: readonly HeldCount[] | undefined
}

/** A question that waits for a person. */
export interface Question {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  /** Ten letters of the call's digest, for who compares this message with a page (security.md F13). */
  readonly code: string
}

export interface HeldCount {
  readonly type: NotifyClass
  readonly what: string
  readonly count: number
}

const LEVELS: Readonly<Record<NotifyClass, NoticeLevel>> = {
  deny: 'warning',
  log: 'info',
  require_approval: 'warning',
  error: 'critical',
  fail_open: 'critical',
}

const LABELS = { command: 'Command', url: 'URL', path: 'Path', file_path: 'Path' } as const

/** The message of one alert. */
export function noticeOf(
  alert: Alert,
  device: Device,
  more: { readonly link?: string | undefined; readonly question?: Question | undefined } = {},
): Notice {
  const { event, subject, class: type, title } = alert
  const { decision, agent, session, tool, principal, id, time } = event
  const { question, link } = more
  const facts: (readonly [string, string | undefined])[] = [
    ['Why', decision.message],
    ['Answer until', question && new Date(question.expiresAt).toISOString()],
    ['Code', question?.code],
    ['What', detailOf(event)],
    ['Would touch', touchedBy(event)],
    ['Rule', decision.rule ?? decision.policy],
    ['Tool', tool],
    ['Agent', agent],
    ['Session', session],
    ['Credential', principal],
    ['Host', device.host],
  ]
  return {
    id,
    type,
    level: LEVELS[type],
    title: `Rampart: ${title}`,
    subject: subject && { label: LABELS[subject.kind], text: subject.text },
    facts: facts.filter((fact): fact is [string, string] =>
      fact[1] !== undefined && fact[1] !== ''
    ),
    link,
    time,
    alert,
    approval: question,
  }
}

const NAMED = 3
const LONG = 400

/** What a change of the policies is about: its first faults, or the rules that are gone. */
function detailOf({ kind, request }: AuditEvent): string | undefined {
  if (kind !== 'policy') return undefined
  const { faults, dropped } = (request ?? {}) as { faults?: unknown; dropped?: unknown }
  const list = [faults, dropped].find((one) => Array.isArray(one) && one.length > 0)
  if (!Array.isArray(list)) return undefined
  const named = list.slice(0, NAMED).map((one) => String(one).slice(0, LONG))
  const rest = list.length - named.length
  return [...named, ...(rest > 0 ? [`${rest} more`] : [])].join('; ')
}

/** What a call that waits would touch, as far as the trail says. */
function touchedBy({ decision }: AuditEvent): string | undefined {
  if (decision.action !== 'require_approval' || !Array.isArray(decision.effects)) return undefined
  const touched = decision.effects.map((one) => {
    const { tool, path, url } = (one ?? {}) as Record<string, unknown>
    return `${String(tool)} ${String(path ?? url)}`.slice(0, LONG)
  })
  const rest = touched.length - NAMED
  return [...touched.slice(0, NAMED), ...(rest > 0 ? [`${rest} more`] : [])].join('; ')
}

/** Most lines of a digest; the rest is a number. */
const LINES = 8

/** One message for all that was held back. `id` is that of the last event it counts. */
export function digestOf(
  counts: readonly HeldCount[],
  id: string,
  time: string,
  link: string | undefined,
): Notice {
  const total = counts.reduce((sum, { count }) => sum + count, 0)
  const sorted = [...counts].sort((a, b) => b.count - a.count)
  const rest = sorted.slice(LINES).reduce((sum, { count }) => sum + count, 0)
  const grave = counts.some(({ type }) => type === 'fail_open' || type === 'error')
  return {
    id: `${id}-digest`,
    type: 'digest',
    level: grave ? 'critical' : 'warning',
    title: `Rampart: ${total} more ${total === 1 ? 'alert' : 'alerts'}`,
    facts: [
      ...sorted.slice(0, LINES).map(({ type, what, count }): [string, string] => [
        WORDS[type],
        `${count}× ${what}`,
      ]),
      ...(rest === 0 ? [] : [['Others', `${rest}×`] as [string, string]]),
    ],
    link,
    time,
    counts,
  }
}

const WORDS: Readonly<Record<NotifyClass, string>> = {
  deny: 'Denied',
  log: 'Logged',
  require_approval: 'Asked',
  error: 'Trouble',
  fail_open: 'Let through',
}

/**
 * The same without a text that an agent chose: what a receiver, or something before it, will not take as it is
 * still comes, and with it all that comes behind it.
 */
export function bareOf(notice: Notice): Notice {
  const { id, type, level, title, time, link, approval } = notice
  const host = notice.facts.filter(([label]) => label === 'Host')
  const facts = [['Why', 'It was refused as it is: open the page'] as const, ...host]
  return { id, type, level, title, time, link, approval, facts }
}

/** What `rampart notify test` sends. */
export function canaryOf(
  id: string,
  time: string,
  device: Device,
  link: string | undefined,
): Notice {
  return {
    id,
    type: 'test',
    level: 'info',
    title: 'Rampart: a test message',
    subject: { label: 'Command', text: 'echo "a canary: nothing has happened"' },
    facts: [['Why', 'Somebody ran "rampart notify test"'], ['Host', device.host]],
    link,
    time,
  }
}
