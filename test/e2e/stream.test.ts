import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openStream } from '../helpers/sse.ts'
import { exec, inHome, ownRuntime, post, runProgram, startServer } from './server.ts'

const self = ownRuntime()

test('a stream of a real server: other processes, a revoked token, a server that stops', () =>
  inHome(async (home) => {
    const server = await startServer(self, home)
    const port = Number(new URL(server.url).port)
    const admin = { authorization: `Bearer ${server.token}` }
    const made = await runProgram(
      [...self, 'token', 'create', '--agent', 'eye', '--scope', 'audit', '--json'],
      { home },
    )
    const { id, token } = JSON.parse(made.out)
    const own = { authorization: `Bearer ${token}` }
    const all = await openStream({ socketPath: server.socket }, '/v1/events/stream?after=0', admin)
    const eye = await openStream({ port }, '/v1/events/stream', own)
    assert.equal((await eye.next()).event, 'hello')
    await post(server, '/v1/preflight/exec', exec('rm -rf /'))
    assert.equal(JSON.parse((await eye.next()).data).decision.action, 'deny')
    // By a process of its own, on the same trail.
    const revoked = await runProgram([...self, 'token', 'revoke', id], { home })
    assert.equal(revoked.code, 0, revoked.err)
    const last = await eye.rest()
    assert.deepEqual(last.map(({ event }) => event).at(-1), 'end')
    assert.deepEqual(JSON.parse(last.at(-1)!.data), { reason: 'credential' })
    const refused = await openStream({ port }, '/v1/events/stream', own)
    assert.equal(refused.response.statusCode, 401)
    refused.leave()
    const ended = server.end()
    const seen = await all.rest()
    assert.equal((await ended).code, 0)
    const ids = seen.filter(({ event }) => event !== 'hello' && event !== 'end').map(({ id }) => id)
    assert.deepEqual(ids, ids.map((_, index) => String(index + 1)))
    assert.deepEqual(
      seen.map(({ event }) => event),
      ['hello', 'start', 'token', 'decision', 'token', 'auth_failure', 'end'],
    )
    assert.deepEqual(JSON.parse(seen.at(-1)!.data), { reason: 'shutdown' })
  }))
