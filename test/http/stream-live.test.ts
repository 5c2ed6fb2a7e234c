import assert from 'node:assert/strict'
import { request as ask } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import { createLive } from '../../src/service/live.ts'
import { until } from '../e2e/server.ts'
import { live } from '../helpers/http-live.ts'
import { liveBench } from '../helpers/live.ts'
import { openStream } from '../helpers/sse.ts'

const PATH = '/v1/events/stream'

test('over TCP and the socket: hello at once, events as they come, both ids and names', () =>
  live(async ({ api, port, socket }) => {
    const { services, append } = liveBench()
    const streams = createLive(services)
    api.watch = (request) => streams.open(request)
    await append(2)
    for (const where of [{ port }, { socketPath: socket }]) {
      const stream = await openStream(where, PATH, { 'last-event-id': '1' })
      assert.equal(stream.response.headers['content-type'], 'text/event-stream')
      assert.deepEqual((await stream.next()).event, 'hello')
      assert.equal((await stream.next()).id, '2')
      stream.leave()
    }
    const one = await openStream({ port })
    const other = await openStream({ socketPath: socket })
    for (const stream of [one, other]) await stream.next()
    for (const seq of ['3', '4', '5']) {
      await append(1)
      for (const stream of [one, other]) {
        const { id, event, data } = await stream.next()
        assert.deepEqual([id, event, String(JSON.parse(data).seq)], [seq, 'decision', seq])
      }
    }
    streams.drain()
    for (const stream of [one, other]) {
      assert.deepEqual((await stream.rest()).map(({ event }) => event), ['end'])
    }
  }))

test('whoever leaves frees its place, with nothing to send as well; so does the head alone', () =>
  live(async ({ api, port, socket }) => {
    const { services, following, append } = liveBench()
    const streams = createLive(services)
    api.watch = (request) => streams.open(request)
    for (const where of [{ port }, { socketPath: socket }]) {
      const stream = await openStream(where)
      await stream.next()
      assert.equal(following(), 1)
      stream.leave()
      await until(() => following() === 0 ? true : undefined)
      const both = [await openStream(where), await openStream(where)]
      for (const each of both) await each.next()
      both[0]!.leave()
      await append(1)
      assert.equal((await both[1]!.next()).event, 'decision')
      both[1]!.leave()
      await until(() => following() === 0 ? true : undefined)
      const head = ask({
        host: '127.0.0.1',
        ...where,
        path: PATH,
        method: 'HEAD',
        agent: false,
        headers: { authorization: 'Bearer admin-token' },
      })
      head.end()
      const status = await new Promise((resolve, reject) => {
        head.on('response', (response) => {
          response.resume().on('end', () => resolve(response.statusCode))
        })
        head.on('error', reject)
      })
      assert.equal(status, 200)
      assert.equal(following(), 0)
    }
  }))

test('a reader that does not read is cut, whatever the connection takes; others go on', () =>
  live(async ({ api, port, socket }) => {
    const { services, following, append, log } = liveBench()
    const streams = createLive(services)
    api.watch = (request) => streams.open(request)
    for (const where of [{ host: '127.0.0.1', port }, { path: socket }]) {
      const stuck = connect(where)
      stuck.on('error', () => {})
      stuck.write(
        `GET ${PATH} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer admin-token\r\n\r\n`,
      )
      await until(() => following() === 1 ? true : undefined)
      stuck.pause()
      const head = log.head().seq
      const filler = { params: { command: 'y'.repeat(3000) } }
      for (let tries = 0; following() === 1 && tries < 300; tries++) {
        await append(100, { request: filler })
        await new Promise((resolve) => setImmediate(resolve))
      }
      assert.equal(following(), 0, `it took ${log.head().seq - head} events and more`)
      stuck.destroy()
    }
  }))
