import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { approvalStatus } from '../../src/cli/approval-wait.ts'
import { inTemp } from './run.ts'

type Answer = readonly [status: number, body: string]

/** A server that gives one answer after the other; what it was asked. */
async function against<T>(
  answers: readonly Answer[],
  body: (socket: string, asked: string[]) => Promise<T>,
): Promise<T> {
  return await inTemp(async (dir) => {
    const asked: string[] = []
    const rest = [...answers]
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      const [status, text] = rest.shift() ?? [500, '{}']
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
      response.end(text)
    })
    const socket = join(dir, 's')
    await new Promise<void>((resolve) => server.listen(socket, resolve))
    try {
      return await body(socket, asked)
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
  })
}

const ask = (socket: string) => approvalStatus(socket, 'a/b', { patienceMs: 30_000 })

test('a question is asked about until it ended, and how it ended is told', () =>
  against(
    [[200, '{"status":"pending"}'], [200, '{"status":"pending"}'], [200, '{"status":"denied"}']],
    async (socket, asked) => {
      assert.equal(await ask(socket), 'denied')
      assert.deepEqual(asked, Array(3).fill('GET /v1/approvals/a%2Fb?wait=25'))
    },
  ))

for (
  const [name, answer, why] of [
    ['a question that nobody knows', [404, '{"detail":"There is none"}'], /There is none/],
    ['a server that says nothing of it', [503, '{}'], /answered 503/],
    ['an answer without a status', [200, '{}'], /names no status/],
    ['a status that is no word', [200, '{"status":1}'], /names no status/],
    ['an answer that is no JSON', [200, 'approved'], /no JSON object/],
  ] as const
) {
  test(`a question is lost, never approved: ${name}`, () =>
    against([answer], async (socket) => {
      await assert.rejects(ask(socket), why)
    }))
}

test('a question is lost where no server is, and where the caller gives up', async () => {
  await assert.rejects(ask('/nonexistent/s'), /ENOENT/)
  await against([[200, '{"status":"approved"}']], async (socket) => {
    const signal = AbortSignal.abort()
    await assert.rejects(approvalStatus(socket, 'a', { patienceMs: 30_000, signal }))
  })
})
