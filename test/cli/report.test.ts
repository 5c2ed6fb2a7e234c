import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { AnchorObserver } from '../../src/adapters/audit-anchors.ts'
import { openAuditLog } from '../../src/adapters/audit-log.ts'
import { ulids } from '../../src/adapters/ids.ts'
import { manualClock } from '../../src/adapters/memory.ts'
import type { EventDraft } from '../../src/audit/event.ts'
import { escaped } from '../../src/cli/report-html.ts'
import { mixed } from '../adapters/contracts/reader.ts'
import { draft, NOON } from '../helpers/audit.ts'
import { inTemp, rampart } from './run.ts'

const quiet = { error() {}, warn() {}, info() {} }

/** A state directory whose anchored trail holds these events. */
async function withAnchored(
  drafts: readonly EventDraft[],
  work: (home: string) => Promise<void>,
): Promise<void> {
  await inTemp(async (home) => {
    const clock = manualClock(NOON)
    const alive = setInterval(() => {}, 1 << 30)
    try {
      const dir = join(home, 'audit')
      const anchors = new AnchorObserver({ dir, keys: join(home, 'keys'), clock, log: quiet })
      const log = await openAuditLog({ dir, clock, ids: ulids(clock), observers: [anchors] })
      await log.append(drafts)
      await log.close()
      await work(home)
    } finally {
      clearInterval(alive)
    }
  })
}

// deno-lint-ignore no-explicit-any
async function complianceJson(home: string): Promise<any> {
  const { out, code } = await rampart(['report', 'compliance', '--json'], { home })
  return { code, ...JSON.parse(out) }
}

test('report compliance agrees with audit verify, on a good trail and on a changed one', async () => {
  await withAnchored(mixed(250), async (home) => {
    for (const tampered of [false, true]) {
      if (tampered) {
        const dir = join(home, 'audit')
        const name = readdirSync(dir).find((one) => /^\d{4}-/.test(one))!
        const text = readFileSync(join(dir, name), 'utf8')
        writeFileSync(join(dir, name), text.replace('agent-1', 'agent-2'))
      }
      const verified = await rampart(['audit', 'verify', '--json'], { home })
      const { events, root, findings, head, anchors } = JSON.parse(verified.out)
      const found = await complianceJson(home)
      assert.equal(found.code, verified.code)
      assert.equal(found.code, tampered ? 1 : 0)
      assert.equal(found.result, tampered ? 'fail' : 'pass')
      assert.equal(found.verified.findings, findings.length)
      const { events: number, root: tree, head: end, anchors: signed } = found.verified
      assert.deepEqual([number, tree, end, signed], [events, root, head, anchors])
      assert.equal(found.checks[0].result, tampered ? 'fail' : 'pass')
    }
  })
})

const KINDS: readonly (readonly [string, Partial<EventDraft>, string, string])[] = [
  ['a pass without a record', { kind: 'fail_open' }, 'RC-3', 'fail'],
  ['a dry run', { enforced: false }, 'RC-4', 'note'],
  ['a change of the mode', { kind: 'mode' }, 'RC-4', 'note'],
  ['an alert', { kind: 'alert' }, 'RC-6', 'note'],
  ['a wrong token', { kind: 'auth_failure' }, 'RC-6', 'note'],
  ['a decision', {}, 'RC-4', 'pass'],
]

for (const [what, change, id, result] of KINDS) {
  test(`report compliance: ${what} makes ${id} a ${result}`, async () => {
    await withAnchored([draft(change)], async (home) => {
      const { checks, code } = await complianceJson(home)
      const check = checks.find((one: { readonly id: string }) => one.id === id)
      assert.equal(check.result, result)
      assert.equal(code, result === 'fail' ? 1 : 0)
    })
  })
}

const HOSTILE = `</script><img src=x onerror=alert(1)>"'&\x1b[2J\u202e]]>--><style>`

test('report: one page that loads nothing, in which nothing an agent wrote is markup', async () => {
  const hostile = draft({
    agent: HOSTILE,
    tool: HOSTILE,
    session: HOSTILE,
    request: { params: { command: HOSTILE } },
    decision: { action: 'deny', policy: HOSTILE, rule: HOSTILE, message: HOSTILE, eval_us: 3 },
  })
  await withAnchored([...mixed(120), hostile], async (home) => {
    const file = join(home, 'report.html')
    const { code, out } = await rampart(['report', '--out', file], { home })
    assert.deepEqual([code, out], [0, `${file}: pass\n`])
    assert.equal(statSync(file).mode & 0o077, 0)
    const page = readFileSync(file, 'utf8')
    const tags = new Set([...page.matchAll(/<\/?([a-z0-9!]+)/gi)].map(([, tag]) => tag))
    assert.deepEqual(
      [...tags].sort(),
      '!doctype body code g h1 h2 head html meta p rect style svg table td text th title tr'
        .split(' '),
    )
    const attributes = [...page.matchAll(/<[^>]*>/g)].flatMap(([tag]) =>
      [...tag.matchAll(/\s([a-z-]+)=/g)].map(([, name]) => name!)
    )
    assert.deepEqual(attributes.filter((name) => /^(?:src|href|style|on.*|xmlns)$/.test(name)), [])
    assert.doesNotMatch(/<style>([^]*)<\/style>/.exec(page)![1]!, /url\(|@import|</)
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(page, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
    assert.ok(page.includes(escaped(HOSTILE)))
    const style = /<style>([^]*)<\/style>/.exec(page)![1]!
    const hash = createHash('sha256').update(style).digest('base64')
    assert.ok(page.includes(`default-src 'none'; style-src 'sha256-${hash}'`))
    const twice = await rampart(['report', '--out', file], { home })
    assert.equal(twice.code, 3)
    assert.match(twice.err, /it is there already/)
    const printed = await rampart(['report', '--out', '-', '--since', '2026-11-25'], { home })
    assert.match(printed.out, /<p>None<\/p>/)
  })
})
