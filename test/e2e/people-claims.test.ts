import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  exec,
  get,
  inHome,
  ownRuntime,
  post,
  runProgram,
  type Served,
  startServer,
} from './server.ts'

// What is measured of the strongest peer, and must not be so here. Its other claims are held beside what they are about:
// links by `notify.test.ts`, "always" by `rules.test.ts`, many answers at once by `bench/approvals.ts`.

const ASKING = `version: "1"
default_action: allow
policies:
  - name: asking
    rules:
      - {action: require_approval, message: A person looks}
`
const self = ownRuntime()

interface Scene {
  readonly home: string
  readonly server: Served
  token(agent: string, scopes?: string): Promise<Served>
}

function scene(work: (scene: Scene) => Promise<void>): Promise<void> {
  return inHome(async (home) => {
    mkdirSync(join(home, 'policies'), { recursive: true, mode: 0o700 })
    writeFileSync(join(home, 'policies', 'p.yaml'), ASKING, { mode: 0o600 })
    const server = await startServer(self, home)
    await work({
      home,
      server,
      async token(agent, scopes = 'eval') {
        const argv = ['token', 'create', '--agent', agent, '--scope', scopes, '--json']
        const { out, err } = await runProgram([...self, ...argv], { home })
        assert.ok(out.startsWith('{'), err)
        return { ...server, token: JSON.parse(out).token as string }
      },
    })
    await server.end()
  })
}

const async = { prefer: 'respond-async' }

const CALLS: readonly [tool: string, params: Record<string, unknown>, shown: readonly string[]][] =
  [
    ['exec', { command: 'shipctl --to prod' }, ['shipctl --to prod']],
    ['read', { path: '/srv/secrets/plan.txt' }, ['/srv/secrets/plan.txt']],
    ['write', { path: '/srv/app/x.cfg', content: 'mode = wide open' }, [
      '/srv/app/x.cfg',
      'mode = wide open',
    ]],
    ['fetch', { url: 'https://example.test/take?all=1' }, ['https://example.test/take?all=1']],
    ['mcp__mail__send', { to: 'ann@example.test', body: 'the plan' }, [
      'ann@example.test',
      'the plan',
    ]],
  ]

test('peer every kind of call is seen whole, and the ids that pending prints are taken by approve', () =>
  scene(async ({ home, token }) => {
    const agent = await token('bot')
    for (const [tool, params, shown] of CALLS) {
      const body = { agent: 'bot', session: 's', params }
      const asked = await post(agent, `/v1/tool/${tool}`, body, async)
      assert.equal(asked.status, 202, JSON.stringify(asked.body))
      const pending = await runProgram([...self, 'pending'], { home })
      for (const text of shown) assert.ok(pending.out.includes(text), `${tool}: ${pending.out}`)
      const [id] = /\b[0-9a-f]{32}\b/.exec(pending.out) ?? []
      const approved = await runProgram([...self, 'approve', id!], { home })
      assert.equal(approved.code, 0, approved.err)
      assert.equal((await post(agent, `/v1/tool/${tool}`, body, async)).status, 200, tool)
    }
  }))

test('peer an agent that asks without end leaves the others their questions', () =>
  scene(async ({ token }) => {
    const [noisy, quiet] = [await token('noisy'), await token('quiet')]
    const asks = await Promise.all(
      Array.from({ length: 120 }, (_, i) => post(noisy, '/v1/tool/exec', exec(`a ${i}`), async)),
    )
    const statuses = asks.map(({ status }) => status)
    assert.equal(statuses.filter((status) => status === 202).length, 50)
    assert.equal(statuses.filter((status) => status === 403).length, 70)
    assert.match(String(asks.find(({ status }) => status === 403)!.body.message), /50/)
    assert.equal((await post(quiet, '/v1/tool/exec', exec('b'), async)).status, 202)
  }))

test('peer a token that may ask and answer does not answer its own question, nor that of its agent', () =>
  scene(async ({ token }) => {
    const both = await token('bot', 'eval,approve')
    const sister = await token('bot', 'approve')
    const other = await token('ann', 'approve')
    const asked = await post(both, '/v1/tool/exec', exec('x', { agent: 'bot' }), async)
    const path = `/v1/approvals/${asked.body.approval_id}/resolve`
    for (const own of [both, sister]) {
      assert.equal((await post(own, path, { approved: true })).status, 403)
      const ids = [asked.body.approval_id]
      const { body } = await post(own, '/v1/approvals/bulk-resolve', { ids, approved: true })
      assert.equal(JSON.stringify(body).includes('"approved"'), false, JSON.stringify(body))
    }
    assert.equal((await post(other, path, { approved: true })).status, 200)
  }))

test('rules that many make at once, over HTTP and beside it, all stand, with what a person wrote around them', () =>
  scene(async ({ home, server }) => {
    const file = join(home, 'policies', 'user.yaml')
    const own = '# Why: the audit of March\n'
    writeFileSync(
      file,
      `# Mine\nversion: "1"\nrules:\n  ${own}  - {id: handmade1, action: block, tool: exec, generalisation: program, program: nc} # never\n`,
      { mode: 0o600 },
    )
    const made = Array.from({ length: 6 }, async (_, writer) => {
      const ids: string[] = []
      for (let i = 0; i < 5; i++) {
        const wanted = { action: 'block', program: `tool-${writer}-${i}` }
        const { status, body } = await post(server, '/v1/rules', wanted)
        assert.equal(status, 201, JSON.stringify(body))
        ids.push(wanted.program)
      }
      return ids
    })
    const beside = ['x', 'y'].map(async (name) => {
      const done = await runProgram([...self, 'block', `beside-${name} a`], { home })
      assert.equal(done.code, 0, done.err)
      return [`beside-${name}`]
    })
    const programs = (await Promise.all([...made, ...beside])).flat()
    const text = readFileSync(file, 'utf8')
    for (const kept of ['# Mine', own.trim(), '# never', 'handmade1']) {
      assert.ok(text.includes(kept), `${kept} is gone:\n${text}`)
    }
    for (const program of programs) assert.ok(text.includes(program), program)
    const { body } = await get(server, '/v1/rules')
    assert.equal((body.rules as unknown[]).length, programs.length + 1)
    for (const program of programs) {
      const { body: told } = await post(server, '/v1/preflight/exec', exec(`${program} a`))
      assert.equal(told.decision, 'deny', program)
    }
  }))
