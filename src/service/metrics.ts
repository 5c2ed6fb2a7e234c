import type { NotifyDestination, SinkState } from '../ports.ts'
import type { Services } from './services.ts'
import type { Status } from './api.ts'
import { BUCKETS, type Counts, countsOf } from './counts.ts'
import { deskOf } from './desk.ts'
import { status } from './status.ts'

interface Sample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
  /** Of a histogram: what stands behind its name. */
  readonly part?: '_bucket' | '_sum' | '_count'
}

interface Metric {
  readonly name: string
  readonly type: 'gauge' | 'counter' | 'histogram'
  readonly help: string
  readonly samples: readonly Sample[]
}

/**
 * What a monitor reads, in the text format of Prometheus 0.0.4. Labels are words of ours, or names that the
 * person gave to sinks and destinations: nothing that an agent chose (docs/operations.md has every name).
 */
export async function metrics(services: Services): Promise<string> {
  const now = await status(services)
  const all: readonly Metric[] = [
    ...ofServer(now),
    ...ofDecisions(countsOf(services)),
    one('rampart_audit_unrecorded', 'gauge', UNRECORDED, deskOf(services).missedCount),
    ...ofBundle(now.bundle, services),
    ...SINKS.map(([name, type, help, of]): Metric => ({
      name: `rampart_sink_${name}`,
      type,
      help,
      samples: now.sinks.map((sink) => ({
        labels: { sink: sink.name, type: sink.type },
        value: of(sink),
      })),
    })),
    ...NOTIFY.map(([name, type, help, of]): Metric => ({
      name: `rampart_notify_${name}`,
      type,
      help,
      samples: now.notify.map((one) => ({
        labels: { name: one.name, platform: one.platform },
        value: of(one),
      })),
    })),
  ]
  return all.filter(({ samples }) => samples.length > 0).map(textOf).join('')
}

function one(name: string, type: Metric['type'], help: string, value: number): Metric {
  return { name, type, help, samples: [{ value }] }
}

function ofServer(now: Status): Metric[] {
  return [
    {
      name: 'rampart_info',
      type: 'gauge',
      help: 'Version and mode',
      samples: [{ labels: { version: now.version, mode: now.mode }, value: 1 }],
    },
    one('rampart_degraded', 'gauge', DEGRADED, Number(now.status !== 'ok')),
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
  ]
}

function ofDecisions(counts: Counts): Metric[] {
  const { upTo, seconds } = counts.evaluation()
  const name = 'rampart_evaluation_seconds'
  return [
    {
      name: 'rampart_decisions_total',
      type: 'counter',
      help: 'Decided calls since the start, by what was decided and for what kind of tool',
      samples: counts.decided().map(({ decision, class: kind, enforced, count }) => ({
        labels: { decision, class: kind, enforced: String(enforced) },
        value: count,
      })),
    },
    {
      name: 'rampart_events_total',
      type: 'counter',
      help: 'Events of this server since the start, by kind',
      samples: [...counts.events()].map(([kind, value]) => ({ labels: { kind }, value })),
    },
    {
      name,
      type: 'histogram',
      help: 'How long policies took to decide a call, without facts and trail',
      samples: [
        ...upTo.map((value, at): Sample => ({
          part: '_bucket',
          labels: { le: String(BUCKETS[at] ?? '+Inf') },
          value,
        })),
        { part: '_sum', value: seconds },
        { part: '_count', value: upTo.at(-1)! },
      ],
    },
  ]
}

function ofBundle(bundle: Status['bundle'], { clock }: Services): Metric[] {
  if (bundle === null) return []
  const { version, refused, given_up, checked_at } = bundle
  const age = checked_at === null ? [] : [
    one(
      'rampart_bundle_checked_seconds',
      'gauge',
      'Since the source of the policy bundle last answered',
      Math.max(0, Math.floor((clock.now() - Date.parse(checked_at)) / 1000)),
    ),
  ]
  return [
    one('rampart_bundle_version', 'gauge', 'Policy bundle in force; 0 where none is', version ?? 0),
    one(
      'rampart_bundle_refused',
      'gauge',
      'Whether what the source holds is refused',
      Number(refused),
    ),
    one('rampart_bundle_given_up', 'gauge', GIVEN_UP, given_up?.version ?? 0),
    ...age,
  ]
}

const DEGRADED = 'Whether the newest policies are not in force, or records are missing'
const UNRECORDED = 'Answers that are not in the trail yet, because it could not be written'
const GIVEN_UP = 'Version of the last policy bundle that was given up; 0 where none was'
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
  const lines = samples.map(({ part = '', labels, value }) =>
    `${name}${part}${labelsOf(labels ?? {})} ${value}\n`
  )
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function labelsOf(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(text: string): string {
  return text.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')
}
