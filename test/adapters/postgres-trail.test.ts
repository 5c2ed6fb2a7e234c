import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '../../src/adapters/clock.ts'
import { memoryAuditLog } from '../../src/adapters/memory.ts'
import { postgresOverlay } from '../../src/adapters/postgres-overlay.ts'
import { sharedTrail } from '../../src/adapters/postgres-trail.ts'
import type { EventDraft } from '../../src/audit/event.ts'
import { RampartError } from '../../src/errors.ts'
import type { Shared } from '../../src/adapters/postgres.ts'
import { SKIP_POSTGRES } from '../helpers/postgres.ts'
import { ownPostgres, sharedOf, SILENT } from './contracts/in-postgres.ts'

const skip = SKIP_POSTGRES
const postgres = ownPostgres()
const by = (node: string) => ({ node, clock: systemClock(), log: SILENT })

const draft = (id: string, kind: EventDraft['kind'] = 'approval'): EventDraft => ({
  id,
  time: '2026-11-27T12:00:00.000Z',
  kind,
  agent: 'a',
  session: 's',
  tool: 'exec',
  request: { approval: 'q', digest: 'd' },
  decision: { action: 'approved', eval_us: 0 },
  enforced: true,
  mode: 'enforce',
  via: 'http',
  principal: 'admin',
})

async function onTwo(
  tenant: string,
  body: (a: Shared, b: Shared) => Promise<void>,
): Promise<void> {
  const [a, b] = await Promise.all([sharedOf(postgres(), tenant), sharedOf(postgres(), tenant)])
  try {
    await body(a, b)
  } finally {
    await Promise.all([a.close(), b.close()])
  }
}

test(
  'F25 what proves an approval is seen by the other replica, and of its calls nothing',
  { skip },
  () =>
    onTwo('proofs', async (a, b) => {
      const [mine, theirs] = [
        sharedTrail(memoryAuditLog(), a, by('A')),
        sharedTrail(memoryAuditLog(), b, by('B')),
      ]
      const heard = Promise.withResolvers<string | undefined>()
      b.follower.heard((id) => id === undefined ? undefined : heard.resolve(id))
      const [event] = await mine.append([draft('yes'), draft('call', 'decision')])
      assert.deepEqual(await theirs.query({ id: 'yes', limit: 1 }), [event])
      assert.deepEqual(await theirs.query({ id: 'call', limit: 1 }), [])
      // Only what is asked for by its id: lists are of the own trail.
      assert.deepEqual(await theirs.query({ limit: 9 }), [])
      assert.equal(await heard.promise, 'q')
      assert.equal(
        postgres().sql(`SELECT node, seq FROM rampart.proofs WHERE id = 'yes'`, 'rampart'),
        `A\t${event!.seq}`,
      )
    }),
)

test('an event that was not shown before its replica was killed is shown when it looks for it', {
  skip,
}, () =>
  onTwo('killed', async (a, b) => {
    const own = memoryAuditLog()
    await own.append([draft('lost')])
    const theirs = sharedTrail(memoryAuditLog(), b, by('B'))
    assert.deepEqual(await theirs.query({ id: 'lost', limit: 1 }), [])
    // As a start does for every yes that it finds (`service/reopen.ts`).
    await sharedTrail(own, a, by('A')).query({ id: 'lost', limit: 1 })
    assert.equal((await theirs.query({ id: 'lost', limit: 1 })).length, 1)
  }))

test(
  'an event is on record though the store is away, and is shown once it is back',
  { skip },
  () =>
    onTwo('away', async (a, b) => {
      let isAway = true
      const rows: Shared['db']['rows'] = (...asked) =>
        isAway ? Promise.reject(new RampartError('unavailable', 'away')) : a.db.rows(...asked)
      const mine = sharedTrail(memoryAuditLog(), { ...a, db: { ...a.db, rows } }, by('A'))
      const theirs = sharedTrail(memoryAuditLog(), b, by('B'))
      assert.equal((await mine.append([draft('late')])).length, 1)
      assert.deepEqual(await theirs.query({ id: 'late', limit: 1 }), [])
      isAway = false
      await mine.append([draft('next')])
      assert.equal((await theirs.query({ id: 'late', limit: 1 })).length, 1)
      await mine.close()
    }),
)

const block = (id: string) =>
  ({ id, action: 'block', tool: 'exec', generalisation: 'program', program: id }) as const

test(
  'the rules file of all: edits on both sides are kept, and what a machine had before',
  { skip },
  async () => {
    const root = mkdtempSync(join(tmpdir(), 'rampart-shared-rules-'))
    const dirs = ['a', 'b'].map((name) => join(root, name))
    try {
      await onTwo('rules', async (a, b) => {
        for (const [i, dir] of dirs.entries()) {
          mkdirSync(dir, { recursive: true })
          writeFileSync(join(dir, 'user.yaml'), `version: "1" # of ${'ab'[i]}\n`)
        }
        const one = await postgresOverlay(a, { dir: dirs[0]!, log: SILENT })
        const other = await postgresOverlay(b, { dir: dirs[1]!, log: SILENT })
        assert.match(readFileSync(`${other.path}.before-store`, 'utf8'), /of b/)
        const ids = Array.from({ length: 10 }, (_, i) => `tool${i}`)
        await Promise.all(ids.map((id, i) => (i % 2 ? one : other).edit({ add: [block(id)] })))
        await Promise.all([a.follower.catchUp(), b.follower.catchUp()])
        const texts = dirs.map((dir) => readFileSync(join(dir, 'user.yaml'), 'utf8'))
        assert.equal(texts[0], texts[1])
        assert.match(texts[0]!, /of a/)
        for (const id of ids) assert.match(texts[0]!, new RegExp(`${id}\\b`))
      })
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
  },
)
