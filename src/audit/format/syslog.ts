import type { AuditEvent } from '../event.ts'
import { cefRecord } from './cef.ts'
import { type Device, msOf, summaryOf, type TrailLine } from './said.ts'
import { severityOf } from './severity.ts'
import { bytesOf, cut, cutBytes, jsonShown, oneLine } from './text.ts'

/** Longest message, bytes: what rsyslog and others take as they come (RFC 5424 asks for 2048 at least). */
export const SYSLOG_BYTES = 8192

/** local0 */
const FACILITY = 16
/** The number that RFC 5612 sets aside for examples: we have none of our own. */
const SD_ID = 'rampart@32473'
const BOM = '\ufeff'

/**
 * RFC 5424. The message is the line of the trail, so that a copy can be checked against its hash; where
 * that would be too long it is a summary, and `truncated="true"` stands among the structured data.
 */
export function syslogMessage(line: TrailLine, device: Device): string {
  const { event, text } = line
  const head = headOf(event, device)
  if (text.length <= SYSLOG_BYTES) {
    const whole = `${head} ${structured(event, false)} ${BOM}${jsonShown(text)}`
    if (bytesOf(whole) <= SYSLOG_BYTES) return whole
  }
  const start = `${head} ${structured(event, true)} ${BOM}`
  return start + cutBytes(summaryOf(event), SYSLOG_BYTES - bytesOf(start))
}

/** A CEF record in the same frame; without a byte order mark, which readers of CEF do not expect. */
export function syslogCef(line: TrailLine, device: Device): string {
  const head = `${headOf(line.event, device)} - `
  return head + cutBytes(cefRecord(line, device), SYSLOG_BYTES - bytesOf(head))
}

function headOf(event: AuditEvent, device: Device): string {
  const priority = FACILITY * 8 + severityOf(event).syslog
  const time = new Date(msOf(event)).toISOString()
  return `<${priority}>1 ${time} ${printable(device.host, 255)} rampart - ${
    printable(event.kind, 32)
  }`
}

/** A field of the head: visible ASCII, `-` where there is none. */
function printable(text: string, most: number): string {
  return text.slice(0, most).replaceAll(/[^\x21-\x7e]/g, '_') || '-'
}

/** Longest value of a parameter, in characters. */
const MOST = 256

const PARAMETERS: readonly (readonly [name: string, of: (event: AuditEvent) => unknown])[] = [
  ['id', ({ id }) => id],
  ['seq', ({ seq }) => seq],
  ['action', ({ decision }) => decision.action],
  ['agent', ({ agent }) => agent],
  ['session', ({ session }) => session],
  ['run_id', ({ run_id }) => run_id],
  ['tool_call_id', ({ tool_call_id }) => tool_call_id],
  ['tool', ({ tool }) => tool],
  ['policy', ({ decision }) => decision.policy],
  ['rule', ({ decision }) => decision.rule],
  ['enforced', ({ enforced }) => enforced],
  ['mode', ({ mode }) => mode],
  ['via', ({ via }) => via],
  ['principal', ({ principal }) => principal],
  ['hash', ({ hash }) => hash],
]

function structured(event: AuditEvent, truncated: boolean): string {
  const parameters = PARAMETERS.flatMap(([name, of]) => {
    const value = of(event)
    return value === undefined || value === '' ? [] : [`${name}="${escaped(String(value))}"`]
  })
  if (truncated) parameters.push('truncated="true"')
  return `[${[SD_ID, ...parameters].join(' ')}]`
}

/** Section 6.3.3: these three are escaped, and nothing else is. */
function escaped(text: string): string {
  return cut(oneLine(cut(text, MOST)), MOST).replaceAll(/["\\\]]/g, '\\$&')
}
