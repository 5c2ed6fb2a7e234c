import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { AnchorObserver } from '../../src/adapters/audit-anchors.ts'
import { openAuditLog } from '../../src/adapters/audit-log.ts'
import { loadSigner } from '../../src/adapters/audit-keys.ts'
import { ulids } from '../../src/adapters/ids.ts'
import { systemClock } from '../../src/adapters/clock.ts'
import { verifyDirectory } from '../../src/adapters/audit-verify.ts'
import { trailFiles } from '../../src/adapters/audit-files.ts'
import { draft } from '../helpers/audit.ts'
import { startScript } from '../helpers/spawn.ts'
import { inTemp, rampart } from './run.ts'

const DAY = 86_400_000
const today = Math.floor(systemClock().now() / DAY) * DAY

/** At the beginning of a day, so that the hour of the test does not matter. */
function daysAgo(days: number): string {
  return new Date(today - days * DAY).toISOString()
}

function nameOf(days: number): string {
  return `${daysAgo(days).slice(0, 10)}.jsonl`
}

const quiet = { error: () => {}, warn: () => {}, info: () => {} }

/** An anchored trail with so many events on each of the last ten days. */
function withOld(
  body: (home: string, dir: string) => Promise<void>,
  each = 2,
): Promise<void> {
  return inTemp(async (home) => {
    assert.equal((await rampart(['init'], { home })).code, 0)
    const dir = join(home, 'audit')
    const alive = setInterval(() => {}, 1 << 30)
    const clock = systemClock()
    const anchors = new AnchorObserver({ dir, keys: join(home, 'keys'), clock, log: quiet })
    const log = await openAuditLog({ dir, clock, ids: ulids(clock), observers: [anchors] })
    for (let days = 10; days > 0; days--) {
      await log.append(Array.from({ length: each }, () => draft({ time: daysAgo(days) })))
    }
    await log.close()
    clearInterval(alive)
    await body(home, dir)
  })
}

function files(dir: string): string[] {
  return trailFiles(readdirSync(dir).map((name) => name.replace(/\.gz$/, ''))).map(({ name }) =>
    name
  )
}

async function findings(home: string, dir: string): Promise<readonly string[]> {
  const { publicKey } = await loadSigner(join(home, 'keys'))
  const found = (await verifyDirectory(dir, { keys: [publicKey] })).findings
  return found.map(({ file, line, message }) => `${file}:${line}: ${message}`)
}

test('audit prune: a dry run changes nothing, then whole files go and the rest verifies', () =>
  withOld(async (home, dir) => {
    const dry = await rampart(['audit', 'prune', '--keep', '7d', '--dry-run'], { home })
    assert.equal(dry.code, 0, dry.err)
    assert.match(dry.out, new RegExp(`^${nameOf(10)}: \\d+ bytes: would be removed \\(age\\)\n`))
    assert.match(dry.out, /4 files to remove, to keep 7d\. Next: rampart audit prune\n$/)
    assert.equal(files(dir).length, 10)

    const { code, out, err } = await rampart(['audit', 'prune', '--keep', '7d', '--json'], { home })
    assert.equal(code, 0, err)
    const told = JSON.parse(out)
    assert.deepEqual(told.events, { first: 1, last: 8 })
    assert.deepEqual(told.files.map(({ name }: { name: string }) => name), [
      nameOf(10),
      nameOf(9),
      nameOf(8),
      nameOf(7),
    ])
    assert.deepEqual(await findings(home, dir), [])
    assert.equal((await rampart(['audit', 'verify'], { home })).code, 0)
    const tail = await rampart(['audit', 'tail', '--n', '1', '--json'], { home })
    const event = JSON.parse(tail.out)
    assert.equal(event.kind, 'alert')
    assert.match(event.principal, /^uid:\d+$|^local$/)
    assert.match(event.decision.message, /^Pruned events 1 to 8, 4 files, to keep 7d$/)
    const again = await rampart(['audit', 'prune', '--keep', '7d'], { home })
    assert.match(again.out, /: 0 files removed/)
  }))

test('anchors: all of a pruned and packed trail still fit, and one from before still proves the rest', () =>
  withOld(async (home, dir) => {
    const verify = async (...flags: string[]) => {
      const { code, out, err } = await rampart(['audit', 'verify', '--json', ...flags], { home })
      assert.equal(code, 0, out + err)
      return JSON.parse(out)
    }
    const before = await verify()
    assert.equal(before.events, 600)
    writeFileSync(join(home, 'kept.jsonl'), readFileSync(join(dir, 'anchors.jsonl')))
    const flags = ['--keep', '4d', '--compress', '--json']
    const { out } = await rampart(['audit', 'prune', ...flags], { home })
    assert.deepEqual(JSON.parse(out).events, { first: 1, last: 420 })
    const after = await verify('--anchor', join(home, 'kept.jsonl'))
    assert.equal(after.events, 181)
    assert.ok(after.anchors.count > before.anchors.count)
    assert.equal((await rampart(['audit', 'verify', '--since', '500'], { home })).code, 0)

    // Of what is gone, an anchor from elsewhere is compared with the trail's own.
    const own = readFileSync(join(dir, 'anchors.jsonl'), 'utf8')
    writeFileSync(join(dir, 'anchors.jsonl'), own.split('\n').slice(1).join('\n'))
    const flag = ['--anchor', join(home, 'kept.jsonl')]
    const lacking = await rampart(['audit', 'verify', ...flag], { home })
    assert.equal(lacking.code, 1)
    assert.match(lacking.out, /Event 60 was pruned, and anchors\.jsonl has no anchor of it/)
    writeFileSync(join(dir, 'anchors.jsonl'), own)

    // Without the stub, the same trail is cut.
    rmSync(join(dir, 'pruned.jsonl'))
    const cut = await rampart(['audit', 'verify'], { home })
    assert.equal(cut.code, 1)
    assert.match(cut.out, /Events 1 to 420 are missing/)
  }, 60))

test('an event behind the cut is proved, one that is gone is not found', () =>
  withOld(async (home) => {
    const tail = await rampart(['audit', 'tail', '--n', '5000', '--json'], { home })
    const ids = tail.out.trim().split('\n').map((line) => JSON.parse(line).id)
    await rampart(['audit', 'prune', '--keep', '4d', '--compress'], { home })
    const there = await rampart(['audit', 'prove', ids.at(-1)], { home })
    assert.equal(there.code, 0, there.err)
    const proof = join(home, 'event.proof')
    writeFileSync(proof, there.out)
    const checked = await rampart(['audit', 'verify', '--proof', proof], { home })
    assert.equal(checked.code, 0, checked.out + checked.err)
    assert.equal((await rampart(['audit', 'prove', ids[0]], { home })).code, 3)
  }, 60))

test('audit prune: the limit comes from config.yaml; a bad one is refused with exit 3', () =>
  withOld(async (home, dir) => {
    writeFileSync(join(home, 'config.yaml'), 'audit: {keep: 4d}\n')
    const { code, out } = await rampart(['audit', 'prune'], { home })
    assert.equal(code, 0)
    assert.match(out, /7 files removed, to keep 4d/)
    assert.equal(files(dir).length, 4)
    for (const keep of ['', '5', '5 GB', '1d|1d']) {
      const bad = await rampart(['audit', 'prune', '--keep', keep], { home })
      assert.equal(bad.code, 3, keep)
      assert.match(bad.err, /expected a time, a size or both|--keep/)
    }
    const none = await rampart(['audit', 'prune', join(home, 'nowhere')], { home })
    assert.equal(none.code, 3)
  }))

test('audit prune --compress: what is old is packed, zcat reads it, and so do all readers', () =>
  withOld(async (home, dir) => {
    const plain = readFileSync(join(dir, nameOf(5)))
    const { code, out, err } = await rampart(
      ['audit', 'prune', '--keep', '7d', '--compress', '--json'],
      { home },
    )
    assert.equal(code, 0, err)
    assert.deepEqual(JSON.parse(out).packed, [6, 5, 4, 3, 2].map(nameOf))
    const path = join(dir, `${nameOf(5)}.gz`)
    const zcat = spawnSync('gzip', ['-dc', path])
    assert.equal(zcat.status, 0, String(zcat.stderr))
    assert.ok(zcat.stdout.equals(plain))
    assert.deepEqual(await findings(home, dir), [])
    const tail = await rampart(['audit', 'tail', '--n', '100', '--json'], { home })
    assert.equal(tail.out.trim().split('\n').length, 13)
  }))

test('audit prune: broken files stay with exit 1, and go with --force', () =>
  withOld(async (home, dir) => {
    const path = join(dir, nameOf(9))
    writeFileSync(path, readFileSync(path, 'utf8').replace('"allow"', '"deny"'))
    const { code, out } = await rampart(['audit', 'prune', '--keep', '7d'], { home })
    assert.equal(code, 1)
    assert.match(out, /The hash does not fit/)
    assert.match(out, /to prune them all the same, say --force/)
    assert.equal(files(dir).length, 10)
    const forced = await rampart(['audit', 'prune', '--keep', '7d', '--force'], { home })
    assert.equal(forced.code, 0)
    assert.match((await findings(home, dir)).join('\n'), /were broken when they were pruned/)
  }))

test('audit repair mends a packed file as it does a plain one', () =>
  withOld(async (home, dir) => {
    writeFileSync(join(dir, nameOf(5)), 'no event\n', { flag: 'a' })
    await rampart(['audit', 'prune', '--keep', 'forever', '--compress'], { home })
    assert.ok(readdirSync(dir).includes(`${nameOf(5)}.gz`))
    assert.equal((await findings(home, dir)).length, 1)
    const { code, out } = await rampart(['audit', 'repair'], { home })
    assert.equal(code, 0, out)
    assert.ok(readdirSync(dir).includes(nameOf(5)) && !readdirSync(dir).includes(`${nameOf(5)}.gz`))
    assert.deepEqual(await findings(home, dir), [])
  }))

test('prunes and packs beside processes that append: nothing acknowledged is lost, all verifies', () =>
  withOld(async (home, dir) => {
    const workers = [1, 2].map(() => startScript('./audit-worker.ts', [dir, '60', '8']))
    const codes: number[] = []
    for (let keep = 9; keep > 2; keep--) {
      const flags = ['--keep', `${keep}d`, '--compress']
      codes.push((await rampart(['audit', 'prune', ...flags], { home })).code)
    }
    for (const { ended } of workers) assert.deepEqual(await ended, { code: 0, err: '' })
    assert.deepEqual(codes, [0, 0, 0, 0, 0, 0, 0])
    const found = await findings(home, dir)
    assert.deepEqual(found.filter((text) => !text.includes('has no anchor')), [])
    const tail = await rampart(['audit', 'tail', '--n', '5000', '--json'], { home })
    const ids = new Set(tail.out.trim().split('\n').map((line) => JSON.parse(line).id))
    const lost = workers.flatMap(({ lines }) => lines).filter((id) => !ids.has(id))
    assert.deepEqual(lost, [])
  }))
