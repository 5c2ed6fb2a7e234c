import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { type Gateway, startGateway } from '../helpers/gateway.ts'
import { executable, ownRuntime, runProgram, type Served, startServer, until } from './server.ts'

interface Place {
  readonly home: string
  readonly env: { readonly HOME: string }
}

/** A person's home with OpenClaw's settings. */
function place(t: TestContext, settings: string | undefined): Place {
  const user = mkdtempSync(join(tmpdir(), 'rampart-openclaw-'))
  t.after(() => rmSync(user, { recursive: true, force: true }))
  mkdirSync(join(user, '.openclaw'))
  if (settings !== undefined) writeFileSync(join(user, '.openclaw/openclaw.json'), settings)
  mkdirSync(join(user, '.rampart/policies'), { recursive: true, mode: 0o700 })
  writeFileSync(
    join(user, '.rampart/policies/own.yaml'),
    'version: "1"\ndefault_action: allow\nextends: standard\npolicies:\n' +
      '  - {name: p, rules: [{action: require_approval, when: {command_matches: ["deploy *"]}}]}\n',
  )
  return { home: join(user, '.rampart'), env: { HOME: user } }
}

/** The person's rules that are in force. */
async function rulesOf({ url, token }: Served): Promise<string> {
  const headers = { authorization: `Bearer ${token}` }
  return await (await fetch(`${url}/v1/rules`, { headers })).text()
}

async function gatewayOf(t: TestContext): Promise<Gateway> {
  const gateway = await startGateway()
  t.after(() => gateway.close())
  return gateway
}

const ask = (gateway: Gateway, id: string, command: string) =>
  gateway.event('exec.approval.requested', { id, request: { command, agentId: 'main' } })

const { command: executed } = executable()
const programs = [ownRuntime(), ...(executed === undefined ? [] : [executed])]

for (const program of programs) {
  // By its address or by its port alone.
  const named = (url: string) =>
    program === programs[0] ? `port: ${new URL(url).port}` : `url: '${url}'`
  test(`serve --openclaw answers, and keeps "always" as a rule (${program.at(-1)})`, async (t) => {
    const gateway = await gatewayOf(t)
    // JSON5, as OpenClaw writes it.
    const { home, env } = place(
      t,
      `// mine\n{gateway:{${named(gateway.url)}, /* secret */ auth: {token: "t//k",},},}\n`,
    )
    const served = await startServer(program, home, { env, args: ['--openclaw'] })
    const [connect] = await gateway.heard(1)
    assert.deepEqual(connect!.params['auth'], { token: 't//k' })
    ask(gateway, 'a', 'rm -rf /')
    ask(gateway, 'b', 'deploy all')
    await gateway.heard(2)
    assert.deepEqual(gateway.frames[1]!.params, { id: 'a', decision: 'deny' })
    gateway.event('exec.approval.resolved', { id: 'b', decision: 'allow-always' })
    // A deny is not lifted by anybody's "always".
    gateway.event('exec.approval.resolved', { id: 'a', decision: 'allow-always' })
    await until(async () => (await rulesOf(served)).includes('deploy') || undefined)
    ask(gateway, 'c', 'deploy all')
    await gateway.heard(3)
    assert.deepEqual(gateway.frames[2]!.params, { id: 'c', decision: 'allow-once' })
    ask(gateway, 'd', 'rm -rf /')
    await gateway.heard(4)
    assert.deepEqual(gateway.frames[3]!.params, { id: 'd', decision: 'deny' })
    assert.deepEqual(await served.end(), { code: 0, signal: null })
  })
}

const BAD: readonly (readonly [what: string, settings: string | undefined, said: RegExp])[] = [
  ['no settings', undefined, /openclaw\.json: The file is gone/],
  ['no token', '{"gateway": {}}', /openclaw\.json: gateway\.auth: /],
  ['no JSON', '{"gateway": ', /openclaw\.json: /],
  [
    'an address in clear text elsewhere',
    '{"gateway": {"url": "ws://gateway.example/ws", "auth": {"token": "t"}}}',
    /gateway\.url: a token would cross the network in clear text/,
  ],
]

for (const [what, settings, said] of BAD) {
  test(`serve --openclaw does not start with ${what}`, async (t) => {
    const { home, env } = place(t, settings)
    const { code, err } = await runProgram(
      [...ownRuntime(), 'serve', '--addr', '127.0.0.1:0', '--openclaw'],
      { home, env },
    )
    assert.equal(code, 3)
    assert.match(err, said)
  })
}

test('serve --openclaw takes no address but that of a WebSocket', async (t) => {
  const { home, env } = place(t, '{"gateway": {"auth": {"token": "t"}}}')
  for (const address of ['http://127.0.0.1/', 'ws://10.0.0.1/ws', 'ws://u:p@127.0.0.1/', 'x']) {
    const { code, err } = await runProgram(
      [...ownRuntime(), 'serve', '--addr', '127.0.0.1:0', `--openclaw=${address}`],
      { home, env },
    )
    assert.equal(code, 3, address)
    assert.match(err, /--openclaw/)
  }
})
