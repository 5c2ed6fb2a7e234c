import type { NotifyDestination, SinkState } from '../ports.ts'
import type { Services } from './services.ts'
import { status } from './status.ts'

interface Sample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

interface Metric {
  readonly name: string
  readonly type: 'gauge' | 'counter'
  readonly help: string
  readonly samples: readonly Sample[]
}

/** What a monitor reads, in the text format of Prometheus 0.0.4. */
export async function metrics(services: Services): Promise<string> {
  const now = await status(services)
  const one = (name: string, type: Metric['type'], help: string, value: number): Metric => ({
    name,
    type,
    help,
    samples: [{ value }],
  })
  const all: readonly Metric[] = [
    {
      name: 'rampart_info',
      type: 'gauge',
      help: 'Version and mode',
      samples: [{ labels: { version: now.version, mode: now.mode }, value: 1 }],
    },
    one(
      'rampart_degraded',
      'gauge',
      'Whether the newest policies are not in force, or records are missing',
      Number(now.status !== 'ok'),
    ),
    one('rampart_uptime_seconds', 'gauge', 'Since the server started', now.uptime_seconds),
    one('rampart_policies', 'gauge', 'Policies in force', now.policy.policies),
    one(
      'rampart_policy_faults',
      'gauge',
      'Faults of files that are not in force',
      now.policy.faults.length,
    ),
    one(
      'rampart_approvals_pending',
      'gauge',
      'Calls that wait for a person',
      now.pending_approvals,
    ),
    one('rampart_passed_unasked_total', 'counter', PASSED, now.passed_unasked),
    one('rampart_audit_seq', 'counter', 'Events in the trail, as this server knows', now.audit.seq),
    ...SINKS.map(([name, type, help, of]): Metric => ({
      name: `rampart_sink_${name}`,
      type,
      help,
      samples: now.sinks.map((sink) => ({
        labels: { sink: sink.name, type: sink.type },
        value: of(sink),
      })),
    })).filter(({ samples }) => samples.length > 0),
    ...NOTIFY.map(([name, type, help, of]): Metric => ({
      name: `rampart_notify_${name}`,
      type,
      help,
      samples: now.notify.map((one) => ({
        labels: { name: one.name, platform: one.platform },
        value: of(one),
      })),
    })).filter(({ samples }) => samples.length > 0),
  ]
  return all.map(textOf).join('')
}

const PASSED = 'Calls that passed while no server answered, as far as is known'

const SINKS: readonly (readonly [
  name: string,
  type: Metric['type'],
  help: string,
  of: (sink: SinkState) => number,
])[] = [
  ['up', 'gauge', 'Whether the last delivery was taken', ({ state }) => Number(state === 'ok')],
  ['lag_events', 'gauge', 'Events of the trail that are not delivered', (sink) => sink.lag_events],
  [
    'lag_seconds',
    'gauge',
    'Since the last delivery, while there is a lag',
    (sink) => sink.lag_seconds,
  ],
  ['delivered_events_total', 'counter', 'Events delivered', ({ delivered }) => delivered],
  ['failures_total', 'counter', 'Attempts that failed since the start', ({ failures }) => failures],
  ['lost_events_total', 'counter', 'Events gone before they were delivered', ({ lost }) => lost],
  [
    'rejected_events_total',
    'counter',
    'Events the receiver refused for good',
    (sink) => sink.rejected,
  ],
]

const NOTIFY: readonly (readonly [
  name: string,
  type: Metric['type'],
  help: string,
  of: (one: NotifyDestination) => number,
])[] = [
  ['up', 'gauge', 'Whether the last message was taken', ({ state }) => Number(state === 'ok')],
  ['lag_events', 'gauge', 'Events that it has not looked at', (one) => one.lag_events],
  ['held', 'gauge', 'Alerts that wait for the next digest', ({ held }) => held],
  ['sent_total', 'counter', 'Messages taken since the start', ({ sent }) => sent],
  ['failures_total', 'counter', 'Attempts that failed since the start', ({ failures }) => failures],
  ['given_up_total', 'counter', 'Messages refused for good since the start', (one) => one.given_up],
]

function textOf({ name, type, help, samples }: Metric): string {
  const lines = samples.map(({ labels, value }) => `${name}${labelsOf(labels ?? {})} ${value}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function labelsOf(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(text: string): string {
  return text.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')
}
