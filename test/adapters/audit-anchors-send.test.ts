import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { anchorForwarder } from '../../src/adapters/audit-anchors-send.ts'
import { manualClock } from '../../src/adapters/memory.ts'
import { readKept } from '../../src/audit/checkpoint-list.ts'
import { draft, NOON } from '../helpers/audit.ts'
import { withAnchors } from '../helpers/anchors.ts'
import { ANCHOR } from '../helpers/http-proofs.ts'
import { idle } from '../helpers/service.ts'

const tools = (told: string[] = []) => ({
  clock: manualClock(NOON),
  log: { error() {}, info() {}, warn: (message: string) => void told.push(message) },
})

test('checkpoints that a file was sent are read back, and show a trail that was cut', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-kept-'))
  try {
    await withAnchors(async ({ openAnchored, verify, anchors, dir: trail }) => {
      const path = join(dir, 'checkpoints')
      const forwarder = anchorForwarder([path], tools())
      const { log } = await openAnchored({ onAnchor: forwarder.send })
      await log.append(Array.from({ length: 230 }, () => draft()))
      await log.close()
      await forwarder.close()
      const text = readFileSync(path, 'utf8')
      assert.deepEqual(
        readKept(text).map(({ checkpoint }) => checkpoint?.size),
        anchors().map(({ seq }) => seq),
      )
      const kept = [{ name: 'kept', text }]
      assert.deepEqual((await verify({ kept })).findings, [])
      rmSync(join(trail, '2026-11-24.jsonl'))
      rmSync(join(trail, 'anchors.jsonl'))
      const { findings } = await verify({ kept })
      assert.deepEqual(findings.map(({ kind }) => kind), ['cut', 'anchor_root'])
    })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})

test('an address gets each checkpoint, in order, once it answers', async () => {
  const got: string[] = []
  let refusals = 2
  const arrived = Promise.withResolvers<void>()
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => body += chunk)
    request.on('end', () => {
      if (refusals-- > 0) return void response.writeHead(503).end()
      got.push(`${request.method} ${request.headers['content-type']} ${body}`)
      response.end()
      if (got.length === 2) arrived.resolve()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const told: string[] = []
  const { clock, log } = tools(told)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const forwarder = anchorForwarder([url], { clock, log })
  try {
    forwarder.send(ANCHOR)
    forwarder.send({ ...ANCHOR, checkpoint: 'second' })
    const alive = setInterval(() => clock.advance(60_000), 1)
    await arrived.promise
    clearInterval(alive)
    assert.deepEqual(got, [
      `POST text/plain; charset=utf-8 ${ANCHOR.checkpoint}`,
      'POST text/plain; charset=utf-8 second',
    ])
    assert.deepEqual(told, [`Cannot send anchors to ${url}`])
  } finally {
    await forwarder.close()
    server.close()
  }
})

test('syslog gets the anchor as an RFC 5424 message', async () => {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const message = new Promise<string>((resolve) =>
    socket.on('message', (data) => resolve(String(data)))
  )
  const forwarder = anchorForwarder([`syslog://127.0.0.1:${socket.address().port}`], tools())
  forwarder.send(ANCHOR)
  const [head, json] = (await message).split(/ (?=\{)/)
  assert.match(head!, /^<109>1 2026-11-24T12:00:00\.000Z \S+ rampart \d+ anchor -$/)
  assert.equal(JSON.parse(json!).root, ANCHOR.root)
  await forwarder.close()
  socket.close()
})

test('a place that is out of reach keeps nobody waiting', async () => {
  const told: string[] = []
  const forwarder = anchorForwarder(['/nonexistent/dir/file'], tools(told))
  for (let count = 0; count < 1500; count++) forwarder.send(ANCHOR)
  await idle()
  await forwarder.close()
  assert.equal(told[0], 'Cannot send anchors to /nonexistent/dir/file')
  assert.match(told[1]!, /^1000 anchors were not delivered/)
})
