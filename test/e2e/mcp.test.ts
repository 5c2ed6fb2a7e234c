import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { tour } from '../helpers/mcp-tour.ts'
import {
  cleanEnv,
  get,
  inHome,
  ownRuntime,
  ROOT,
  runProgram,
  startServer,
  until,
} from './server.ts'

const NODE = join(ROOT, 'node_modules', '.bin', 'node')
const SERVERS = join(ROOT, 'node_modules', '@modelcontextprotocol')
const EVERYTHING = [NODE, join(SERVERS, 'server-everything', 'dist', 'index.js')]
const FILESYSTEM = [NODE, join(SERVERS, 'server-filesystem', 'dist', 'index.js')]

/** No answer may be late because the machine is busy. */
const PATIENT = { RAMPART_TIMEOUT_MS: '60000' }

function through(home: string, words: readonly string[]): StdioClientTransport {
  const [command = '', ...args] = [...ownRuntime(), 'mcp', ...words]
  return new StdioClientTransport({ command, args, env: cleanEnv(home, PATIENT), stderr: 'ignore' })
}

function directly(home: string, words: readonly string[]): StdioClientTransport {
  const [command = '', ...args] = words
  return new StdioClientTransport({ command, args, env: cleanEnv(home), stderr: 'ignore' })
}

test('every feature of server-everything comes through as it is', () =>
  inHome(async (home) => {
    await startServer(ownRuntime(), home)
    const plain = await tour(directly(home, EVERYTHING))
    const governed = await tour(through(home, ['--', ...EVERYTHING]))
    assert.ok(plain.length > 40, `${plain.length} messages`)
    // The server answers a call of a tool that it does not have with an error of its own; we do not let it go on.
    const own = (texts: readonly string[]) => texts.filter((text) => !text.includes('no-such-tool'))
    assert.deepEqual(own(governed), own(plain))
    assert.match(governed.find((text) => text.includes('no-such-tool'))!, /lists no tool/)
  }))

test('and so it does over Streamable HTTP', () =>
  inHome(async (home) => {
    await startServer(ownRuntime(), home)
    const { url, child } = await everythingOverHttp(home)
    try {
      const plain = await tour(new StreamableHTTPClientTransport(new URL(url)))
      const governed = await tour(through(home, ['--url', url]))
      const own = (texts: readonly string[]) =>
        texts.filter((text) => !text.includes('no-such-tool')).sort()
      assert.deepEqual(own(governed), own(plain))
    } finally {
      child.kill('SIGKILL')
    }
  }))

async function everythingOverHttp(home: string): Promise<{ url: string; child: ChildProcess }> {
  const { createServer } = await import('node:net')
  const port = await new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
  const [command = '', ...args] = EVERYTHING
  const env = cleanEnv(home, { PORT: String(port) })
  const child = spawn(command, [...args, 'streamableHttp'], { env, stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}/mcp`
  await until(() => fetch(url).then(() => true, () => undefined))
  return { url, child }
}

const POLICY = `version: "1"
default_action: allow
extends: standard
policies:
  - name: no-moves
    match: {tool: 'mcp__filesystem__move_file'}
    rules: [{action: deny, message: Nothing is moved here}]
  - name: asks-for-writes
    match: {tool: 'mcp__filesystem__write_file'}
    rules: [{action: require_approval, message: May it be written?}]
  - name: no-secret-files
    match: {tool: read}
    rules: [{action: deny, when: {path_matches: ['**/secret/**']}, message: Secret}]
  - name: no-leaks
    match: {tool: mcp}
    rules: [{action: deny, when: {response_matches: ['leak-[0-9]+']}, message: Output leaks}]
`

interface Ask {
  readonly isError?: boolean
  readonly content: readonly { readonly text?: string }[]
}
const textOf = (answer: unknown) => (answer as Ask).content.map(({ text }) => text).join('\n')

test('server-filesystem: denied, withheld, asked for and recorded', () =>
  inHome(async (home) => {
    const root = join(dirname(home), 'files')
    mkdirSync(join(root, 'secret'), { recursive: true })
    writeFileSync(join(root, 'plain.txt'), 'plain\n')
    writeFileSync(join(root, 'leaky.txt'), 'a leak-42 b\n')
    writeFileSync(join(root, 'secret', 's.txt'), 's\n')
    symlinkSync(join(root, 'secret', 's.txt'), join(root, 'harmless.txt'))
    const policy = join(dirname(home), 'policy.yaml')
    writeFileSync(policy, POLICY)
    const server = await startServer(ownRuntime(), home, { args: ['--policy', policy] })
    const client = new Client({ name: 'c', version: '1' })
    await client.connect(through(home, ['--hide-denied', '--', ...FILESYSTEM, root]))
    const call = (name: string, args: Record<string, unknown>) =>
      client.callTool({ name, arguments: args })
    try {
      const names = (await client.listTools()).tools.map(({ name }) => name)
      assert.ok(names.includes('read_text_file') && !names.includes('move_file'), names.join())
      assert.match(
        textOf(await call('read_text_file', { path: join(root, 'plain.txt') })),
        /^plain/,
      )
      const denied: [string, Record<string, unknown>, RegExp][] = [
        [
          'move_file',
          { source: join(root, 'plain.txt'), destination: join(root, 'b') },
          /Nothing is moved here \(policy no-moves\)/,
        ],
        ['read_text_file', { path: join(root, 'secret', 's.txt') }, /Secret/],
        [
          'read_multiple_files',
          { paths: [join(root, 'plain.txt'), join(root, 'secret', 's.txt')] },
          /Secret/,
        ],
        // The other name of a file is the same file.
        ['read_text_file', { path: join(root, 'harmless.txt') }, /Secret/],
      ]
      for (const [name, args, why] of denied) {
        const answer = await call(name, args) as Ask
        assert.equal(answer.isError, true, JSON.stringify(answer))
        assert.match(textOf(answer), why)
      }
      const leaky = await call('read_text_file', { path: join(root, 'leaky.txt') }) as Ask
      assert.deepEqual([textOf(leaky), leaky.isError], ['a [hidden by Rampart] b\n', undefined])
      assert.equal(readFileSync(join(root, 'plain.txt'), 'utf8'), 'plain\n')
      await approvedWrite(client, server, join(root, 'new.txt'))
      const { body } = await get(server, '/v1/audit/events?limit=500')
      const events = body['events'] as { via: string; tool: string; decision: { action: string } }[]
      const ours = events.filter(({ via }) => via === 'mcp')
      assert.ok(ours.some(({ tool, decision }) => tool === 'exec' && decision.action === 'allow'))
      assert.equal(
        ours.filter(({ tool, decision }) =>
          tool === 'mcp__filesystem__move_file' && decision.action === 'deny'
        ).length > 0,
        true,
      )
    } finally {
      await client.close()
    }
  }))

/** A call waits for a person, says so by its progress, and is made once there is a yes. */
async function approvedWrite(
  client: Client,
  server: { url: string; token: string },
  path: string,
): Promise<void> {
  const progress: { message?: string | undefined }[] = []
  const asked = client.callTool(
    { name: 'write_file', arguments: { path, content: 'written\n' } },
    undefined,
    { onprogress: (one) => void progress.push(one) },
  )
  const id = await until(async () => {
    const { body } = await get(server, '/v1/approvals?status=pending')
    return (body['approvals'] as { id: string }[])[0]?.id
  })
  await until(() => progress.length > 0 ? true : undefined)
  assert.match(progress[0]!.message!, /Waiting for a person: May it be written\?/)
  const answer = await fetch(`${server.url}/v1/approvals/${id}/resolve`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ approved: true }),
  })
  assert.equal(answer.status, 200, await answer.text())
  assert.notEqual((await asked as Ask).isError, true)
  assert.equal(readFileSync(path, 'utf8'), 'written\n')
}

test('the command line of the server is denied before anything of it runs', () =>
  inHome(async (home) => {
    const { code, out, err } = await runProgram(
      [...ownRuntime(), 'mcp', '--', 'rm', '-rf', '/'],
      { home, env: PATIENT },
    )
    assert.deepEqual([code, out], [126, ''], err)
    assert.match(err, /blocked: /)
  }))
