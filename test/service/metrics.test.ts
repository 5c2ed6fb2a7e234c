import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NotifyDestination, SinkState } from '../../src/ports.ts'
import { metrics } from '../../src/service/metrics.ts'
import { httpBench } from '../helpers/http.ts'
import { bench } from '../helpers/service.ts'

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

const SAMPLE =
  /^[a-z_]+(?:\{[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\[\\"n])*")*\})? \d+$/

test('F44 metrics are for who may read the trail, as text that Prometheus reads', async () => {
  const { send } = httpBench()
  assert.equal((await send('/metrics', { token: null })).status, 401)
  assert.equal((await send('/metrics', { token: 'eval-token' })).status, 403)
  const got = await send('/metrics', { token: 'audit-token' })
  assert.equal(got.status, 200)
  assert.equal(got.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
})

test('each metric has its help and type once, then its samples', async () => {
  const { services } = bench('version: "1"\ndefault_action: allow\npolicies: []\n')
  const text = await metrics({
    ...services,
    sinks: { states: () => [SINK] },
    notifier: { states: () => [TOLD] },
  })
  const seen = new Set<string>()
  for (const block of text.split(/^(?=# HELP )/m)) {
    const [help, type, ...samples] = block.trimEnd().split('\n')
    const name = /^# HELP (\w+) \S/.exec(help!)![1]!
    assert.match(type!, new RegExp(`^# TYPE ${name} (?:gauge|counter)$`))
    assert.ok(!seen.has(name) && samples.length > 0)
    seen.add(name)
    for (const sample of samples) {
      assert.match(sample, SAMPLE)
      assert.ok(sample.startsWith(name))
    }
  }
  const labels = String.raw`{sink="a\"b\\c",type="syslog"}`
  for (const [name, value] of [['up', 0], ['lag_events', 7], ['lost_events_total', 1]] as const) {
    assert.ok(text.includes(`\nrampart_sink_${name}${labels} ${value}\n`), name)
  }
  for (const [name, value] of [['up', 0], ['held', 4], ['given_up_total', 2]] as const) {
    const of = '{name="ops",platform="slack"}'
    assert.ok(text.includes(`\nrampart_notify_${name}${of} ${value}\n`), name)
  }
  assert.ok(!/rampart_sink|rampart_notify/.test(await metrics(services)))
})
