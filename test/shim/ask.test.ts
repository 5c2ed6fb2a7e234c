import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { ALLOW, type Asked, textOf, whyNot, withShim } from './bench.ts'

const skip = whyNot()

const ASK = {
  allowed: false,
  decision: 'require_approval',
  message: 'Pushes to main',
  policy: 'pushes',
  approval_id: 'abc123',
}
const GOES_ON = { ...ALLOW, decision: 'require_approval', approval_id: 'abc123' }

/** A person who answers at the n-th look, and a server that lets an approved call go. */
const person = (status: string, looks = 1, then: unknown = GOES_ON) => {
  let seen = 0
  let answered = false
  return ({ method }: Asked) => {
    if (method === 'POST') return answered ? then : ASK
    answered = ++seen >= looks
    return {
      id: 'abc123',
      status: answered ? status : 'pending',
      message: null,
      params: { a: [1, {}] },
    }
  }
}

test(
  'a question waits for the person, and the same call uses the yes',
  { skip },
  () =>
    withShim(person('approved', 3), async ({ shell, asked }) => {
      const done = await shell('bash', ['-c', 'echo pushed'])
      assert.deepEqual([done.code, done.out], [0, 'pushed\n'])
      assert.equal(
        done.err,
        'rampart: waiting for a person: Pushes to main (rampart approve abc123)\n',
      )
      const ways = asked.map(({ method, path }) => `${method} ${path}`)
      const look = 'GET /v1/approvals/abc123?wait=25'
      const post = 'POST /v1/preflight/exec'
      assert.deepEqual(ways, [post, look, look, look, post])
      assert.deepEqual(asked[0]?.body, asked[4]?.body)
    }),
)

for (
  const [status, said] of [['denied', 'a person denied it'], [
    'expired',
    'nobody answered in time',
  ]] as const
) {
  test(`${status}: it does not run`, { skip }, () =>
    withShim(person(status), async ({ shell }) => {
      const done = await shell('bash', ['-c', 'echo pushed'])
      assert.deepEqual([done.code, done.out], [126, ''])
      assert.ok(done.err.endsWith(`rampart: blocked: ${said} (pushes)\n`), done.err)
    }))
}

test(
  'F12 a yes that no longer fits the call is asked for again, and not for ever',
  { skip },
  () =>
    withShim(person('approved', 1, ASK), async ({ shell, asked }) => {
      const done = await shell('bash', ['-c', 'echo pushed'])
      assert.deepEqual([done.code, done.out], [126, ''])
      assert.equal(asked.filter(({ method }) => method === 'POST').length, 3)
    }),
)

test(
  'a handle that could be a request of its own is none',
  { skip },
  () =>
    withShim(() => ({ ...ASK, approval_id: '../x HTTP/1.1\r\n' }), async ({ shell, asked }) => {
      assert.equal((await shell('bash', ['-c', 'echo pushed'])).code, 126)
      assert.equal(asked.length, 1)
    }),
)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(
    `${signal} ends the wait as it ends a shell`,
    { skip },
    () =>
      withShim(
        ({ method }) => method === 'POST' ? ASK : undefined,
        async ({ dir, asked, server }) => {
          const mark = join(dir, 'mark')
          const child = spawn(join(dir, 'bash'), ['-c', `touch ${mark}`], { stdio: 'ignore' })
          const ended = new Promise((resolve) => child.on('close', (_code, by) => resolve(by)))
          while (asked.length < 2) {
            await new Promise((resolve) =>
              server.once('request', resolve).once('connection', () => setImmediate(resolve))
            )
          }
          child.kill(signal)
          assert.equal(await ended, signal)
          assert.equal(textOf(mark), undefined)
        },
      ),
  )
}
