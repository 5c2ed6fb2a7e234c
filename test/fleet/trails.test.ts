import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { inflated } from '../../src/http/inflate.ts'
import { nodeFileOps } from '../../src/adapters/audit-ops.ts'
import { nodeTrails } from '../../src/adapters/node-trails.ts'
import { loadSigner } from '../../src/adapters/audit-keys.ts'
import { verifyDirectory } from '../../src/adapters/audit-verify.ts'
import { RampartError } from '../../src/errors.ts'
import { takeLines } from '../../src/fleet/take.ts'
import { draft, faulty, withTrail } from '../helpers/audit.ts'
import { AnchorObserver } from '../../src/adapters/audit-anchors.ts'

const ID = '01K9ZC3Y6W8T4M2R5V7N1QXBDE'

/** A trail of 130 events with its anchors, and a directory for copies. */
function withSource(
  work: (source: {
    readonly file: string
    readonly lines: readonly string[]
    readonly anchors: readonly string[]
    readonly key: Uint8Array
    readonly root: string
  }) => Promise<void>,
): Promise<void> {
  return withTrail(async (trail) => {
    const root = mkdtempSync(join(tmpdir(), 'rampart-copies-'))
    try {
      const keys = join(root, 'keys')
      const log = { error() {}, warn() {}, info() {} }
      const anchors = new AnchorObserver({ dir: trail.dir, keys, clock: trail.clock, log })
      const audit = await trail.open({ observers: [anchors] })
      for (let made = 0; made < 13; made++) {
        await audit.append(Array.from({ length: 10 }, () => draft()))
      }
      await audit.close()
      const files = trail.files()
      const file = Object.keys(files).find((name) => /^\d/.test(name))!
      const linesOf = (text = '') => text.split('\n').filter((line) => line !== '')
      await work({
        file,
        lines: linesOf(files[file]),
        anchors: linesOf(files['anchors.jsonl']),
        key: (await loadSigner(keys)).publicKey,
        root: join(root, 'fleet'),
      })
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
  })
}

type Trails = ReturnType<typeof nodeTrails>

async function give(
  trails: Trails,
  file: string,
  lines: readonly string[],
  anchors: readonly string[] = [],
): Promise<void> {
  const head = await trails.head(ID)
  const taken = takeLines(head, lines, trails.hash)
  const fresh = taken.kind === 'taken' ? taken.lines : []
  await trails.append(
    ID,
    { file, lines: fresh, anchors },
    taken.kind === 'taken' ? taken.head : head,
  )
}

test('a copy verifies as the trail does, by the key that was pinned', () =>
  withSource(async ({ file, lines, anchors, key, root }) => {
    assert.ok(anchors.length >= 2)
    const trails = nodeTrails(root)
    await give(trails, file, lines.slice(0, 50), anchors)
    // Those of events that are not here yet wait.
    assert.ok(await trails.anchored(ID) <= 50)
    await give(trails, file, lines.slice(50), anchors)
    await give(trails, file, lines, [...anchors, ...anchors, 'no anchor', `${anchors[0]}\n{}`])
    const copy = readFileSync(join(root, ID, 'anchors.jsonl'), 'utf8')
    assert.equal(copy, anchors.map((line) => `${line}\n`).join(''))
    const found = await verifyDirectory(join(root, ID), { keys: [key] })
    assert.deepEqual([found.findings, found.events], [[], 130])
    assert.equal(found.anchors.count, anchors.length)
    const other = await verifyDirectory(join(root, ID), { keys: [new Uint8Array(32).fill(7)] })
    assert.ok(other.findings.length > 0)
  }))

test('a file that is none of a trail is not written, wherever its name leads', () =>
  withSource(async ({ lines, root }) => {
    const trails = nodeTrails(root)
    for (
      const file of ['../x.jsonl', 'anchors.jsonl', '/tmp/x', '2026-11-24.jsonl/..', '', 'a.jsonl']
    ) {
      await assert.rejects(
        give(trails, file, lines.slice(0, 1)),
        (error) => error instanceof RampartError && error.code === 'request_invalid',
      )
    }
    assert.equal((await trails.head(ID)).seq, 0)
  }))

test('half a line that a kill left is cut off, and what follows goes on from there', () =>
  withSource(async ({ file, lines, root }) => {
    await give(nodeTrails(root), file, lines.slice(0, 7))
    appendFileSync(join(root, ID, file), lines[7]!.slice(0, 100))
    const again = nodeTrails(root)
    assert.equal((await again.head(ID)).seq, 7)
    await give(again, file, lines.slice(5))
    assert.equal(
      readFileSync(join(root, ID, file), 'utf8'),
      lines.map((line) => `${line}\n`).join(''),
    )
  }))

for (const operation of ['open', 'write', 'datasync'] as const) {
  test(`when ${operation} fails once the next batch finds what is there`, () =>
    withSource(async ({ file, lines, anchors, root }) => {
      for (let nth = 1; nth <= 6; nth++) {
        rmSync(root, { recursive: true, force: true })
        let calls = 0
        const ops = faulty((what) => what === operation && ++calls === nth ? 'ENOSPC' : undefined)
        const trails = nodeTrails(root, ops)
        for (const [from, to] of [[0, 40], [40, 80], [80, 130]] as const) {
          // As a node does: again until it is taken.
          for (let turn = 0; turn < 4; turn++) {
            const [part, known] = [lines.slice(from, to), anchors]
            if (await give(trails, file, part, known).then(() => true, () => false)) break
          }
        }
        const copy = readFileSync(join(root, ID, file), 'utf8')
        assert.equal(copy, lines.map((line) => `${line}\n`).join(''), `${operation} ${nth}`)
        const kept = readFileSync(join(root, ID, 'anchors.jsonl'), 'utf8')
        assert.equal(kept, anchors.map((line) => `${line}\n`).join(''), `${operation} ${nth}`)
      }
    }))
}

test('a copy that cannot be read is not taken for an empty one', () =>
  withSource(async ({ file, lines, root }) => {
    await give(nodeTrails(root), file, lines.slice(0, 3))
    let isBroken = true
    const ops = faulty((what) => what === 'open' && isBroken ? 'EIO' : undefined)
    const trails = nodeTrails(root, ops)
    await assert.rejects(trails.head(ID))
    isBroken = false
    assert.equal((await trails.head(ID)).seq, 3)
    writeFileSync(join(root, ID, 'stranger'), 'x')
    assert.equal((await nodeTrails(root, nodeFileOps).head(ID)).seq, 3)
  }))

test('what unpacks to more than it may is refused, and so is what is no gzip', async () => {
  const packed = async (bytes: Uint8Array<ArrayBuffer>) =>
    new Uint8Array(
      await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip')))
        .arrayBuffer(),
    )
  const small = await packed(new Uint8Array(1000))
  assert.equal((await inflated(small, 1000)).length, 1000)
  await assert.rejects(
    inflated(small, 999),
    (error) => error instanceof RampartError && error.code === 'too_large',
  )
  const bomb = await packed(new Uint8Array(64 << 20))
  assert.ok(bomb.length < 1 << 17)
  await assert.rejects(inflated(bomb, 8 << 20))
  for (const wrong of [new Uint8Array(0), small.subarray(0, 10), Uint8Array.of(1, 2, 3)]) {
    await assert.rejects(
      inflated(wrong, 1000),
      (error) => error instanceof RampartError && error.code === 'request_invalid',
    )
  }
})
