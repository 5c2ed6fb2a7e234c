import type { AuditEvent } from '../event.ts'
import { subjectOf, textOr, type TrailLine } from './said.ts'
import { oneLine } from './text.ts'

/** The columns, in order. */
const COLUMNS: readonly (readonly [name: string, of: (event: AuditEvent) => unknown])[] = [
  ['seq', ({ seq }) => seq],
  ['time', ({ time }) => time],
  ['id', ({ id }) => id],
  ['kind', ({ kind }) => kind],
  ['action', ({ decision }) => decision.action],
  ['enforced', ({ enforced }) => enforced],
  ['mode', ({ mode }) => mode],
  ['agent', ({ agent }) => agent],
  ['session', ({ session }) => session],
  ['run_id', ({ run_id }) => run_id],
  ['tool_call_id', ({ tool_call_id }) => tool_call_id],
  ['tool', ({ tool }) => tool],
  ['subject', (event) => subjectOf(event)?.text],
  ['policy', ({ decision }) => decision.policy],
  ['rule', ({ decision }) => decision.rule],
  ['message', ({ decision }) => decision.message],
  ['eval_us', ({ decision }) => decision.eval_us],
  ['via', ({ via }) => via],
  ['principal', ({ principal }) => principal],
  ['request', ({ request }) => JSON.stringify(request)],
  ['hash', ({ hash }) => hash],
]

/** RFC 4180: rows end in CRLF, and no cell holds a line end. */
const END = '\r\n'

export const CSV_HEAD = COLUMNS.map(([name]) => name).join(',') + END

export function csvRow({ event }: TrailLine): string {
  return COLUMNS.map(([, of]) => cell(of(event))).join(',') + END
}

/** What a spreadsheet takes for a formula, its full-width twins among them; blanks in front change nothing. */
const FORMULA = /^\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]/

/** A number of ours is a number; every other cell is text, whatever it looks like (security.md F42). */
function cell(value: unknown): string {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  const raw = textOr(value)
  const text = FORMULA.test(raw.slice(0, 64)) || /^[\t\r\n]/.test(raw)
    ? `'${oneLine(raw)}`
    : oneLine(raw)
  return /[",]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
