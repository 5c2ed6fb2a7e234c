import assert from 'node:assert/strict'
import { createHash, createPublicKey, verify } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { draft, NOON } from '../helpers/audit.ts'
import { idle } from '../helpers/service.ts'
import { shown, withAnchors } from '../helpers/anchors.ts'

const many = (count: number, change = {}) => Array.from({ length: count }, () => draft(change))
const DAY = 86_400_000
const day = (count: number) => ({ time: new Date(NOON + count * DAY).toISOString() })

test('each hundredth event, the end of each file and the end have an anchor', async () => {
  await withAnchors(async ({ openAnchored, anchors, verify }) => {
    const { log } = await openAnchored()
    await log.append(many(250))
    await log.append(many(30, day(1)))
    await log.append(many(75, day(2)))
    await log.close()
    assert.deepEqual(
      anchors().map(({ seq, file }) => [seq, file]),
      [
        [100, '2026-11-24.jsonl'],
        [200, '2026-11-24.jsonl'],
        [250, '2026-11-24.jsonl'],
        [280, '2026-11-25.jsonl'],
        [300, '2026-11-26.jsonl'],
        [355, '2026-11-26.jsonl'],
      ],
    )
    const verified = await verify()
    assert.deepEqual(verified.findings, [])
    assert.equal(verified.events, 355)
    assert.equal(verified.root, anchors().at(-1)!.root)
    assert.deepEqual(verified.anchors, {
      count: 6,
      last_seq: 355,
      key_ids: [anchors()[0]!.key_id],
    })
  })
})

test('F27 approvals, policy changes and fail-open passes are anchored at once, the rest within 10 s', async () => {
  for (const kind of ['approval', 'policy', 'fail_open'] as const) {
    await withAnchors(async ({ openAnchored, anchors }) => {
      const told = Promise.withResolvers<number>()
      const { log } = await openAnchored({ onAnchor: ({ seq }) => told.resolve(seq) })
      await log.append([draft(), draft({ kind }), draft()])
      assert.equal(await told.promise, 3)
      assert.deepEqual(anchors().map(({ seq }) => seq), [3])
      await log.close()
      assert.equal(anchors().length, 1)
    })
  }
  await withAnchors(async ({ openAnchored, clock, dir }) => {
    const told = Promise.withResolvers<number>()
    const { log } = await openAnchored({ onAnchor: ({ seq }) => told.resolve(seq) })
    await log.append(many(7))
    await idle()
    clock.advance(9_999)
    await idle()
    assert.ok(!existsSync(join(dir, 'anchors.jsonl')))
    clock.advance(1)
    assert.equal(await told.promise, 7)
    await log.close()
  })
})

test('a checkpoint is a signed note that a reader of the specification accepts', async () => {
  await withAnchors(async ({ openAnchored, anchors, keys }) => {
    const { log } = await openAnchored()
    await log.append(many(5))
    await log.close()
    const { checkpoint, root, key_id } = anchors()[0]!
    // c2sp.org/signed-note and tlog-checkpoint, read anew.
    const [text, block] = checkpoint.split('\n\n').map((part, at) => at === 0 ? `${part}\n` : part)
    const [origin, size, hash] = text!.split('\n')
    assert.equal(size, '5')
    assert.equal(Buffer.from(hash!, 'base64').toString('hex'), root.slice('sha256:'.length))
    const [, name, signed] = /^— (\S+) (\S+)\n$/.exec(block!)!
    assert.equal(name, origin)
    const bytes = Buffer.from(signed!, 'base64')
    const pem = readFileSync(join(keys, `anchor-${key_id}.pub.pem`), 'utf8')
    const key = createPublicKey(pem)
    const raw = Buffer.from(key.export({ format: 'jwk' }).x!, 'base64url')
    const id = createHash('sha256').update(`${name}\n`).update(Uint8Array.of(1)).update(raw)
      .digest()
    assert.equal(bytes.subarray(0, 4).toString('hex'), id.subarray(0, 4).toString('hex'))
    assert.equal(bytes.subarray(0, 4).toString('hex'), key_id)
    assert.ok(verify(null, Buffer.from(text!), key, bytes.subarray(4)))
    assert.ok(!verify(null, Buffer.from(`${text}x`), key, bytes.subarray(4)))
  })
})

test('keys are ours alone, made once, and kept', async () => {
  await withAnchors(async ({ openAnchored, keys, anchors }) => {
    for (let count = 0; count < 2; count++) {
      const { log } = await openAnchored()
      await log.append([draft()])
      await log.close()
    }
    const ids = new Set(anchors().map(({ key_id }) => key_id))
    assert.equal(ids.size, 1)
    assert.deepEqual(readdirSync(keys).sort(), [
      `anchor-${[...ids][0]}.pub.pem`,
      'anchor.pem',
      'origin',
    ])
    if (process.platform !== 'win32') {
      assert.equal(statSync(join(keys, 'anchor.pem')).mode & 0o777, 0o600)
    }
  })
})

test('logs beside each other on one trail anchor it in order', async () => {
  await withAnchors(async ({ openAnchored, verify, anchors }) => {
    const logs = [
      (await openAnchored()).log,
      (await openAnchored()).log,
      (await openAnchored()).log,
    ]
    for (let count = 0; count < 20; count++) {
      await Promise.all(
        logs.map((log, index) =>
          log.append(many(7 + index, index === 1 && count % 5 === 0 ? { kind: 'policy' } : {}))
        ),
      )
    }
    for (const log of logs) await log.close()
    const verified = await verify()
    assert.deepEqual(shown(verified), [])
    assert.equal(verified.events, 480)
    assert.equal(anchors().at(-1)!.seq, 480)
    assert.equal(new Set(anchors().map(({ seq }) => seq)).size, anchors().length)
  })
})

test('what was kept of the tree may be lost, wrong or old', async () => {
  const changes: Readonly<Record<string, (path: string) => void>> = {
    lost: (path) => rmSync(path),
    'no JSON': (path) => writeFileSync(path, '{'),
    'of another tree': (path) => {
      const state = JSON.parse(readFileSync(path, 'utf8'))
      state.nodes[0] = state.nodes.at(-1)
      writeFileSync(path, JSON.stringify(state))
    },
    'with a wrong place': (path) => {
      const state = JSON.parse(readFileSync(path, 'utf8'))
      writeFileSync(path, JSON.stringify({ ...state, offset: state.offset - 5 }))
    },
    'with a file that is gone': (path) => {
      const state = JSON.parse(readFileSync(path, 'utf8'))
      writeFileSync(path, JSON.stringify({ ...state, file: '2020-01-01.jsonl' }))
    },
  }
  for (const [what, change] of Object.entries(changes)) {
    await withAnchors(async ({ openAnchored, verify, dir, told }) => {
      const first = await openAnchored()
      await first.log.append(many(130))
      await first.log.append(many(20, day(1)))
      await first.log.close()
      change(join(dir, '.private', 'merkle.json'))
      const second = await openAnchored()
      await second.log.append(many(60, day(1)))
      await second.log.close()
      const verified = await verify()
      assert.deepEqual(shown(verified), [], what)
      assert.equal(verified.anchors.last_seq, 210)
      assert.deepEqual(told, [], what)
    })
  }
})

test('a state that is older than the last anchor is good enough', async () => {
  await withAnchors(async ({ openAnchored, verify, dir }) => {
    const path = join(dir, '.private', 'merkle.json')
    const first = await openAnchored()
    await first.log.append(many(120))
    await first.log.close()
    const old = readFileSync(path)
    const second = await openAnchored()
    await second.log.append(many(200))
    await second.log.close()
    writeFileSync(path, old)
    const third = await openAnchored()
    await third.log.append(many(10))
    await third.log.close()
    assert.deepEqual(shown(await verify()), [])
  })
})

test('a half-written anchor is told of, and mended by the next', async () => {
  await withAnchors(async ({ openAnchored, verify, dir }) => {
    const first = await openAnchored()
    await first.log.append(many(10))
    await first.log.close()
    appendFileSync(join(dir, 'anchors.jsonl'), '{"checkpoint":"ramp')
    assert.deepEqual(shown(await verify()), ['unterminated anchors.jsonl:2'])
    const second = await openAnchored()
    await second.log.append(many(10))
    await second.log.close()
    assert.deepEqual(shown(await verify()), [])
  })
})

test('anchors that are gone are said to be gone, and are not made anew', async () => {
  await withAnchors(async ({ openAnchored, verify, dir, told }) => {
    const first = await openAnchored()
    await first.log.append(many(210))
    await first.log.close()
    rmSync(join(dir, 'anchors.jsonl'))
    const second = await openAnchored()
    await second.log.append(many(10))
    await second.log.close()
    assert.match(told[0]!, /^All anchors up to event 210 are gone/)
    assert.deepEqual(shown(await verify()), ['anchor_missing anchors.jsonl:1'])
  })
})

test('a trail that began without anchors gets them for all its events', async () => {
  await withAnchors(async ({ open, openAnchored, verify, anchors }) => {
    const log = await open()
    await log.append(many(250))
    await log.close()
    assert.deepEqual(shown(await verify()), ['anchor_missing anchors.jsonl:0'])
    const second = await openAnchored()
    await second.log.append(many(1))
    await second.log.close()
    assert.deepEqual(shown(await verify()), [])
    assert.deepEqual(anchors().map(({ seq }) => seq), [100, 200, 251])
  })
})

test('a disk that takes no anchors does not stop the trail, and gets them later', async () => {
  await withAnchors(async ({ openAnchored, verify, told, dir }) => {
    let full = true
    const { nodeFileOps } = await import('../../src/adapters/audit-ops.ts')
    const ops = {
      ...nodeFileOps,
      open(path: string, how: 'create' | 'append' | 'read') {
        if (full && path.endsWith('anchors.jsonl') && how !== 'read') {
          throw Object.assign(new Error('ENOSPC: injected'), { code: 'ENOSPC' })
        }
        return nodeFileOps.open(path, how)
      },
    }
    const { log, anchors } = await openAnchored({ ops })
    await log.append(many(150))
    await assert.rejects(anchors.anchorTo(150), { code: 'ENOSPC' })
    full = false
    await log.append(many(60))
    await log.close()
    assert.equal(told.length, 1)
    assert.deepEqual(shown(await verify()), [])
    assert.ok(readFileSync(join(dir, 'anchors.jsonl'), 'utf8').includes('"seq":100'))
  })
})

test('a trail that is being written and anchored verifies', async () => {
  await withAnchors(async ({ openAnchored, verify }) => {
    const { log, anchors } = await openAnchored()
    await log.append([draft()])
    // From here on there is a key.
    await anchors.anchorTo(1)
    // As much beside each look on every machine: a quick one would write more than it can verify.
    async function write(): Promise<void> {
      for (let count = 0; count < 10; count++) {
        const kind = count % 9 === 0 ? 'approval' : 'decision'
        await Promise.all(Array.from({ length: 40 }, () => log.append([draft({ kind })])))
      }
    }
    for (let count = 0; count < 8; count++) {
      const [{ findings }] = await Promise.all([verify({ threads: count % 2 }), write()])
      assert.deepEqual(findings, [])
    }
    await log.close()
    assert.deepEqual(shown(await verify()), [])
  })
})
