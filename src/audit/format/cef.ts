import type { AuditEvent } from '../event.ts'
import {
  type Device,
  msOf,
  type SubjectKind,
  subjectOf,
  summaryOf,
  textOr,
  type TrailLine,
} from './said.ts'
import { severityOf } from './severity.ts'
import { bytesOf, cut, oneLine } from './text.ts'

/** Longest record, bytes of UTF-8: what receivers take in one message. */
export const CEF_BYTES = 8000

/**
 * ArcSight Common Event Format, version 0: the header, then keys of its dictionary. Every value is on
 * one line; a record that would be too long has its longest values cut.
 */
export function cefRecord({ event }: TrailLine, device: Device): string {
  for (const share of [1, 4, 16]) {
    const record = recordOf(event, device, share)
    if (share === 16 || record.length * 3 <= CEF_BYTES || bytesOf(record) <= CEF_BYTES) {
      return record
    }
  }
  throw new TypeError('The list of shares is empty')
}

function recordOf(event: AuditEvent, device: Device, share: number): string {
  const head = [
    'CEF:0',
    'Rampart',
    'PolicyEngine',
    headed(device.version, 31),
    headed(signatureOf(event), 100),
    headed(event.decision.message || `${event.decision.action} ${event.tool}`.trim(), 512 / share),
    String(severityOf(event).cef),
  ].join('|')
  const extension = EXTENSION.flatMap(([key, most, of]) => {
    const value = of(event, device)
    if (value === undefined || value === '') return []
    return [`${key}=${extended(String(value), most < LONG ? most : Math.ceil(most / share))}`]
  })
  return `${head}|${extension.join(' ')}`
}

/** Fields with less than this are never cut further. */
const LONG = 256

/** What a correlation rule keys on: the answer, and for other events their kind before it. */
export function signatureOf({ kind, decision }: AuditEvent): string {
  return kind === 'decision' ? decision.action : `${kind}:${decision.action}`
}

/** Text that stands in every place as it is. */
const PLAIN = /^[\x20-\x3c\x3e-\x5b\x5d-\x7b\x7d\x7e]*$/

function headed(text: string, most: number): string {
  if (PLAIN.test(text)) return cut(text, most)
  return cut(oneLine(cut(text, most)), most).replaceAll(/[\\|]/g, '\\$&')
}

function extended(text: string, most: number): string {
  if (PLAIN.test(text)) return cut(text, most)
  const lines = cut(text, most).split(/\r\n|\r|\n/)
  // The format has an escape for line ends in values, and for nothing else that cannot be seen.
  const shown = cut(lines.map(oneLine).join('\n'), most)
  return shown.replaceAll(/[\\=]/g, '\\$&').replaceAll('\n', '\\n')
}

type Row = readonly [
  key: string,
  most: number,
  of: (event: AuditEvent, device: Device) => string | number | undefined,
]

/** Keys of the CEF dictionary with the most characters that it gives each. */
const EXTENSION: readonly Row[] = [
  ['rt', 32, (event) => msOf(event)],
  ['externalId', 40, ({ id }) => id],
  ['cat', 1023, ({ kind }) => kind],
  ['act', 63, ({ decision }) => decision.action],
  ['outcome', 63, outcomeOf],
  ['reason', 1023, ({ decision }) => decision.message],
  ['msg', 1023, summaryOf],
  ['suser', 1023, ({ agent }) => agent],
  ['suid', 1023, ({ principal }) => principal],
  ['app', 31, ({ via }) => via],
  ['destinationServiceName', 1023, ({ tool }) => tool],
  ['request', 1023, (event) => subjectAs(event, 'url')],
  ['filePath', 1023, (event) => subjectAs(event, 'path') ?? subjectAs(event, 'file_path')],
  ['dvchost', 100, (_event, { host }) => host],
  ['deviceExternalId', 255, (_event, { id }) => id],
  ['deviceProcessName', 1023, () => 'rampart'],
  ...labelled('cs1', 'Policy', 4000, ({ decision }) => decision.policy),
  ...labelled('cs2', 'Rule', 4000, ({ decision }) => decision.rule),
  ...labelled('cs3', 'Session', 4000, ({ session }) => session),
  ...labelled('cs4', 'Run', 4000, ({ run_id }) => run_id),
  ...labelled('cs5', 'Command', 4000, (event) => subjectAs(event, 'command')),
  ...labelled('cs6', 'Hash', 4000, ({ hash }) => hash),
  ...labelled('cn1', 'Sequence', 32, ({ seq }) => seq),
  ...labelled('cn2', 'EvaluationMicroseconds', 32, ({ decision }) => Math.round(decision.eval_us)),
  ...labelled('flexString1', 'ToolCall', 1023, ({ tool_call_id }) => tool_call_id),
  ...labelled(
    'flexString2',
    'Mode',
    1023,
    ({ mode, enforced }) => `${textOr(mode)}${enforced ? '' : ' (not enforced)'}`,
  ),
]

/** A custom field says what it is in a field beside it; neither stands alone. */
function labelled(key: string, label: string, most: number, of: Row[2]): Row[] {
  return [
    [`${key}Label`, 1023, (event, device) => {
      const value = of(event, device)
      return value === undefined || value === '' ? undefined : label
    }],
    [key, most, of],
  ]
}

function subjectAs(event: AuditEvent, wanted: SubjectKind): string | undefined {
  const subject = subjectOf(event)
  return subject?.kind === wanted ? subject.text : undefined
}

const OUTCOMES: Readonly<Record<string, string>> = {
  allow: 'success',
  log: 'success',
  approved: 'success',
  used: 'success',
  deny: 'failure',
  denied: 'failure',
  expired: 'failure',
  cancelled: 'failure',
}

function outcomeOf({ decision: { action } }: AuditEvent): string | undefined {
  return Object.hasOwn(OUTCOMES, action) ? OUTCOMES[action] : undefined
}
