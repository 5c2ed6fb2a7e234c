import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { verifyDirectory } from '../../src/adapters/audit-verify.ts'
import { RampartError } from '../../src/errors.ts'
import { draft, NOON, withTrail } from '../helpers/audit.ts'

const FIRST = '2026-11-24.jsonl'

async function tampered(change: (bytes: Uint8Array) => Uint8Array): Promise<readonly string[]> {
  let told: readonly string[] = []
  await withTrail(async ({ dir, open }) => {
    const log = await open()
    for (let count = 0; count < 5; count++) await log.append([draft({ agent: 'x\ufffdy' })])
    await log.close()
    const path = join(dir, FIRST)
    writeFileSync(path, change(readFileSync(path)))
    const { findings } = await verifyDirectory(dir)
    told = findings.map(({ line, message }) => `${line}: ${message}`)
  })
  return told
}

test('semantics 29 every changed byte of a trail is found', async () => {
  const length = (await tampered((bytes) => bytes)).length
  assert.equal(length, 0)
  for (let at = 3; at < 2000; at += 97) {
    const findings = await tampered((bytes) => {
      const copy = Uint8Array.from(bytes)
      copy[at % copy.length]! ^= 1
      return copy
    })
    assert.ok(findings.length > 0, `byte ${at}`)
  }
})

test('semantics 29 a byte that decodes to the same text is found', async () => {
  const findings = await tampered((bytes) => {
    const at = Buffer.from(bytes).indexOf(Buffer.from('\ufffd'))
    return Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff]), bytes.subarray(at + 3)])
  })
  assert.match(findings[0]!, /^1: The line is not UTF-8/)
})

test('a byte order mark, a carriage return and a line without end are found', async () => {
  const mark = await tampered((bytes) => Buffer.concat([Buffer.from('\ufeff'), bytes]))
  assert.match(mark[0]!, /^1: /)
  const returned = await tampered((bytes) => Buffer.from(String(bytes).replaceAll('\n', '\r\n')))
  assert.equal(returned.length, 5)
  const cut = await tampered((bytes) => bytes.subarray(0, -1))
  assert.deepEqual(cut, ['5: The line has no end: it was cut, or is still being written'])
})

test('a trail that is being written verifies', async () => {
  await withTrail(async ({ dir, open }) => {
    const log = await open()
    const written = (async () => {
      for (let count = 0; count < 200; count++) await log.append([draft(), draft()])
    })()
    for (let count = 0; count < 5; count++) {
      assert.deepEqual((await verifyDirectory(dir)).findings, [])
    }
    await written
    assert.equal((await verifyDirectory(dir)).events, 400)
  })
})

test('an empty directory verifies, a missing one cannot be read', async () => {
  await withTrail(async ({ dir }) => {
    const { events, findings, head } = await verifyDirectory(dir)
    assert.deepEqual([events, findings, head.seq], [0, [], 0])
    await assert.rejects(
      verifyDirectory(join(dir, 'missing')),
      (error) => error instanceof RampartError && error.code === 'state_unusable',
    )
  })
})

test('a query finds by every field, from either end, across files and blocks', async () => {
  await withTrail(async ({ open }) => {
    const log = await open()
    for (let day = 0; day < 3; day++) {
      const time = new Date(NOON + day * 86_400_000).toISOString()
      const drafts = Array.from({ length: 200 }, (_, index) =>
        draft({
          time,
          agent: `agent-${index % 7}`,
          session: `s"${index % 3}`,
          tool: index % 2 ? 'read' : 'exec',
          kind: index === 150 ? 'mode' : 'decision',
          tool_call_id: `call-${day}-${index}`,
          request: { params: { command: 'x'.repeat(1000), agent: 'agent-3' } },
          decision: { action: index % 5 ? 'allow' : 'deny', eval_us: 1 },
        }))
      await log.append(drafts)
    }
    const seqs = async (filter: Partial<Parameters<typeof log.query>[0]>) =>
      (await log.query({ limit: 3, ...filter })).map(({ seq }) => seq)
    assert.deepEqual(await seqs({}), [600, 599, 598])
    assert.deepEqual(await seqs({ after: 402 }), [401, 400, 399])
    assert.deepEqual(await seqs({ order: 'asc' }), [1, 2, 3])
    assert.deepEqual(await seqs({ order: 'asc', after: 399 }), [400, 401, 402])
    assert.deepEqual(await seqs({ order: 'asc', after: 600 }), [])
    assert.deepEqual(await seqs({ kind: 'mode' }), [551, 351, 151])
    assert.deepEqual(await seqs({ agent: 'agent-3', order: 'asc' }), [4, 11, 18])
    assert.deepEqual(await seqs({ action: 'deny', tool: 'read', session: 's"0' }), [
      596,
      566,
      536,
    ])
    assert.deepEqual(await seqs({ toolCallId: 'call-1-9' }), [210])
    const [one] = await log.query({ limit: 1, after: 300 })
    assert.deepEqual(await seqs({ id: one!.id }), [299])
    assert.deepEqual(await seqs({ id: 'none' }), [])
    assert.deepEqual(await seqs({ limit: 0 }), [])
    assert.equal((await log.query({ limit: 10_000 })).length, 600)
    assert.equal((await log.query({ limit: 10_000, order: 'asc' })).length, 600)
  })
})
