import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { matchesFilter } from '../../../src/adapters/audit-filter.ts'
import type { AuditEvent, EventDraft } from '../../../src/audit/event.ts'
import type { AuditFilter, TrailReader } from '../../../src/ports.ts'
import { draft, NOON } from '../../helpers/audit.ts'

/** A trail of these drafts, read in one way. */
export type Reading = (
  drafts: readonly EventDraft[],
  work: (reader: TrailReader, events: readonly AuditEvent[]) => Promise<void>,
) => Promise<void>

const ACTIONS = ['allow', 'deny', 'allow', 'require_approval', 'log'] as const

/** Ninety minutes of a few agents, with all that filters can name. */
export function mixed(count = 400): EventDraft[] {
  return Array.from({ length: count }, (_, i) =>
    draft({
      time: new Date(NOON + Math.floor(i * 90 * 60_000 / count)).toISOString(),
      kind: i % 11 === 0 ? 'response' : 'decision',
      agent: `agent-${i % 3}`,
      session: `s${i >> 6}`,
      tool: i % 4 === 0 ? 'read' : 'exec',
      ...(i % 5 === 0 ? {} : { tool_call_id: `call-${i}` }),
      ...(i % 7 === 0 ? { run_id: `run-${i % 2}` } : {}),
      request: { params: { command: i % 13 === 0 ? `echo "Größe ${i}"` : 'git status' } },
      decision: {
        action: ACTIONS[i % ACTIONS.length]!,
        eval_us: 10 + i,
        ...(i % 3 === 0
          ? { policy: 'standard', rule: `standard/${i % 2}`, message: 'As the policy says' }
          : {}),
      },
    }))
}

const some = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined })

const FILTER = fc.record({
  limit: fc.integer({ min: 0, max: 60 }),
  order: some('asc' as const, 'desc' as const),
  after: fc.option(fc.integer({ min: 0, max: 420 }), { nil: undefined }),
  agent: some('agent-0', 'agent-2', 'nobody'),
  session: some('s0', 's3', 'none'),
  tool: some('exec', 'read'),
  action: some('deny', 'log'),
  kind: some('decision', 'response'),
  policy: some('standard', 'other'),
  runId: some('run-0', 'run-1'),
  toolCallId: some('call-7', 'call-331'),
  text: some('größe', 'GIT', 'As the', '"grö', 'command', 'nowhere'),
  since: some(NOON + 1_800_000, NOON - 1),
  until: some(NOON + 3_600_000, NOON + 3_600_001),
})

/** What every reader of a trail owes. */
export function readerContract(name: string, reading: Reading): void {
  test(`${name}: a page is what the filter says, in its order, and pages go on to the end`, async () => {
    await reading(mixed(), async (reader, events) => {
      await fc.assert(
        fc.asyncProperty(FILTER, async (given) => {
          const filter = pruned(given)
          const { events: found, next } = await reader.page(filter)
          const all = wanted(events, filter)
          assert.deepEqual(found.map(({ seq }) => seq), all.slice(0, filter.limit))
          if (all.length > filter.limit && filter.limit > 0) assert.equal(next, found.at(-1)?.seq)
          if (all.length < filter.limit) assert.equal(next, undefined)
        }),
        { numRuns: 150 },
      )
      for (const order of ['asc', 'desc'] as const) {
        const filter = { order, limit: 7, agent: 'agent-1', tool: 'exec' }
        assert.deepEqual(await allPages(reader, filter), wanted(events, filter))
      }
    })
  })

  test(`${name}: an event is found by its id alone, and comes as it was written`, async () => {
    await reading(mixed(60), async (reader, events) => {
      for (const event of events) {
        const page = await reader.page({ id: event.id, limit: 5 })
        assert.deepEqual(page.events, [event])
      }
      assert.deepEqual((await reader.page({ id: 'unknown', limit: 5 })).events, [])
    })
  })

  test(`${name}: statistics count what is in the span`, async () => {
    await reading(mixed(), async (reader, events) => {
      for (
        const span of [
          {},
          { since: NOON + 60_000 },
          { until: NOON + 4_000_000 },
          { since: NOON + 1_000, until: NOON + 1_000_000 },
          { since: NOON - 3_600_000, until: NOON + 3_600_000 },
          { since: NOON + 5, until: NOON + 5 },
        ]
      ) {
        const stats = await reader.stats(span)
        const within = events.filter((event) => matchesFilter(event, { ...span, limit: 1 }))
        const decisions = within.filter(({ kind }) => kind === 'decision')
        const denied = decisions.filter(isDenied)
        assert.equal(stats.events, within.length)
        assert.equal(stats.decisions.total, decisions.length)
        const found = stats.decisions.by_action.find(({ name }) => name === 'deny')?.count ?? 0
        assert.equal(found, denied.length)
        assert.equal(sum(stats.decisions.by_hour), decisions.length)
        assert.equal(sum(stats.decisions.by_agent), decisions.length)
        for (const { name: rule, count, denied: refused } of stats.decisions.by_rule) {
          const own = decisions.filter(({ decision }) => decision.rule === rule)
          assert.deepEqual([count, refused], [own.length, own.filter(isDenied).length], rule)
        }
        const ruled = new Set(decisions.flatMap(({ decision }) => decision.rule ?? []))
        assert.equal(stats.decisions.by_rule.length, ruled.size)
        assert.equal(stats.latency.count, decisions.length)
        assertNear(stats.latency.p50_us, decisions, 0.5)
        assertNear(stats.latency.p99_us, decisions, 0.99)
      }
    })
  })

  test(`${name}: sessions count what is in the span, who called last first`, async () => {
    await reading(mixed(), async (reader, events) => {
      for (const span of [{}, { since: NOON + 1_000_000 }, { until: NOON + 4_000_000 }]) {
        const { sessions, unlisted } = await reader.sessions(span)
        const decisions = events.filter((event) =>
          event.kind === 'decision' && matchesFilter(event, { ...span, limit: 1 })
        )
        const names = new Set(decisions.map(({ agent, session }) => `${agent} ${session}`))
        assert.deepEqual([sessions.length, unlisted], [names.size, 0])
        for (const { agent, session, calls, denied, asked, last } of sessions) {
          const own = decisions.filter((one) => one.agent === agent && one.session === session)
          const of = (action: string) => own.filter(({ decision }) => decision.action === action)
          assert.deepEqual(
            [calls, denied, asked, last],
            [own.length, of('deny').length, of('require_approval').length, own.at(-1)!.time],
          )
        }
        const lasts = sessions.map(({ last }) => last)
        assert.deepEqual(lasts, [...lasts].sort().reverse())
      }
    })
  })

  test(`${name}: of more sessions than are listed those that called last, and how many more`, async () => {
    const drafts = Array.from({ length: 450 }, (_, i) => draft({ session: `s${i % 225}` }))
    await reading(drafts, async (reader) => {
      const { sessions, unlisted } = await reader.sessions({})
      assert.deepEqual([sessions.length, unlisted], [200, 25])
      assert.deepEqual([sessions[0]!.session, sessions[0]!.calls], ['s224', 2])
      assert.equal(sessions.at(-1)!.session, 's25')
    })
  })

  test(`${name}: a call that a late server recorded too is one decision, whichever came first`, async () => {
    const both = ['http', 'local'] as const
    const drafts = [both, [...both].reverse(), ['http', 'http'] as const].flatMap((vias, pair) =>
      vias.map((via) => draft({ via, tool_call_id: `pair-${pair}` }))
    )
    const flood = draft({ request: { repeated_dry_runs: 40 }, enforced: false })
    await reading([...drafts, flood], async (reader) => {
      const { events, decisions } = await reader.stats({})
      assert.equal(events, 7)
      // One, one, a call that was made twice, and a flood of forty.
      assert.equal(decisions.total, 1 + 1 + 2 + 40)
      assert.equal(decisions.enforced, 4)
      const { sessions } = await reader.sessions({})
      assert.deepEqual(sessions.map(({ calls }) => calls), [44])
    })
  })
}

function pruned(given: Record<string, unknown>): AuditFilter {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as unknown as AuditFilter
}

function wanted(events: readonly AuditEvent[], filter: AuditFilter): number[] {
  const fit = events.filter((event) => matchesFilter(event, filter)).map(({ seq }) => seq)
  return filter.order === 'asc' ? fit : fit.reverse()
}

async function allPages(reader: TrailReader, filter: AuditFilter): Promise<number[]> {
  const seqs: number[] = []
  let after: number | undefined
  for (;;) {
    const page = await reader.page({ ...filter, ...(after === undefined ? {} : { after }) })
    seqs.push(...page.events.map(({ seq }) => seq))
    if (page.next === undefined) return seqs
    after = page.next
  }
}

const isDenied = ({ decision }: AuditEvent) => decision.action === 'deny'

function sum(list: readonly { readonly count: number }[]): number {
  return list.reduce((total, { count }) => total + count, 0)
}

/** To one part in sixteen, as promised. */
function assertNear(
  found: number | null,
  decisions: readonly AuditEvent[],
  share: number,
): void {
  if (decisions.length === 0) return assert.equal(found, null)
  const sorted = decisions.map(({ decision }) => decision.eval_us).sort((a, b) => a - b)
  const exact = sorted[Math.ceil(sorted.length * share) - 1]!
  assert.ok(Math.abs(found! - exact) <= exact / 16, `${found} is not near ${exact}`)
}
