import type { AuditEvent } from '../event.ts'
import { signatureOf } from './cef.ts'
import { type Device, msOf, subjectOf, summaryOf, type TrailLine } from './said.ts'
import { severityOf } from './severity.ts'
import { cut } from './text.ts'

type Value =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  /** 64 bits: a string in the JSON mapping of protocol buffers. */
  | { readonly intValue: string }
  | { readonly doubleValue: number }

interface KeyValue {
  readonly key: string
  readonly value: Value
}

/**
 * The body of one `ExportLogsServiceRequest`, in the JSON mapping of OTLP: names in camelCase, 64-bit
 * numbers as text. An event has neither trace nor span, so it has no id of one.
 */
export function otlpBody(
  lines: readonly TrailLine[],
  device: Device,
  observedMs: number,
): string {
  const scope = { name: 'rampart', version: device.version }
  return JSON.stringify({
    resourceLogs: [{
      resource: {
        attributes: attributes([
          ['service.name', 'rampart'],
          ['service.version', device.version],
          ['service.instance.id', device.id],
          ['host.name', device.host],
        ]),
      },
      scopeLogs: [{ scope, logRecords: lines.map((line) => recordOf(line, observedMs)) }],
    }],
  })
}

function recordOf({ event, text }: TrailLine, observedMs: number): unknown {
  const { otel, otelName } = severityOf(event)
  return {
    timeUnixNano: nanoseconds(msOf(event)),
    observedTimeUnixNano: nanoseconds(observedMs),
    severityNumber: otel,
    severityText: otelName,
    eventName: `rampart.${signatureOf(event).replaceAll(/[^a-z0-9_]+/g, '.')}`,
    body: { stringValue: cut(summaryOf(event), 1024) },
    attributes: attributes([
      ...ATTRIBUTES.map(([key, of]) => [key, of(event)] as const),
      ['log.record.original', text],
    ]),
  }
}

function nanoseconds(ms: number): string {
  return `${Math.max(0, Math.trunc(ms))}000000`
}

const ATTRIBUTES: readonly (readonly [key: string, of: (event: AuditEvent) => unknown])[] = [
  ['log.record.uid', ({ id }) => id],
  ['rampart.seq', ({ seq }) => seq],
  ['rampart.kind', ({ kind }) => kind],
  ['rampart.action', ({ decision }) => decision.action],
  ['rampart.enforced', ({ enforced }) => enforced],
  ['rampart.mode', ({ mode }) => mode],
  ['rampart.policy', ({ decision }) => decision.policy],
  ['rampart.rule', ({ decision }) => decision.rule],
  ['rampart.message', ({ decision }) => decision.message],
  ['rampart.eval_us', ({ decision }) => decision.eval_us],
  ['rampart.agent', ({ agent }) => agent],
  ['session.id', ({ session }) => session],
  ['rampart.run_id', ({ run_id }) => run_id],
  ['rampart.tool_call_id', ({ tool_call_id }) => tool_call_id],
  ['rampart.tool', ({ tool }) => tool],
  ['rampart.subject', (event) => subjectOf(event)?.text],
  ['rampart.via', ({ via }) => via],
  ['rampart.principal', ({ principal }) => principal],
  ['rampart.hash', ({ hash }) => hash],
]

function attributes(pairs: readonly (readonly [string, unknown])[]): KeyValue[] {
  return pairs.flatMap(([key, value]) => {
    const told = valueOf(value)
    return told === undefined ? [] : [{ key, value: told }]
  })
}

function valueOf(value: unknown): Value | undefined {
  if (typeof value === 'string') {
    return value === '' ? undefined : { stringValue: value.toWellFormed() }
  }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}
