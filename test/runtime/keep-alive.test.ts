import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import process from 'node:process'
import { test } from 'node:test'
import { serve } from '../../src/runtime/serve.ts'

const TABLE = '/proc/net/tcp'
const ESTABLISHED = '01'
const KEEP_ALIVE = '02'

/** The timers that the kernel runs for connections to a port, by its own table. */
function timersOf(port: number): string[] {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync(TABLE, 'utf8').split('\n').map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(end) && state === ESTABLISHED)
    .map((fields) => fields[5]!.slice(0, 2))
}

test('a connection whose caller waits for a person is probed while it is silent', async (t) => {
  const versions = process.versions as Record<string, string | undefined>
  if (versions.bun !== undefined || versions.deno !== undefined) {
    return t.skip('Bun and Deno let a server set nothing of the sort')
  }
  if (!existsSync(TABLE)) return t.skip(`${TABLE} is not there`)
  const { promise: reached, resolve } = Promise.withResolvers<void>()
  const running = await serve({
    fetch: () => (resolve(), new Promise<Response>(() => {})),
    tcp: { host: '127.0.0.1', port: 0 },
    log: { error() {}, warn() {}, info() {} },
  })
  const { port } = new URL(running.url!)
  const socket = connect(Number(port), '127.0.0.1')
  try {
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await reached
    assert.deepEqual(timersOf(Number(port)), [KEEP_ALIVE])
  } finally {
    socket.destroy()
    await running.close(0)
  }
})
