import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { exec, inHome, ownRuntime, post, runProgram, startServer } from './server.ts'

const ASKING = `version: "1"
default_action: allow
policies:
  - name: asking
    match: {tool: exec}
    rules:
      - action: require_approval
        when: {command_matches: "deploy*"}
        message: Deploying needs a person
`

function asking(home: string): void {
  mkdirSync(join(home, 'policies'), { recursive: true, mode: 0o700 })
  writeFileSync(join(home, 'policies', 'p.yaml'), ASKING, { mode: 0o600 })
}

const self = ownRuntime()

test('a restart keeps approvals: asked before kill -9, approved after, redeemed by the same call', () =>
  inHome(async (home) => {
    asking(home)
    const first = await startServer(self, home)
    const created = await runProgram(
      [...self, 'token', 'create', '--agent', 'deployer', '--json'],
      { home },
    )
    assert.equal(created.code, 0, created.err)
    const { token } = JSON.parse(created.out)
    const call = exec('deploy \u202eprod', { agent: 'deployer' })
    const asked = await post({ ...first, token }, '/v1/tool/exec', call, {
      prefer: 'respond-async',
    })
    assert.equal(asked.status, 202, JSON.stringify(asked.body))
    const id = String(asked.body.approval_id)
    await first.end('SIGKILL')

    const second = await startServer(self, home)
    const pending = await runProgram([...self, 'pending'], { home })
    assert.match(pending.out, new RegExp(id))
    assert.match(pending.out, /deploy \\u\{202e\}prod/, 'F13')
    assert.match(pending.out, /Deploying needs a person/)
    const unknown = await runProgram([...self, 'approve', 'ZZZ'], { home })
    assert.deepEqual([unknown.code, /No pending approval/.test(unknown.err)], [3, true])
    const approved = await runProgram([...self, 'approve', id.slice(0, 20), '--as', 'me'], { home })
    assert.equal(approved.code, 0, approved.err)
    assert.match(approved.out, /Approved/)
    const redeemed = await post({ ...second, token }, '/v1/tool/exec', call)
    assert.equal(redeemed.status, 200, JSON.stringify(redeemed.body))
    assert.deepEqual([redeemed.body.allowed, redeemed.body.decision], [true, 'require_approval'])
    const stats = await runProgram([...self, 'pending', '--stats'], { home })
    assert.match(stats.out, /^Since \S+: 1 asked \(1 an hour\), 1 answered, half of them within /)
    assert.match(stats.out, /asking\/1: 1 asked, 1 approved, 0 denied, 0 not answered/)
    const json = await runProgram([...self, 'pending', '--stats', '--json'], { home })
    assert.equal(JSON.parse(json.out).rules[0].rule, 'asking/1')
    await second.end()
  }))

test('deny ends a waiting call with 403; a second answer exits 3', () =>
  inHome(async (home) => {
    asking(home)
    const server = await startServer(self, home, { args: ['--approval-timeout', '20s'] })
    // The same tool call, told by its id, joins the question that is open (F20).
    const call = exec('deploy', { tool_call_id: 'one' })
    const { token } = JSON.parse(
      (await runProgram([...self, 'token', 'create', '--agent', 'a', '--json'], { home })).out,
    )
    const asked = await post({ ...server, token }, '/v1/tool/exec', call, {
      prefer: 'respond-async',
    })
    const id = String(asked.body.approval_id)
    const waiting = post({ ...server, token }, '/v1/tool/exec', call)
    const denied = await runProgram([...self, 'deny', id, '--json'], { home })
    assert.equal(denied.code, 0, denied.err)
    assert.equal((await waiting).status, 403)
    for (let turn = 0; turn < 5; turn++) {
      const again = await post({ ...server, token }, '/v1/tool/exec', exec('deploy'))
      assert.deepEqual([again.status, again.body.approval_status], [403, 'denied'])
    }
    const status = await runProgram([...self, 'status'], { home })
    assert.match(status.out, /flagged\s+a \(session s\) tried 5 times what a person had denied/)
    assert.equal((await runProgram([...self, 'approve', id], { home })).code, 3)
    await server.end()
  }))

test('F7 an address out of the environment never gets the token of the state directory', () =>
  inHome(async (home) => {
    const server = await startServer(self, home)
    const ran = await runProgram([...self, 'pending'], { home, env: { RAMPART_URL: server.url } })
    assert.equal(ran.code, 1)
    assert.match(ran.err, /A valid token is required|token/)
    await server.end()
  }))
