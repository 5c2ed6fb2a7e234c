import type { AuditEvent } from '../audit/event.ts'
import { type SubjectKind, subjectOf } from '../audit/format/said.ts'
import type { NotifyClass } from '../engine/notify.ts'

/** What of the trail a person is told: one event, by its class. */
export interface Alert {
  readonly class: NotifyClass
  /** In our own words, without a text that an agent chose. */
  readonly title: string
  readonly event: AuditEvent
  readonly subject?: { readonly kind: SubjectKind; readonly text: string } | undefined
  /** The question that a person is to answer. */
  readonly approval?: string | undefined
}

/** The alert of an event; undefined for what nobody is told of. Dry runs and modes that let through alert nobody. */
export function alertOf(event: AuditEvent): Alert | undefined {
  const found = BY_KIND[event.kind]?.(event)
  return found && { event, subject: subjectOf(event), ...found }
}

type Found = Pick<Alert, 'class' | 'title' | 'approval'>

const ofCall = (event: AuditEvent): Found | undefined => {
  if (!event.enforced) return undefined
  if (failedOpen(event)) return { class: 'fail_open', title: 'Let through without a webhook' }
  switch (event.decision.action) {
    case 'deny':
      return { class: 'deny', title: event.kind === 'response' ? 'Output withheld' : 'Denied' }
    case 'log':
      return { class: 'log', title: 'Logged' }
    case 'require_approval':
      return { class: 'require_approval', title: ASKED, approval: event.links?.[0] ?? '' }
    default:
      return undefined
  }
}

const ALERTS: Readonly<Record<string, string>> = {
  reclaimed: 'The socket was not ours',
  denial_ignored: 'A denied call ran all the same',
}

const ASKED = 'A person is asked'

const BY_KIND: Readonly<
  Partial<Record<AuditEvent['kind'], (event: AuditEvent) => Found | undefined>>
> = {
  decision: ofCall,
  response: ofCall,
  approval({ decision, links }) {
    if (decision.action !== 'asked') return undefined
    return { class: 'require_approval', title: ASKED, approval: links?.[0] ?? '' }
  },
  policy({ decision, request }) {
    if (decision.action === 'refused') {
      return { class: 'error', title: 'New policies are invalid: the last good ones stay' }
    }
    const dropped = countOf(request, 'dropped_count')
    const title = `New policies drop ${dropped} restrictive rules`
    return dropped > 0 ? { class: 'error', title } : undefined
  },
  mode: ({ decision }) =>
    decision.action === 'off' ? { class: 'error', title: 'Enforcement was turned off' } : undefined,
  alert: ({ decision }) => ({
    class: 'error',
    title: ALERTS[decision.action] ?? 'Alert',
  }),
  recovery: () => ({ class: 'error', title: 'The trail was repaired' }),
  fail_open: ({ request }) => ({
    class: 'fail_open',
    title: countOf(request, 'passed') > 0
      ? 'Let through while no server answered'
      : 'Let through without a record',
  }),
}

/** A webhook gave no answer, and its rule was dropped for that. */
function failedOpen({ decision: { action, webhooks } }: AuditEvent): boolean {
  return (action === 'allow' || action === 'log') && Array.isArray(webhooks) &&
    webhooks.some((told) => (told as { failed_open?: unknown } | null)?.failed_open === true)
}

function countOf(request: unknown, name: string): number {
  const value = (request as Record<string, unknown> | null)?.[name]
  return typeof value === 'number' ? value : 0
}

/** Whether it tells of the destination of this name: what cannot be sent there is not sent there. */
export function isAbout({ event: { request } }: Alert, name: string): boolean {
  return (request as { notify?: unknown } | null)?.notify === name
}

/** What an alert must share with an earlier one not to be the first of its kind: its rule and its session. */
export function kindOf({ class: of, title, event }: Alert): string {
  const { decision: { policy, rule, message }, principal } = event
  // Messages of the same trouble differ by their numbers.
  const said = event.tool === '' ? message?.slice(0, 200).replaceAll(/\d+/g, '#') : undefined
  const what = rule ?? policy ?? said ?? title
  return JSON.stringify([of, what, principal])
}
