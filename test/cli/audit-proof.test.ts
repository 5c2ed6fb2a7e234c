import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Anchor } from '../../src/audit/anchor.ts'
import type { AuditEvent } from '../../src/audit/event.ts'
import type { Proof } from '../../src/audit/proof.ts'
import { inTemp, rampart } from './run.ts'

const PYTHON = fileURLToPath(new URL('../../docs/verify.py', import.meta.url))

/** A state directory with a few events; some make each a token. */
async function withEvents(
  count: number,
  work: (home: string) => Promise<void>,
): Promise<void> {
  await inTemp(async (home) => {
    for (let made = 0; made < count; made++) {
      const { code, err } = await rampart(['token', 'create', '--agent', `a${made}`], { home })
      assert.equal(code, 0, err)
    }
    await work(home)
  })
}

function lines<T>(home: string, name: string | undefined): T[] {
  return readFileSync(join(home, 'audit', name!), 'utf8').trim().split('\n').map((line) =>
    JSON.parse(line) as T
  )
}

const trailOf = (home: string) =>
  readdirSync(join(home, 'audit')).find((name) => /^\d.*\.jsonl$/.test(name))
const eventsOf = (home: string) => lines<AuditEvent>(home, trailOf(home))
const anchorsOf = (home: string) => lines<Anchor>(home, 'anchors.jsonl')

test('audit verify tells what it looked at, and where the trail was changed', async () => {
  await withEvents(3, async (home) => {
    const clean = await rampart(['audit', 'verify'], { home })
    assert.equal(clean.code, 0, clean.out)
    assert.match(clean.out, /3 events, unbroken[^]*3 anchors up to event 3[^]*Merkle root sha256:/)
    const path = join(home, 'audit', trailOf(home)!)
    writeFileSync(path, readFileSync(path, 'utf8').replace('"a1"', '"b1"'))
    const broken = await rampart(['audit', 'verify', '--json'], { home })
    assert.equal(broken.code, 1)
    const { findings, events } = JSON.parse(broken.out)
    assert.equal(events, 3)
    assert.deepEqual(
      findings.map(({ kind, line }: { kind: string; line: number }) => [kind, line]),
      [['hash', 2], ['anchor_root', 2], ['anchor_root', 0]],
    )
    assert.match(findings[0].expected, /^sha256:/)
    const since = await rampart(['audit', 'verify', '--since', '3'], { home })
    assert.equal(since.code, 0, since.out)
    assert.match(since.out, /1 events, unbroken/)
    const unreadable = await rampart(['audit', 'verify', '/nonexistent/dir'], { home })
    assert.equal(unreadable.code, 3)
    const wrong = await rampart(['audit', 'verify', '--since', 'yesterday'], { home })
    assert.equal(wrong.code, 3)
    assert.match(wrong.err, /expected a day, a time/)
  })
})

test('a bar is shown on a terminal and taken away again', async () => {
  await withEvents(1, async (home) => {
    const { err } = await rampart(['audit', 'verify'], { home, progress: true })
    assert.ok(err.endsWith(`${'█'.repeat(30)} 100 %\r\x1b[K`), err)
    assert.equal((await rampart(['audit', 'verify'], { home })).err, '')
  })
})

test('a checkpoint kept in a file or behind an address shows what was cut', async () => {
  await withEvents(4, async (home) => {
    const kept = join(home, 'kept')
    writeFileSync(kept, anchorsOf(home).map(({ checkpoint }) => `${checkpoint}\n`).join(''))
    const server = createServer((_, response) => response.end(readFileSync(kept)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/checkpoints`
      for (const place of [kept, url]) {
        const { code, out } = await rampart(['audit', 'verify', '--anchor', place], { home })
        assert.equal(code, 0, out)
      }
      for (const name of [trailOf(home)!, 'anchors.jsonl']) {
        const path = join(home, 'audit', name)
        writeFileSync(path, readFileSync(path, 'utf8').split('\n').slice(0, 2).join('\n') + '\n')
      }
      assert.equal((await rampart(['audit', 'verify'], { home })).code, 0)
      for (const place of [kept, url]) {
        const { code, out } = await rampart(['audit', 'verify', '--anchor', place], { home })
        assert.equal(code, 1)
        assert.match(out, /The trail ends at event 2, but had 3 when this was signed \(cut\)/)
      }
    } finally {
      server.close()
    }
  })
})

test('audit rotate-key changes the key, and whoever pinned the old one still verifies', async () => {
  await withEvents(2, async (home) => {
    const keys = join(home, 'keys')
    const oldKey = readFileSync(join(keys, 'anchor.pem'), 'utf8')
    const [old] = anchorsOf(home)
    const pinned = join(keys, `anchor-${old!.key_id}.pub.pem`)
    const { code, out, err } = await rampart(['audit', 'rotate-key', '--json'], { home })
    assert.equal(code, 0, err)
    const { key_id, old_key_id } = JSON.parse(out)
    assert.equal(old_key_id, old!.key_id)
    assert.notEqual(key_id, old_key_id)
    for (const name of readdirSync(keys)) {
      assert.ok(!readFileSync(join(keys, name), 'utf8').includes(oldKey.split('\n')[1]!))
    }
    await rampart(['token', 'create', '--agent', 'after'], { home })
    const event = eventsOf(home).find(({ kind }) => kind === 'key')!
    assert.equal(event.decision.action, 'rotate')
    const handOver = anchorsOf(home).find(({ next_key_id }) => next_key_id !== undefined)!
    assert.deepEqual([handOver.key_id, handOver.next_key_id], [old_key_id, key_id])
    assert.equal(anchorsOf(home).at(-1)!.key_id, key_id)
    for (const flags of [[], ['--pubkey', pinned]]) {
      const verified = await rampart(['audit', 'verify', '--json', ...flags], { home })
      assert.equal(verified.code, 0, verified.out)
      assert.deepEqual(JSON.parse(verified.out).anchors.key_ids, [old_key_id, key_id])
    }
    // Who has only the new key knows nothing of what the old one signed.
    const fresh = join(keys, `anchor-${key_id}.pub.pem`)
    assert.equal((await rampart(['audit', 'verify', '--pubkey', fresh], { home })).code, 1)
  })
})

test('audit prove gives what verify --proof and the Python script check without the trail', async () => {
  await withEvents(7, async (home) => {
    const event = eventsOf(home)[2]!
    const path = join(home, 'event.proof')
    const { code, out, err } = await rampart(['audit', 'prove', event.id], { home })
    assert.equal(code, 0, err)
    writeFileSync(path, out)
    const proof = JSON.parse(out) as Proof
    assert.deepEqual([proof.index, proof.size], [2, 7])
    assert.deepEqual(JSON.parse(proof.event), event)
    const ok = await rampart(['audit', 'verify', '--proof', path], { home })
    assert.equal(ok.code, 0, ok.out)
    assert.match(ok.out, /the proof holds: event 3 of 7/)
    const key = join(home, 'keys', `anchor-${anchorsOf(home)[0]!.key_id}.pub.pem`)
    const changes: Readonly<Record<string, Partial<Proof>>> = {
      event: { event: proof.event.replace('"a2"', '"b2"') },
      place: { index: 3 },
      size: { size: 6 },
      path: { hashes: proof.hashes.toReversed() },
      'length of the path': { hashes: proof.hashes.slice(1) },
      checkpoint: { checkpoint: proof.checkpoint.replace('\n7\n', '\n8\n') },
      signature: {
        checkpoint: proof.checkpoint.replace(/.{12}\n$/, 'AAAAAAAAAAA=\n').replace('==\n', 'A=\n'),
      },
      key: { public_key: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' },
    }
    const python = pythonHere()
    assert.equal(python(path, key), python === absent ? undefined : 0)
    for (const [what, change] of Object.entries(changes)) {
      writeFileSync(path, JSON.stringify({ ...proof, ...change }))
      const { code } = await rampart(['audit', 'verify', '--proof', path], { home })
      assert.equal(code, 1, what)
      assert.equal(python(path, key), python === absent ? undefined : 1, what)
    }
    const unknown = await rampart(['audit', 'prove', '01K8Z3N5GJ4V9Q0T7B2M6XWYRD'], { home })
    assert.equal(unknown.code, 3)
    assert.match(unknown.err, /no event 01K8Z/)
  })
})

const absent = (): undefined => undefined

/** The exit code of the stand-alone verifier, where there is a Python to run it. */
function pythonHere(): (proof: string, key: string) => number | null | undefined {
  if (spawnSync('python3', ['--version']).status !== 0) return absent
  return (proof, key) => spawnSync('python3', [PYTHON, proof, key]).status
}
