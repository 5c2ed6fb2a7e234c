import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openAuditLog } from '../../src/adapters/audit-log.ts'
import { ulids } from '../../src/adapters/ids.ts'
import { manualClock } from '../../src/adapters/memory.ts'
import type { EventDraft } from '../../src/audit/event.ts'
import { mixed } from '../adapters/contracts/reader.ts'
import { draft, NOON } from '../helpers/audit.ts'
import { inTemp, rampart } from './run.ts'

/** A state directory whose trail holds these events. */
async function withEvents(
  drafts: readonly EventDraft[],
  work: (home: string) => Promise<void>,
): Promise<void> {
  await inTemp(async (home) => {
    const clock = manualClock(NOON)
    const dir = join(home, 'audit')
    const log = await openAuditLog({ dir, clock, ids: ulids(clock), fileBytes: 40_000 })
    await log.append(drafts)
    await log.close()
    await work(home)
  })
}

const HOSTILE = '\x1b[2J\x1b]0;owned\x07\u202eevil\r\n\u0085</script><b>=cmd|'

function assertHarmless(text: string): void {
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
}

test('audit search: the same with and without an index, in pages', async () => {
  await withEvents(mixed(300), async (home) => {
    const args = ['audit', 'search', '--json', '--agent', 'agent-1', '--decision', 'deny']
    const before = await rampart([...args, '--n', '7'], { home })
    assert.equal(before.code, 0)
    const again = await rampart(['audit', 'reindex', '--json'], { home })
    assert.equal(JSON.parse(again.out).events, 300)
    assert.deepEqual(await rampart([...args, '--n', '7'], { home }), before)
    const { events, next } = JSON.parse(before.out)
    assert.equal(events.length, 7)
    const more = await rampart([...args, '--after', String(next)], { home })
    const rest = JSON.parse(more.out)
    assert.ok(rest.events[0].seq < next)
    assert.equal(rest.next, null)
    const text = await rampart(['audit', 'search', 'GRÖSSE', '--n', '2'], { home })
    assert.equal(text.out.split('\n').length, 1)
    const found = await rampart(['audit', 'search', 'größe 13', '--oldest', '--n', '2'], { home })
    assert.match(found.out.split('\n')[0]!, /Größe 13\\/)
    assert.match(found.err, /more: --after \d+/)
  })
})

test('log: what was decided, oldest first, with the reason', async () => {
  await withEvents([
    draft({ decision: { action: 'allow', eval_us: 1 } }),
    draft({ kind: 'start' }),
    draft({
      request: { params: { path: '/etc/shadow' } },
      enforced: false,
      decision: { action: 'deny', eval_us: 1, rule: 'guard/1', message: 'Not here' },
    }),
  ], async (home) => {
    const { out } = await rampart(['log'], { home })
    assert.equal(
      out,
      '2026-11-24T12:00:00.000Z  allow  a  exec  git status\n' +
        '2026-11-24T12:00:00.000Z  deny dry  a  exec  /etc/shadow\n    guard/1: Not here\n',
    )
    const denied = await rampart(['log', '--deny', '--json'], { home })
    assert.deepEqual(denied.out.trim().split('\n').map((line) => JSON.parse(line).seq), [3])
    const none = await rampart(['log', '--until', '2026-11-24'], { home })
    assert.deepEqual([none.out, none.code], ['', 0])
  })
})

test('audit stats: counts for people and as JSON, over a span', async () => {
  await withEvents(mixed(300), async (home) => {
    const { out, code } = await rampart(['audit', 'stats'], { home })
    assert.equal(code, 0)
    assert.match(out, /^300 events: 272 decisions, 272 of them enforced\n/)
    assert.match(out, /evaluation: p50 \d+ µs, p99 \d+ µs\n$/)
    const span = ['--since', '2026-11-24T12:30:00Z', '--until', '2026-11-24T13:00:00Z', '--json']
    const json = JSON.parse((await rampart(['audit', 'stats', ...span], { home })).out)
    assert.equal(json.events, 100)
    assert.equal(json.since, '2026-11-24T12:30:00.000Z')
    assert.equal(json.decisions.by_hour.length, 1)
  })
})

test('a trail whose index cannot be a file is counted all the same', async () => {
  await withEvents(mixed(30), async (home) => {
    const path = join(home, 'audit', '.private', 'index.db')
    mkdirSync(path)
    const { out } = await rampart(['audit', 'stats', '--json'], { home })
    assert.equal(JSON.parse(out).events, 30)
    assert.deepEqual(readdirSync(path), [])
    assert.equal((await rampart(['audit', 'search', '--n', '1'], { home })).code, 0)
  })
})

test('what an agent wrote moves no cursor, whatever prints it', async () => {
  const event = draft({
    agent: HOSTILE,
    tool: HOSTILE,
    session: HOSTILE,
    request: { params: { command: HOSTILE } },
    decision: { action: HOSTILE, policy: HOSTILE, rule: HOSTILE, message: HOSTILE, eval_us: 3 },
  })
  await withEvents([event], async (home) => {
    for (
      const argv of [['audit', 'tail'], ['audit', 'search'], ['audit', 'search', 'evil'], ['log'], [
        'audit',
        'stats',
      ]]
    ) {
      for (const json of [[], ['--json']]) {
        const { out, code } = await rampart([...argv, ...json], { home })
        assert.equal(code, 0, argv.join(' '))
        assert.match(out, /evil|1 events/)
        assertHarmless(out)
      }
    }
  })
})

test('a line whose members are not what they should be is read like any other', async () => {
  await withEvents(mixed(3), async (home) => {
    const dir = join(home, 'audit')
    const name = readdirSync(dir).find((one) => /^\d{4}-/.test(one))!
    const odd = { toString: 1, valueOf: null, length: -1 }
    const hash = `sha256:${'0'.repeat(64)}`
    const line = {
      ...{ schema: 'rampart.audit.v2', seq: 4, time: '2026-99-99', id: 'x', kind: 'decision' },
      ...{ agent: odd, session: odd, tool: [odd], run_id: odd, tool_call_id: 7, request: null },
      ...{ principal: odd, enforced: 'no', mode: 0, via: 'local', hash, prev_hash: hash },
      decision: {
        ...{ action: 'deny', policy: odd, rule: odd, message: [1], effects: 5, eval_us: 'long' },
      },
    }
    appendFileSync(join(dir, name), `${JSON.stringify(line)}\n`)
    for (const anew of [false, true]) {
      if (anew) assert.equal((await rampart(['audit', 'reindex'], { home })).code, 0)
      for (const argv of ['audit tail', 'audit search', 'audit search length', 'log --deny']) {
        const { code, err } = await rampart(argv.split(' '), { home })
        assert.equal(code, 0, `${argv}: ${err}`)
      }
      const stats = await rampart(['audit', 'stats', '--json'], { home })
      assert.equal(JSON.parse(stats.out).events, 4)
      const page = await rampart(['report', '--out', '-'], { home })
      assert.equal(page.code, 1, page.err)
      assert.match(page.out, /toString/)
    }
  })
})

test('what the flags say must be said well', async () => {
  await withEvents(mixed(5), async (home) => {
    for (
      const argv of [
        ['audit', 'search', '--n', '0'],
        ['audit', 'search', '--after', 'x'],
        ['audit', 'stats', '--since', 'yesterday'],
        ['log', '--until', '2026-13-45'],
      ]
    ) {
      const { code, err } = await rampart(argv, { home })
      assert.equal(code, 3, argv.join(' '))
      assert.match(err, new RegExp(`${argv.at(-2)} "${argv.at(-1)}": expected`))
    }
    const nowhere = await rampart(['audit', 'reindex', join(home, 'nowhere')], { home })
    assert.match(nowhere.err, /There is no trail in/)
  })
})
