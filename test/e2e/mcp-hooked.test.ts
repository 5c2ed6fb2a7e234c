import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import {
  cleanEnv,
  get,
  inHome,
  ownRuntime,
  post,
  ROOT,
  runProgram,
  type Served,
  startServer,
  until,
} from './server.ts'

const NODE = join(ROOT, 'node_modules', '.bin', 'node')
const POLICY = `version: "1"
default_action: allow
policies:
  - {name: asks, match: {tool: 'mcp__far__*'}, rules: [{action: require_approval, message: May it?}]}
`
/** It says what it was called with. */
const SERVER = `
import { createInterface } from 'node:readline'
const tool = (name) => ({ name, inputSchema: { type: 'object' } })
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line)
  const result = method === 'initialize' ? { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } }
    : method === 'tools/list' ? { tools: [tool('send'), tool('erase')] }
    : { content: [{ type: 'text', text: 'did ' + JSON.stringify(params) }] }
  if (id !== undefined) process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n')
})
`

interface Proxy {
  call(method: string, params: object): Promise<string>
  end(): Promise<unknown>
}

/** \`rampart mcp\`, started by this process as a host does. */
function proxyTo(home: string, words: readonly string[]): Proxy {
  const [command = '', ...args] = [...ownRuntime(), 'mcp', '--name', 'far', '--', ...words]
  const child = spawn(command, args, {
    cwd: ROOT,
    env: cleanEnv(home, { RAMPART_TIMEOUT_MS: '60000' }),
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const waiting = new Map<number, (line: string) => void>()
  createInterface({ input: child.stdout! }).on('line', (line) => {
    waiting.get((JSON.parse(line) as { id?: number }).id ?? -1)?.(line)
  })
  const gone = new Promise((resolve) => child.once('exit', resolve))
  let calls = 0
  return {
    call: (method, params) =>
      new Promise((resolve) => {
        const id = ++calls
        waiting.set(id, resolve)
        child.stdin!.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`)
      }),
    end() {
      child.kill('SIGKILL')
      return gone
    },
  }
}

/** The hook of Codex, which waits for a person by Rampart, about the same tool. */
function hooked(home: string, tool: string, input: object, id: string) {
  const event = {
    session_id: 's',
    turn_id: 't',
    transcript_path: '/t',
    cwd: ROOT,
    model: 'm',
    permission_mode: 'default',
    hook_event_name: 'PreToolUse',
    tool_name: `mcp__far__${tool}`,
    tool_input: input,
    tool_use_id: id,
  }
  return runProgram([...ownRuntime(), 'hook', '--format', 'codex'], {
    home,
    input: JSON.stringify(event),
  })
}

interface Row {
  readonly id: string
  readonly status: string
}

async function pendingOf(server: Served): Promise<readonly Row[]> {
  const { body } = await get(server, '/v1/approvals?status=pending')
  return body['approvals'] as readonly Row[]
}

/** A person answers the one question that there is. */
async function answer(server: Served, approved: boolean): Promise<void> {
  const [row] = await until(async () => {
    const rows = await pendingOf(server)
    return rows.length > 0 ? rows : undefined
  })
  const { status } = await post(server, `/v1/approvals/${row!.id}/resolve`, { approved })
  assert.equal(status, 200)
}

test('F11 what a hook was allowed the proxy of that host is, once, and nothing else with it', {
  skip: process.platform === 'linux' ? false : 'seats need /proc',
}, () =>
  inHome(async (home) => {
    const dir = dirname(home)
    mkdirSync(dir, { recursive: true })
    writeFileSync(join(dir, 'server.mjs'), SERVER)
    writeFileSync(join(dir, 'policy.yaml'), POLICY)
    const server = await startServer(ownRuntime(), home, {
      args: ['--policy', join(dir, 'policy.yaml')],
    })
    const proxy = proxyTo(home, [NODE, join(dir, 'server.mjs')])
    const call = (name: string, args: object) => proxy.call('tools/call', { name, arguments: args })
    try {
      await proxy.call('initialize', { protocolVersion: '2025-06-18', capabilities: {} })
      const asked = hooked(home, 'send', { text: 'hi' }, 'c1')
      await answer(server, true)
      const told = await asked
      assert.deepEqual([told.code, told.out.trim()], [0, '{}'], told.err)
      // Nobody answers here: were a question put, this would never come.
      assert.match(await call('send', { text: 'hi' }), /did .*hi/)
      assert.deepEqual(await pendingOf(server), [])

      // The same call once more, another text, one more argument, another tool: each is a question of its own.
      const again = hooked(home, 'send', { text: 'yes' }, 'c2')
      await answer(server, true)
      assert.equal((await again).out.trim(), '{}')
      const smuggled: readonly (readonly [string, object])[] = [
        ['send', { text: 'hi' }],
        ['send', { text: 'no' }],
        ['send', { text: 'yes', to: 'all' }],
        ['erase', { text: 'yes' }],
      ]
      for (const [name, args] of smuggled) {
        const sent = call(name, args)
        await answer(server, false)
        assert.match(await sent, /"isError":true/, JSON.stringify([name, args]))
      }
      assert.match(await call('send', { text: 'yes' }), /did .*yes/)
    } finally {
      await proxy.end()
    }
  }))
