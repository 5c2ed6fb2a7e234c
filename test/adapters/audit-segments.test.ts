import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { verifyDirectory } from '../../src/adapters/audit-verify.ts'
import type { AuditEvent } from '../../src/audit/event.ts'
import type { Log } from '../../src/ports.ts'
import { draft, NOON, type Trail, withTrail } from '../helpers/audit.ts'
import { assertClean, at, DAY, FIRST } from '../helpers/trail.ts'

const SECOND = '2026-11-24.1.jsonl'

/** A trail of so many events that was tampered with; what the next start writes and says of it. */
async function tampered(
  trail: Trail,
  events: number,
  tamper: (path: string, lines: readonly string[]) => void,
): Promise<{ readonly alert: AuditEvent; readonly next: AuditEvent; readonly said: string[] }> {
  const { dir, open, files } = trail
  const log = await open()
  await log.append(Array.from({ length: events }, () => draft()))
  await log.close()
  const path = join(dir, FIRST)
  tamper(path, readFileSync(path, 'utf8').split('\n'))
  const said: string[] = []
  const again = await open({ log: logTo(said) })
  await again.append([draft()])
  const [alert, next] = files()[SECOND]!.split('\n').slice(0, -1)
    .map((line) => JSON.parse(line) as AuditEvent)
  return { alert: alert!, next: next!, said }
}

function logTo(said: string[]): Log {
  const say = (message: string): void => void said.push(message)
  return { error: say, warn: say, info: say }
}

interface Case {
  readonly name: string
  readonly tamper: (path: string, lines: readonly string[]) => void
  readonly line: number
  readonly what: RegExp
  /** Of the alert; the last event found is 5 unless said. */
  readonly seq: number
  readonly found?: number
}

const CASES: readonly Case[] = [
  {
    name: 'garbage lines at the end',
    tamper: (path) => appendFileSync(path, '\n\0\0\n{"schema":"other"}\n'),
    line: 6,
    what: /^3 lines at the end are no events$/,
    seq: 6,
  },
  {
    name: 'a head whose hash does not fit its line',
    tamper: (path, lines) =>
      writeFileSync(path, lines.join('\n').replace(/"git status"(?!.*"git status")/s, '"git log"')),
    line: 5,
    what: /^The hash of event 5 does not fit its line$/,
    seq: 6,
  },
  {
    name: 'an event that was taken out near the end',
    tamper: (path, lines) => writeFileSync(path, lines.toSpliced(2, 1).join('\n')),
    line: 3,
    what: /^Event 4 does not follow event 2, which stands before it$/,
    seq: 6,
  },
  {
    name: 'a line near the end that is no event',
    tamper: (path, lines) => writeFileSync(path, lines.with(2, '{}').join('\n')),
    line: 3,
    what: /^A line before event 4 is no event$/,
    seq: 6,
  },
  {
    name: 'a tail that is shorter than the last anchor says',
    tamper(path, lines) {
      const { seq, hash } = JSON.parse(lines[4]!) as AuditEvent
      anchor(path, { schema: 'rampart.anchor.v1', seq, hash })
      writeFileSync(path, lines.slice(0, 3).join('\n') + '\n')
    },
    line: 0,
    what: /^Events 4 to 5 were written and are gone, says the last anchor$/,
    seq: 6,
    found: 3,
  },
  {
    name: 'a head that is another one than the last anchor says',
    tamper: (path) => anchor(path, { schema: 'rampart.anchor.v1', seq: 5, hash: 'sha256:other' }),
    line: 0,
    what: /^Event 5 is not the one that was written, says the last anchor$/,
    seq: 6,
  },
  {
    name: 'a trail that is gone but for its anchors',
    tamper(path, lines) {
      const { seq, hash } = JSON.parse(lines[4]!) as AuditEvent
      anchor(path, { schema: 'rampart.anchor.v1', seq, hash })
      truncateSync(path, 0)
      writeFileSync(path, 'no event\n')
    },
    line: 1,
    what: /^1 lines at the end are no events$/,
    seq: 6,
    found: 0,
  },
]

function anchor(path: string, line: object): void {
  const text = `${JSON.stringify(line)}\n{"torn`
  writeFileSync(join(path, '..', 'anchors.jsonl'), text)
}

for (const { name, tamper, line, what, seq, found = 5 } of CASES) {
  test(`evidence starts a new segment, loudly: ${name}`, async () => {
    await withTrail(async (trail) => {
      const { alert, next, said } = await tampered(trail, 5, tamper)
      const request = alert.request as Record<string, unknown>
      assert.equal(alert.kind, 'alert')
      assert.equal(request['file'], FIRST)
      assert.equal(request['line'], line)
      assert.match(String(request['what']), what)
      assert.match(String(alert.decision.message), /^2026-11-24\.jsonl:\d+: .*rampart audit verify/)
      assert.ok(said.includes(String(alert.decision.message)), said.join('\n'))
      assert.equal(alert.seq, seq)
      const last = request['found'] as { seq: number; hash: string } | null
      assert.equal(last?.seq ?? 0, found)
      assert.equal(alert.prev_hash, last?.hash ?? `sha256:${'0'.repeat(64)}`)
      // Told once: the new segment is whole.
      const again = await trail.open()
      const [event] = await again.append([draft()])
      assert.equal(event?.seq, next.seq + (next.kind === 'alert' ? 2 : 1))
      assert.deepEqual(Object.keys(trail.files()).filter((file) => /^2026/.test(file)), [
        SECOND,
        FIRST,
      ])
    })
  })
}

test('a trail whose only file was deleted goes on behind its last anchor', async () => {
  await withTrail(async ({ dir, open }) => {
    const log = await open()
    const [, last] = await log.append([draft(), draft()])
    await log.close()
    rmSync(join(dir, FIRST))
    const again = await open({
      lastAnchor: () => Promise.resolve({ seq: 2, hash: last!.hash }),
    })
    const [event] = await again.append([draft()])
    assert.equal(event?.seq, 4)
    assert.match(
      (await verifyDirectory(dir)).findings[0]!.message,
      /Events 1 to 2 are missing/,
    )
  })
})

test('an anchor that the trail has outgrown, or that nobody can read, is no evidence', async () => {
  await withTrail(async ({ dir, open }) => {
    const log = await open()
    const [first] = await log.append([draft(), draft()])
    await log.close()
    const { seq, hash } = first!
    writeFileSync(
      join(dir, 'anchors.jsonl'),
      JSON.stringify({ schema: 'rampart.anchor.v1', seq, hash }) + '\n',
    )
    await (await open()).append([draft()])
    writeFileSync(
      join(dir, 'anchors.jsonl'),
      '{"schema":"rampart.anchor.v1","seq":9e99,"hash":"x"}\n',
    )
    await (await open()).append([draft()])
    await (await open({ lastAnchor: () => Promise.reject(new Error('no')) })).append([draft()])
    await assertClean(dir, 5)
  })
})

test('the segment of a future-dated file stands behind it', async () => {
  await withTrail(async ({ dir, open, files }) => {
    const log = await open()
    await log.append([draft(at(NOON + DAY)), draft(at(NOON))])
    await log.close()
    appendFileSync(join(dir, '2026-11-25.jsonl'), 'garbage\n')
    await (await open()).append([draft(at(NOON))])
    assert.deepEqual(Object.keys(files()), ['2026-11-25.1.jsonl', '2026-11-25.jsonl'])
  })
})

test('a lost file or a trail cut short while we run leaves a gap that shows', async () => {
  await withTrail(async ({ dir, open, files }) => {
    const log = await open()
    await log.append([draft(), draft()])
    await log.append([draft(at(NOON + DAY)), draft(at(NOON + DAY))])
    rmSync(join(dir, '2026-11-25.jsonl'))
    const [event] = await log.append([draft(at(NOON + DAY))])
    assert.equal(event?.seq, 6)
    assert.match(files()[SECOND]!, /Events 3 to 4 were written and are gone, says this/)
    assert.match((await verifyDirectory(dir)).findings[0]!.message, /Events 3 to 4 are missing/)
  })
})
