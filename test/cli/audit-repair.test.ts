import assert from 'node:assert/strict'
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import type { Repair } from '../../src/adapters/audit-repair.ts'
import { verifyDirectory } from '../../src/adapters/audit-verify.ts'
import { draft, withTrail } from '../helpers/audit.ts'
import { assertClean, at, DAY, FIRST } from '../helpers/trail.ts'
import { NOON } from '../helpers/audit.ts'
import { rampart } from './run.ts'

const SECOND = '2026-11-25.jsonl'

interface Report {
  readonly repairs: readonly Repair[]
  readonly left: number
  readonly recorded: readonly string[]
}

async function repair(
  dir: string,
  ...flags: string[]
): Promise<Report & { readonly code: number }> {
  const { code, out, err } = await rampart(['audit', 'repair', dir, '--json', ...flags])
  assert.equal(err, '')
  return { code, ...JSON.parse(out) as Report }
}

/** Two files with two events each, the first one damaged as said. */
async function damaged(
  damage: (lines: readonly string[]) => string | Uint8Array,
  work: (dir: string, files: () => Record<string, string>) => Promise<void>,
): Promise<void> {
  await withTrail(async ({ dir, open, files }) => {
    const log = await open()
    await log.append([draft(), draft()])
    await log.append([draft(at(NOON + DAY)), draft(at(NOON + DAY))])
    await log.close()
    const lines = readFileSync(join(dir, FIRST), 'utf8').split('\n').slice(0, -1)
    writeFileSync(join(dir, FIRST), damage(lines))
    await work(dir, files)
  })
}

interface Case {
  readonly name: string
  readonly damage: (lines: readonly string[]) => string | Uint8Array
  readonly places: readonly string[]
  readonly moved: string | Uint8Array
}

const CASES: readonly Case[] = [
  {
    name: 'a torn line in the middle',
    damage: ([a, b]) => `${a}\n${b!.slice(0, 90)}\n${b}\n`,
    places: ['2: no event (91 bytes)'],
    moved: '',
  },
  {
    name: 'garbage of every kind, at both ends',
    damage: ([a, b]) => `\0\0\n{}\n${a}\n\n${b}\n[1,2]\n{"half`,
    places: [
      '1: no event (2 lines, 6 bytes)',
      '4: no event (1 bytes)',
      '6: no event (6 bytes)',
      '7: a line without an end (6 bytes)',
    ],
    moved: '\0\0\n{}\n\n[1,2]\n{"half',
  },
  {
    name: 'a line that is too long to be an event',
    damage: ([a, b]) => `${a}\n${'x'.repeat(3 << 20)}\n${b}\n`,
    places: ['2: no event (3145729 bytes)'],
    moved: `${'x'.repeat(3 << 20)}\n`,
  },
  {
    name: 'a last line without its line feed',
    damage: ([a, b]) => `${a}\n${b}`,
    places: ['2: an event without its line feed (484 bytes)'],
    moved: '',
  },
  {
    name: 'a torn end of an old file',
    damage: ([a, b]) => `${a}\n${b}\n{"agent":"a"`,
    places: ['3: a line without an end (12 bytes)'],
    moved: '{"agent":"a"',
  },
]

for (const { name, damage, places, moved } of CASES) {
  test(`audit repair: ${name}`, async () => {
    await damaged(damage, async (dir, files) => {
      const before = files()
      const dry = await repair(dir, '--dry-run')
      assert.equal(dry.code, 1)
      const told = dry.repairs.map(({ line, what }) => `${line}: ${what}`)
      assert.deepEqual(told, places)
      assert.deepEqual(files(), before)

      const done = await repair(dir)
      assert.equal(done.code, 0)
      assert.equal(done.recorded.length, 1)
      const side = done.repairs.find((one) => one.kept_as !== undefined)?.kept_as
      if (side === undefined) assert.equal(moved, '')
      else {
        const bytes = readFileSync(join(dir, side), 'utf8')
        if (moved !== '') assert.equal(bytes, moved)
        assert.equal(statSync(join(dir, side)).mode & 0o777, 0o600)
      }
      await assertClean(dir, 5)
      assert.match(Object.values(files()).join(''), /Mended by rampart audit repair: \d/)

      const after = files()
      const again = await repair(dir)
      assert.deepEqual([again.code, again.repairs, again.recorded], [0, [], []])
      assert.deepEqual(files(), after)
    })
  })
}

test('audit repair leaves evidence where it is: an event that was changed, a hash, a gap', async () => {
  await damaged(
    ([a, b]) => `${a!.replace('git status', 'git log')}\n${b}\n`,
    async (dir, files) => {
      const before = files()
      const { code, repairs } = await repair(dir)
      assert.deepEqual([code, repairs], [0, []])
      assert.deepEqual(files(), before)
      assert.equal((await verifyDirectory(dir)).findings.length, 1)
    },
  )
})

test('audit repair: the end of the newest file is mended as a start would', async () => {
  await withTrail(async ({ dir, open }) => {
    const log = await open()
    await log.append([draft()])
    await log.close()
    appendFileSync(join(dir, FIRST), '{"torn', { mode: 0o600 })
    const dry = await repair(dir, '--dry-run')
    assert.deepEqual(dry.repairs.map(({ line, by, done }) => [line, by, done]), [[
      2,
      'start',
      false,
    ]])
    const done = await repair(dir)
    assert.deepEqual([done.code, done.left], [0, 0])
    await assertClean(dir, 2)
    assert.equal((await repair(dir)).repairs.length, 0)
  })
})

test('audit repair: modes, rests of an interrupted repair and empty side files', async (context) => {
  if (process.platform === 'win32') return context.skip('no modes')
  await damaged((lines) => `${lines.join('\n')}\n`, async (dir) => {
    const id = '0'.repeat(26)
    chmodSync(dir, 0o755)
    chmodSync(join(dir, FIRST), 0o644)
    writeFileSync(join(dir, `${FIRST}.draft-${id}`), 'half a copy', { mode: 0o600 })
    writeFileSync(join(dir, `${FIRST}.torn-${id}`), '', { mode: 0o600 })
    writeFileSync(join(dir, `${SECOND}.torn-${id}`), 'evidence', { mode: 0o600 })
    writeFileSync(join(dir, 'notes.txt'), 'not ours')
    const { code, repairs } = await repair(dir)
    assert.equal(code, 0)
    assert.deepEqual(repairs.map(({ file, what, action }) => `${file}: ${what}: ${action}`), [
      '.: mode 0755: set to 0700',
      `${FIRST}: mode 0644: set to 0600`,
      `${FIRST}.draft-${id}: the rest of a repair that was interrupted: remove it`,
      `${FIRST}.torn-${id}: an empty side file: remove it`,
    ])
    assert.equal(statSync(dir).mode & 0o777, 0o700)
    const names = readdirSync(dir).filter((name) => !/^[-\d]+\.jsonl$/.test(name)).sort()
    assert.deepEqual(names, ['.private', `${SECOND}.torn-${id}`, 'notes.txt'])
    assert.equal((await repair(dir)).repairs.length, 0)
  })
})

test('audit repair leaves to a person what nobody else may judge', async () => {
  await damaged((lines) => `${lines.join('\n')}\n`, async (dir) => {
    symlinkSync(join(dir, FIRST), join(dir, '2026-11-20.jsonl'))
    mkdirSync(join(dir, '2026-11-21.jsonl'))
    const { code, left, repairs } = await repair(dir)
    assert.deepEqual([code, left], [1, 2])
    assert.ok(repairs.every(({ by, action }) => by === 'person' && /move it away/.test(action)))
    const { code: told, out } = await rampart(['audit', 'repair', dir])
    assert.equal(told, 1)
    assert.match(out, /2026-11-20\.jsonl:0: not a regular file.*left to you\n/)
  })
})

test('audit repair: 3 where there is no trail', async () => {
  const { code, err } = await rampart(['audit', 'repair', '/nonexistent/trail', '--dry-run'])
  assert.equal(code, 3)
  assert.match(err, /Cannot read \/nonexistent\/trail: ENOENT/)
})

test('audit repair beside a writer: its next events follow in the file that was put in order', async () => {
  await withTrail(async ({ dir, open }) => {
    const log = await open()
    await log.append([draft(), draft()])
    const path = join(dir, FIRST)
    writeFileSync(path, readFileSync(path, 'utf8').replace('\n', '\ngarbage\n'))
    assert.equal((await repair(dir)).code, 0)
    await log.append([draft()])
    await assertClean(dir, 4)
  })
})
