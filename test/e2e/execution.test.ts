import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { noExecution, processesWith } from '../helpers/execute.ts'
import {
  type Answered,
  exec,
  inHome,
  ownRuntime,
  post,
  postSocket,
  runProgram,
  type Served,
  startServer,
  until,
} from './server.ts'

const skip = noExecution
const cwd = realpathSync(tmpdir())
const EXECUTE = ['--execute', 'exec,read,write,fetch']

async function withExecution(
  body: (server: Served & { readonly agent: string; readonly home: string }) => Promise<void>,
  args = EXECUTE,
): Promise<void> {
  await inHome(async (home) => {
    const server = await startServer(ownRuntime(), home, { args })
    const agent = await tokenOf(home)
    await body({ ...server, agent, home })
    if (server.child.exitCode === null && server.child.signalCode === null) await server.end()
  })
}

async function tokenOf(home: string): Promise<string> {
  const words = ['token', 'create', '--agent', 'a', '--scope', 'eval,execute', '--json']
  const { out, err } = await runProgram([...ownRuntime(), ...words], { home })
  assert.match(out, /token/, err)
  return JSON.parse(out).token
}

const run = (command: string, more = {}) => exec(command, { execute: true, cwd, ...more })

type Shape = { readonly state: string; readonly stdout: { readonly text: string } }
const shape = ({ body }: Answered) => body.execution as Shape | undefined

/** The events of executions, as the files have them. */
function executions(
  home: string,
): { action: string; id: string; links: string[]; state?: string }[] {
  const dir = join(home, 'audit')
  const files = readdirSync(dir).filter((name) => /^\d.*\.jsonl$/.test(name)).sort()
  return files.flatMap((name) => readFileSync(join(dir, name), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line)).filter(({ kind }) => kind === 'execution')
    .map(({ decision, id, links, request }) => ({
      action: decision.action,
      id,
      links,
      ...(request.state === undefined ? {} : { state: request.state }),
    }))
}

test(
  'F39 over the wire: only a token of scope execute, only what policies allow',
  { skip },
  () =>
    withExecution(async ({ url, token, socket, agent, home }) => {
      const done = await post({ url, token: agent }, '/v1/tool/exec', run('echo hi; exit 4'))
      assert.deepEqual([done.status, shape(done)?.stdout.text], [200, 'hi\n'])
      const refusals = [
        await post({ url, token }, '/v1/tool/exec', run('echo hi')),
        await postSocket(socket, '/v1/tool/exec', run('echo hi')),
      ]
      assert.deepEqual(refusals.map(({ status, body }) => [status, body.code]), [
        [403, 'forbidden'],
        [403, 'forbidden'],
      ])
      const denied = await post({ url, token: agent }, '/v1/tool/exec', run('rm -rf /'))
      assert.deepEqual([denied.status, denied.body.allowed, shape(denied)], [403, false, undefined])
      assert.deepEqual(executions(home).map(({ action }) => action), [
        'execution_begun',
        'execution_ended',
      ])
    }),
)

test(
  'files and pages over the wire, within the roots and public addresses',
  { skip },
  () =>
    inHome(async (home) => {
      const [dir, outside] = ['root', 'outside'].map((name) =>
        realpathSync(mkdtempSync(join(tmpdir(), `rampart-${name}-`)))
      ) as [string, string]
      const args = [...EXECUTE, '--execute-root', outside, '--execute-root', dir]
      const server = await startServer(ownRuntime(), home, { args })
      try {
        const token = await tokenOf(home)
        const call = (tool: string, params: unknown) =>
          post({ url: server.url, token }, `/v1/tool/${tool}`, { ...run(''), params })
        const path = join(dir, 'file')
        const written = await call('write', { path, content: 'my text' })
        assert.deepEqual(
          [written.status, shape(written)?.state],
          [200, 'done'],
          JSON.stringify(written),
        )
        assert.equal(readFileSync(path, 'utf8'), 'my text')
        const read = await call('read', { path })
        assert.equal((read.body.execution as { content: { text: string } }).content.text, 'my text')
        symlinkSync('/etc/hostname', join(dir, 'link'))
        for (const bad of [join(dir, 'link'), '/etc/hostname']) {
          const refused = await call('read', { path: bad })
          assert.deepEqual([refused.status, shape(refused)?.state], [403, 'refused'], bad)
        }
        const own = await call('fetch', { url: `${server.url}/healthz` })
        assert.equal(own.status, 403)
        const near = await call('fetch', { url: 'http://127.0.0.1:1/' })
        assert.equal(near.status, 403)
      } finally {
        await server.end()
        for (const one of [dir, outside]) rmSync(one, { recursive: true, force: true })
      }
    }),
)

test(
  'without --execute nothing is executed',
  { skip },
  () =>
    withExecution(async ({ url, agent }) => {
      const { status, body } = await post({ url, token: agent }, '/v1/tool/exec', run('echo hi'))
      assert.deepEqual([status, body.code], [403, 'forbidden'])
    }, []),
)

/** Begin a call and resolve once its process is there. */
async function begun(
  { url }: Served,
  agent: string,
  mark: string,
  headers: Record<string, string> = {},
) {
  const target = new URL('/v1/tool/exec', url)
  const text = JSON.stringify(run(`sleep ${mark} & sleep ${mark}`))
  const sent = request(target, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${agent}`,
      'content-type': 'application/json',
      'content-length': text.length,
      ...headers,
    },
  })
  const answer = new Promise<string>((resolve) => {
    sent.on('response', (response) => {
      let read = ''
      response.on('data', (chunk: Uint8Array) => read += String(chunk))
      response.on('end', () => resolve(read))
      response.on('error', () => resolve(read))
    })
    sent.on('error', () => resolve('gone'))
  })
  sent.end(text)
  await until(() => processesWith(`sleep\0${mark}`, 'cmdline').length === 2 || undefined)
  return { sent, answer }
}

const none = (mark: string) => () =>
  processesWith(`sleep\0${mark}`, 'cmdline').length === 0 || undefined

for (
  const [name, headers] of [['plain', {}], ['ndjson', { accept: 'application/x-ndjson' }]] as const
) {
  test(
    `a client that is gone ends what ran for it (${name})`,
    { skip },
    () =>
      withExecution(async (server) => {
        const mark = `10${process.pid}${name.length}`
        const { sent } = await begun(server, server.agent, mark, headers)
        sent.destroy()
        await until(none(mark))
        await until(() =>
          executions(server.home).some(({ state }) => state === 'cancelled') || undefined
        )
      }),
  )
}

test(
  'a server that is told to end ends what runs, and has the outcome on record',
  { skip },
  () =>
    withExecution(async (server) => {
      const mark = `20${process.pid}`
      const { answer } = await begun(server, server.agent, mark)
      await server.end()
      await until(none(mark))
      assert.match(await answer, /"state":"cancelled"/)
      assert.deepEqual(executions(server.home).map(({ state }) => state), [undefined, 'cancelled'])
    }),
)

test(
  'a server that was killed leaves an intent without outcome, and the next one ends what it left',
  {
    skip,
  },
  () =>
    inHome(async (home) => {
      const server = await startServer(ownRuntime(), home, { args: EXECUTE })
      const mark = `30${process.pid}`
      const agent = await tokenOf(home)
      const { answer } = await begun(server, agent, mark)
      await server.end('SIGKILL')
      await answer
      assert.deepEqual(executions(home).map(({ action }) => action), ['execution_begun'])
      assert.equal(none(mark)(), undefined)
      const next = await startServer(ownRuntime(), home, { args: EXECUTE })
      assert.equal(none(mark)(), true)
      const doctor = await runProgram([...ownRuntime(), 'doctor', '--json'], { home })
      assert.match(doctor.out, /1 execution began and has no outcome/)
      await next.end()
    }),
)
