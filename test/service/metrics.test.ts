import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventDraft } from '../../src/audit/event.ts'
import type { BundleState, NotifyDestination, SinkState } from '../../src/ports.ts'
import { Counts, DECIDED, TOOL_CLASSES } from '../../src/service/counts.ts'
import { decide } from '../../src/service/decide.ts'
import { deskOf, drain } from '../../src/service/desk.ts'
import { metrics } from '../../src/service/metrics.ts'
import type { Services } from '../../src/service/services.ts'
import { readiness } from '../../src/service/status.ts'
import { pageText } from '../docs/page.ts'
import { httpBench } from '../helpers/http.ts'
import { bench, call } from '../helpers/service.ts'

const SINK: SinkState = {
  name: 'a"b\\c',
  type: 'syslog',
  to: 'tcp://log.example:601',
  state: 'failing',
  seq: 5,
  lag_events: 7,
  lag_seconds: 30,
  delivered: 5,
  failures: 3,
  lost: 1,
  rejected: 2,
  last_delivered_at: null,
  last_error: 'nobody listens there',
}

const TOLD: NotifyDestination = {
  name: 'ops',
  platform: 'slack',
  to: 'https://hooks.slack.com',
  state: 'failing',
  lag_events: 1,
  sent: 3,
  held: 4,
  failures: 5,
  given_up: 2,
  last_sent_at: null,
  last_error: 'HTTP 404',
}

const NAME = /[a-z_]+/.source
const LABEL = `${NAME}="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"`
const SAMPLE = new RegExp(`^(${NAME})(\\{${LABEL}(?:,${LABEL})*\\})? \\d+(?:\\.\\d+)?(?:e-\\d+)?$`)

const BUNDLE: BundleState = {
  source: 'https://files.example/b.tar',
  current: {
    name: 'company',
    version: 7,
    digest: `sha256:${'0'.repeat(64)}`,
    created: '2026-11-01T00:00:00Z',
    key: '0'.repeat(16),
    activatedAt: 0,
  },
  checkedAt: 0,
  lastError: 'refused: it is not signed',
  refused: true,
  givenUp: { version: 6, reason: 'denials rose' },
  waiting: undefined,
}

test('F44 metrics are for who may read the trail, as text that Prometheus reads', async () => {
  const { send } = httpBench()
  assert.equal((await send('/metrics', { token: null })).status, 401)
  assert.equal((await send('/metrics', { token: 'eval-token' })).status, 403)
  const got = await send('/metrics', { token: 'audit-token' })
  assert.equal(got.status, 200)
  assert.equal(got.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
})

/** Everything that may be told of. */
async function everything(): Promise<string> {
  const services: Services = {
    ...bench(POLICY).services,
    sinks: { states: () => [SINK] },
    notifier: { states: () => [TOLD] },
    bundles: { state: () => BUNDLE, onChange: () => () => {} },
  }
  for (const command of ['ls', 'rm -rf /', 'ls']) await decide(call(command), services)
  return await metrics(services)
}

const POLICY = `version: "1"
default_action: allow
policies:
  - {name: stop, rules: [{action: deny, when: {command_matches: ["rm *"]}}]}
`

interface Told {
  readonly type: string
  readonly samples: readonly string[]
}

/** The metrics of a text, by name; each has help, type and samples, and comes once. */
function toldIn(text: string): ReadonlyMap<string, Told> {
  const told = new Map<string, Told>()
  for (const block of text.split(/^(?=# HELP )/m)) {
    const [help, type, ...samples] = block.trimEnd().split('\n')
    const name = /^# HELP (\w+) \S/.exec(help!)![1]!
    const kind = new RegExp(`^# TYPE ${name} (gauge|counter|histogram)$`).exec(type!)?.[1]
    assert.ok(kind !== undefined && !told.has(name) && samples.length > 0, block)
    for (const sample of samples) {
      const found = SAMPLE.exec(sample)?.[1]
      const own: string | undefined = kind === 'histogram'
        ? found?.replace(/_(?:bucket|sum|count)$/, '')
        : found
      assert.equal(own, name, sample)
    }
    told.set(name, { type: kind, samples })
  }
  return told
}

/** Labels of samples by their names alone. */
function labelsOf(samples: readonly string[]): readonly string[] {
  const names = samples.flatMap((sample) =>
    [...sample.matchAll(/[{,]([a-z_]+)="(?:[^"\\]|\\.)*"/g)].map((match) => match[1]!)
  )
  return [...new Set(names)]
}

test('each metric has its help and type once, then its samples', async () => {
  const text = await everything()
  toldIn(text)
  const labels = String.raw`{sink="a\"b\\c",type="syslog"}`
  for (const [name, value] of [['up', 0], ['lag_events', 7], ['lost_events_total', 1]] as const) {
    assert.ok(text.includes(`\nrampart_sink_${name}${labels} ${value}\n`), name)
  }
  for (const [name, value] of [['up', 0], ['held', 4], ['given_up_total', 2]] as const) {
    const of = '{name="ops",platform="slack"}'
    assert.ok(text.includes(`\nrampart_notify_${name}${of} ${value}\n`), name)
  }
  for (const line of ['bundle_version 7', 'bundle_refused 1', 'bundle_given_up 6']) {
    assert.ok(text.includes(`\nrampart_${line}\n`), line)
  }
  const plain = await metrics(bench(POLICY).services)
  assert.ok(!/rampart_sink|rampart_notify|rampart_bundle/.test(plain))
})

test('decided calls are counted by what was decided, and timed in buckets that add up', async () => {
  const text = await everything()
  const decisions = toldIn(text).get('rampart_decisions_total')!.samples
  assert.deepEqual(decisions, [
    'rampart_decisions_total{decision="allow",class="exec",enforced="true"} 2',
    'rampart_decisions_total{decision="deny",class="exec",enforced="true"} 1',
  ])
  const samples = toldIn(text).get('rampart_evaluation_seconds')!.samples
  const values = samples.filter((one) => one.includes('_bucket')).map((one) =>
    Number(one.split(' ')[1])
  )
  assert.deepEqual(values, values.toSorted((a, b) => a - b))
  assert.match(samples.find((one) => one.includes('+Inf'))!, / 3$/)
  assert.ok(samples.includes('rampart_evaluation_seconds_count 3'))
})

test('nothing that an agent chose is a label, and there are only so many', async () => {
  const counts = new Counts()
  const draft = (tool: string, action: string, at: number): EventDraft => ({
    id: '',
    time: '',
    kind: 'decision',
    agent: `agent-${at}`,
    session: `s-${at}`,
    tool,
    request: null,
    decision: { action, eval_us: at, policy: `p-${at}` },
    enforced: at % 2 === 0,
    mode: 'enforce',
    via: 'http',
    principal: `token:${at}`,
  })
  const odd = [...'abcdefgh'].flatMap((letter) => [`mcp__${letter}__x"} 1`, `t-${letter}`, 'exec'])
  for (let at = 0; at < 5000; at++) {
    counts.add(draft(odd[at % odd.length]!, at % 7 === 0 ? `odd-${at}` : 'deny', at))
  }
  const decided = counts.decided()
  assert.ok(decided.length <= DECIDED.length * TOOL_CLASSES.length * 2)
  for (const { decision, class: kind } of decided) {
    assert.ok(DECIDED.includes(decision) && TOOL_CLASSES.includes(kind))
  }
  assert.equal(decided.reduce((sum, { count }) => sum + count, 0), 5000)
  assert.equal(counts.evaluation().upTo.at(-1), 5000)
})

test('docs/operations.md has every metric with its labels, and no other', async () => {
  const page = pageText('docs/operations.md')
  const rows = [...page.matchAll(/^\| `(rampart_\w+)` \| ([^|]*)\|/gm)]
    .map(([, name, labels]) =>
      [name!, [...labels!.matchAll(/`(\w+)`/g)].map((one) => one[1]!)] as const
    )
  const told = toldIn(await everything())
  assert.deepEqual(
    rows.toSorted(([a], [b]) => a < b ? -1 : 1),
    [...told].map(([name, { samples }]) => [name, labelsOf(samples)] as const)
      .toSorted(([a], [b]) => a < b ? -1 : 1),
  )
})

test('a supervisor and a balancer may ask without a token; a server that shuts down is alive and not ready', async () => {
  const { send } = httpBench()
  for (
    const [path, body] of [['/livez', { status: 'ok' }], ['/readyz', {
      ready: true,
      reasons: [],
    }]] as const
  ) {
    const got = await send(path, { token: null })
    assert.deepEqual([got.status, got.json], [200, body])
  }
  const { services } = bench(POLICY)
  assert.deepEqual(readiness(services), { ready: true, reasons: [] })
  drain(deskOf(services))
  assert.deepEqual(readiness(services), { ready: false, reasons: ['draining'] })
  const late = httpBench()
  late.api.readiness = () => readiness(services)
  const got = await late.send('/readyz', { token: null })
  assert.deepEqual([got.status, got.json], [503, { ready: false, reasons: ['draining'] }])
})
