import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import {
  cleanEnv,
  get,
  inHome,
  ownRuntime,
  post,
  ROOT,
  type Served,
  startServer,
  until,
} from './server.ts'

const NODE = join(ROOT, 'node_modules', '.bin', 'node')
const POLICY = `version: "1"
default_action: allow
policies:
  - {name: asks, match: {tool: 'mcp__far__erase'}, rules: [{action: require_approval, message: May it?}]}
`
const TOOLS = { tools: [{ name: 'erase', inputSchema: { type: 'object' } }] }
const AGREED = {
  protocolVersion: '2025-06-18',
  capabilities: { tools: {} },
  serverInfo: { name: 's', version: '1' },
}

/** Answers, and leaves a mark where the tool is called. */
const STDIO = `
import { createInterface } from 'node:readline'
import { writeFileSync } from 'node:fs'
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line)
  if (method === 'tools/call') writeFileSync(process.argv[2], '')
  const result = { initialize: ${JSON.stringify(AGREED)}, 'tools/list': ${
  JSON.stringify(TOOLS)
} }[method] ?? { content: [] }
  if (id !== undefined) process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n')
})
`

/** The same over HTTP. */
async function overHttp(mark: string): Promise<{ url: string; end: () => void }> {
  const server = createServer((from, to) => {
    let body = ''
    from.on('data', (chunk) => body += String(chunk))
    from.on('end', () => {
      if (from.method !== 'POST') return void to.writeHead(405).end()
      const { id, method } = JSON.parse(body)
      if (id === undefined) return void to.writeHead(202).end()
      if (method === 'tools/call') writeFileSync(mark, '')
      const result = method === 'initialize'
        ? AGREED
        : method === 'tools/list'
        ? TOOLS
        : { content: [] }
      to.writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id, result }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const end = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, end }
}

const line = (message: object) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`
const hello = {
  protocolVersion: '2025-06-18',
  capabilities: {},
  clientInfo: { name: 'c', version: '1' },
}
const CALL = line({ id: 0, method: 'initialize', params: hello }) +
  line({ method: 'notifications/initialized' }) +
  line({ id: 1, method: 'tools/call', params: { name: 'erase', arguments: {} } })
const CANCEL = line({ method: 'notifications/cancelled', params: { requestId: 1 } })

interface Row {
  readonly id: string
  readonly status: string
}
const rows = async (server: Served) =>
  (await get(server, '/v1/approvals')).body['approvals'] as readonly Row[]

/** How a call is left: by its host's word, or because the host is gone. */
const WAYS = ['cancelled', 'gone', 'cancelled at once'] as const

for (const reach of ['stdio', 'http'] as const) {
  for (const way of WAYS) {
    test(`${reach}: a call whose host has ${way} leaves no question, and a yes comes too late`, () =>
      inHome(async (home) => {
        const dir = dirname(home)
        mkdirSync(dir, { recursive: true })
        const mark = join(dir, 'mark')
        writeFileSync(join(dir, 'server.mjs'), STDIO)
        writeFileSync(join(dir, 'policy.yaml'), POLICY)
        const server = await startServer(ownRuntime(), home, {
          args: ['--policy', join(dir, 'policy.yaml')],
        })
        const far = reach === 'http' ? await overHttp(mark) : undefined
        const to = far === undefined
          ? ['--', NODE, join(dir, 'server.mjs'), mark]
          : ['--url', far.url]
        const [command = '', ...args] = [...ownRuntime(), 'mcp', '--name', 'far', ...to]
        const proxy = spawn(command, args, {
          env: cleanEnv(home, { RAMPART_TIMEOUT_MS: '60000' }),
          stdio: ['pipe', 'ignore', 'ignore'],
        })
        const ended = new Promise((resolve) => proxy.once('exit', resolve))
        try {
          if (way === 'cancelled at once') {
            // Whether a person was asked by then or not: when the proxy has ended, nobody is.
            proxy.stdin.end(CALL + CANCEL)
            await ended
            assert.deepEqual(
              (await rows(server)).filter(({ status }) => status !== 'cancelled'),
              [],
            )
            assert.equal(existsSync(mark), false)
            return
          }
          proxy.stdin.write(CALL)
          const [{ id }] = await until(async () => {
            const found = await rows(server)
            return found.length > 0 ? found as [Row] : undefined
          })
          if (way === 'cancelled') proxy.stdin.write(CANCEL)
          else proxy.stdin.end()
          await until(async () => (await rows(server))[0]!.status === 'cancelled' || undefined)
          const late = await post(server, `/v1/approvals/${id}/resolve`, { approved: true })
          assert.equal(late.status, 410)
          proxy.stdin.end()
          await ended
          assert.equal(existsSync(mark), false)
          const { body } = await get(server, '/v1/audit/events?kind=approval')
          const steps = (body['events'] as { decision: { action: string }; principal: string }[])
            .filter(({ decision }) => decision.action === 'cancelled')
          assert.equal(steps.length, 1)
          assert.notEqual(steps[0]!.principal, 'rampart')
        } finally {
          proxy.kill('SIGKILL')
          far?.end()
        }
      }))
  }
}
