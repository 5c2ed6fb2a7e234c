import type { AuditEvent } from '../event.ts'
import { type Device, msOf, subjectOf, summaryOf, type TrailLine } from './said.ts'
import { levelOf, severityOf } from './severity.ts'
import { cut } from './text.ts'

/** The version of the schema that the events are written in. */
export const OCSF_VERSION = '1.3.0'

const CLASSES = {
  api: { category_uid: 6, category: 'Application Activity', class_uid: 6003, name: 'API Activity' },
  finding: { category_uid: 2, category: 'Findings', class_uid: 2004, name: 'Detection Finding' },
} as const

/** One event of the Open Cybersecurity Schema Framework, as JSON. */
export function ocsfJson(line: TrailLine, device: Device): string {
  return JSON.stringify(ocsfEvent(line, device))
}

/**
 * What was refused, held for a person or found wrong is a Detection Finding; every other event is an API
 * Activity. Both carry the Security Control profile, and all of the event under `unmapped`.
 */
export function ocsfEvent({ event }: TrailLine, device: Device): Readonly<Record<string, unknown>> {
  const finding = ['high', 'critical'].includes(levelOf(event)) ||
    event.decision.action === 'require_approval'
  const severity = severityOf(event)
  const { category_uid, category, class_uid, name } = CLASSES[finding ? 'finding' : 'api']
  const activity = finding ? FINDING : activityOf(event)
  return wellFormed({
    category_uid,
    category_name: category,
    class_uid,
    class_name: name,
    activity_id: activity.id,
    activity_name: activity.name,
    type_uid: class_uid * 100 + activity.id,
    type_name: `${name}: ${activity.name}`,
    time: msOf(event),
    severity_id: severity.ocsf,
    severity: severity.ocsfName,
    message: cut(summaryOf(event), 1024),
    metadata: metadataOf(event, device),
    ...controlOf(event),
    ...(finding ? findingPart(event, device) : callOf(event, device)),
    unmapped: unmappedOf(event),
  })
}

interface Activity {
  readonly id: number
  readonly name: string
}

const FINDING: Activity = { id: 1, name: 'Create' }

const ACTIVITIES: Readonly<Record<string, Activity>> = {
  read: { id: 2, name: 'Read' },
  fetch: { id: 2, name: 'Read' },
  write: { id: 3, name: 'Update' },
}

/** `Other` has the name of the tool, as the schema asks. */
function activityOf({ tool, kind }: AuditEvent): Activity {
  const known = kind === 'decision' && Object.hasOwn(ACTIVITIES, tool)
  return known ? ACTIVITIES[tool]! : { id: 99, name: tool === '' ? kind : tool }
}

function metadataOf(event: AuditEvent, { version }: Device): unknown {
  return {
    version: OCSF_VERSION,
    product: { name: 'Rampart', vendor_name: 'Rampart', version },
    uid: event.id || 'unknown',
    sequence: event.seq,
    event_code: `${event.kind}.${event.decision.action}`,
    log_name: event.schema,
    original_time: event.time,
    profiles: ['security_control'],
    ...(event.run_id === undefined ? {} : { correlation_uid: event.run_id }),
  }
}

/** `[action_id, action, disposition_id, disposition]` of the Security Control profile. */
const OUTCOMES: Readonly<Record<string, readonly [number, string, number, string]>> = {
  allow: [1, 'Allowed', 1, 'Allowed'],
  log: [1, 'Allowed', 17, 'Logged'],
  deny: [2, 'Denied', 2, 'Blocked'],
}
const UNKNOWN = [0, 'Unknown', 0, 'Unknown'] as const
/** A dry run or monitor mode: nothing was stopped. */
const LOGGED = [0, 'Unknown', 17, 'Logged'] as const

function controlOf({ decision, enforced }: AuditEvent): Readonly<Record<string, unknown>> {
  const { action, policy, rule } = decision
  const known = Object.hasOwn(OUTCOMES, action) ? OUTCOMES[action]! : UNKNOWN
  const [action_id, name, disposition_id, disposition] = enforced || known === UNKNOWN
    ? known
    : LOGGED
  return {
    action_id,
    action: name,
    disposition_id,
    disposition,
    ...(!policy ? {} : { policy: { name: policy, ...(rule ? { uid: rule } : {}) } }),
  }
}

/** Who called what, from where. */
function callOf(event: AuditEvent, device: Device): Readonly<Record<string, unknown>> {
  return {
    actor: actorOf(event),
    api: apiOf(event),
    src_endpoint: { hostname: device.host, svc_name: event.agent || 'rampart' },
  }
}

function actorOf({ agent, principal, session }: AuditEvent): unknown {
  return {
    app_name: agent || 'rampart',
    user: { name: principal || 'unknown', uid: principal || 'unknown', type_id: 99, type: 'Agent' },
    ...(session === '' ? {} : { session: { uid: session } }),
  }
}

function apiOf({ tool, kind, decision, id, tool_call_id, via }: AuditEvent): unknown {
  return {
    operation: tool === '' ? `${kind}.${decision.action}` : tool,
    service: { name: via || 'local' },
    request: { uid: tool_call_id || id || 'unknown' },
  }
}

function findingPart(event: AuditEvent, device: Device): Readonly<Record<string, unknown>> {
  const { id, decision, kind } = event
  const title = decision.message || `${kind} ${decision.action}`
  const subject = subjectOf(event)
  return {
    finding_info: {
      uid: id || 'unknown',
      title: cut(title, 256),
      desc: cut(summaryOf(event), 1024),
      created_time: msOf(event),
      types: [kind],
      data_sources: [device.id],
    },
    evidences: [{
      ...callOf(event, device),
      ...(subject === undefined ? {} : { data: { [subject.kind]: subject.text } }),
    }],
    status_id: 1,
    status: 'New',
  }
}

/** All that the schema has no place for; with it the event can be put together again. */
function unmappedOf(event: AuditEvent): unknown {
  return { rampart: event }
}

/** The same value with no lone surrogate in it: no UTF-8 can hold one. */
function wellFormed<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(
      value,
      (_key, inner: unknown) => typeof inner === 'string' ? inner.toWellFormed() : inner,
    ),
  ) as T
}
