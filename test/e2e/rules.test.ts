import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

const ASKING = `version: "1"
default_action: allow
policies:
  - name: guard
    match: {tool: exec}
    rules:
      - {action: deny, when: {command_matches: "*evil*"}}
      - {action: require_approval, when: {program: {name: [curl, git, echo, make, shipctl]}}, message: Ask first}
`

function policiesIn(home: string): string {
  const dir = join(home, 'policies')
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  writeFileSync(join(dir, 'p.yaml'), ASKING, { mode: 0o600 })
  return dir
}

const enforced = (command: string, more: object = {}) =>
  exec(command, { enforce: true, cwd: '/tmp', ...more })

/** What an enforced call is told at once. */
async function told(server: Served, command: string, more: object = {}): Promise<string> {
  const { body } = await post(server, '/v1/preflight/exec', enforced(command, more))
  return `${body.allowed} ${body.decision}`
}

/** Ask, and answer with what is to be kept. */
async function answer(
  server: Served,
  command: string,
  body: Readonly<Record<string, unknown>>,
  more: object = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const asked = await post(server, '/v1/preflight/exec', enforced(command, more))
  const id = String(asked.body.approval_id)
  return await post(server, `/v1/approvals/${id}/resolve`, { approved: true, ...body })
}

for (const command of ['git commit -m "a b"', 'echo "*.txt" [x]', "curl -s 'https://a.test/x y'"]) {
  test(`peer "always" of ${command} is in force at once, where there was no policies/ before`, () =>
    inHome(async (home) => {
      // The policy lies elsewhere, so that policies/ is not there when the server starts.
      const file = join(home, 'elsewhere.yaml')
      mkdirSync(home, { recursive: true, mode: 0o700 })
      writeFileSync(file, ASKING, { mode: 0o600 })
      const server = await startServer(ownRuntime(), home, { args: ['--policy', file] })
      rmSync(join(home, 'policies'), { recursive: true, force: true })
      const { status, body } = await answer(server, command, { scope: 'always' })
      assert.deepEqual(
        [status, body.status, body.rule_refused],
        [200, 'approved', null],
        JSON.stringify(body),
      )
      assert.ok(existsSync(join(home, 'policies', 'user.yaml')))
      assert.equal(await told(server, command), 'true allow')
      const again = await post(server, '/v1/tool/exec', exec(command, { cwd: '/tmp' }))
      assert.equal(again.status, 200)
      assert.match(String(again.body.message), new RegExp(`Your rule ${String(body.rule_id)}`))
      assert.equal(again.body.rule, 'guard/2')
      await server.end()
    }))
}

test('"always" releases the call that waits, holds over a restart, and "rules remove" undoes it', () =>
  inHome(async (home) => {
    policiesIn(home)
    let server = await startServer(ownRuntime(), home)
    const waiting = post(server, '/v1/tool/exec', exec('shipctl a.test'))
    let id: string | undefined
    while (id === undefined) {
      const { body } = await get(server, '/v1/approvals?status=pending')
      id = (body.approvals as { id: string }[])[0]?.id
    }
    const choices = await get(server, `/v1/approvals/${id}/choices`)
    const offered = choices.body.choices as { generalisation: string; available: boolean }[]
    assert.deepEqual(
      offered.map(({ generalisation, available }) => `${generalisation} ${available}`),
      ['exact true', 'flags true', 'program true'],
    )
    const body = { approved: true, scope: 'always', generalisation: 'program' }
    const kept = await post(server, `/v1/approvals/${id}/resolve`, body)
    const answered = await waiting
    assert.deepEqual([answered.status, answered.body.allowed], [200, true])
    assert.equal(await told(server, 'shipctl -o x b.test'), 'true allow')
    assert.equal(await told(server, 'shipctl --to evil.test'), 'false deny')
    await server.end()
    server = await startServer(ownRuntime(), home)
    assert.equal(await told(server, 'shipctl c.test'), 'true allow')
    const removed = await runProgram(
      [...ownRuntime(), 'rules', 'remove', String(kept.body.rule_id)],
      { home },
    )
    assert.equal(removed.code, 0, removed.err)
    assert.equal(await told(server, 'shipctl c.test'), 'false require_approval')
    const events = await get(server, '/v1/audit/events?kind=rule')
    const steps = (events.body.events as { decision: { action: string } }[])
      .map(({ decision }) => decision.action)
    assert.deepEqual(steps, ['removed', 'created'])
    await server.end()
  }))

test('a refused scope is 409 and the question stays open; the reason names what is in the way', () =>
  inHome(async (home) => {
    policiesIn(home)
    const server = await startServer(ownRuntime(), home)
    const { status, body } = await answer(server, 'make all', {
      scope: 'always',
      generalisation: 'program',
    })
    assert.deepEqual([status, body.code], [409, 'rule_refused'])
    assert.match(String(body.detail), /make runs code/)
    const risky = { scope: 'always', generalisation: 'program' }
    const admits = await answer(server, 'curl https://a.test', risky)
    assert.match(String(admits.body.detail), /would let pass \d+ calls that must be stopped/)
    const { body: open } = await get(server, '/v1/approvals?status=pending')
    assert.equal((open.approvals as unknown[]).length, 2)
    await server.end()
  }))

test('a grant for a run is counted down over a restart, and for that run alone', () =>
  inHome(async (home) => {
    policiesIn(home)
    let server = await startServer(ownRuntime(), home)
    const wanted = { scope: 'run', calls: 3, generalisation: 'program' }
    const run = { run_id: 'r1' }
    const { status, body } = await answer(server, 'shipctl a.test', wanted, run)
    assert.deepEqual([status, typeof body.rule_id], [200, 'string'], JSON.stringify(body))
    assert.equal(await told(server, 'shipctl b.test', { run_id: 'r2' }), 'false require_approval')
    assert.equal(await told(server, 'shipctl b.test', run), 'true allow')
    await server.end()
    server = await startServer(ownRuntime(), home)
    const { body: listed } = await get(server, '/v1/rules')
    assert.deepEqual(
      (listed.rules as { calls_left: number; source: string }[])
        .map(({ calls_left, source }) => `${calls_left} ${source}`),
      ['1 memory'],
    )
    assert.equal(await told(server, 'shipctl c.test', run), 'true allow')
    assert.equal(await told(server, 'shipctl d.test', run), 'false require_approval')
    await server.end()
  }))

test('rules are made beside a server, by it, and without one, and all answers are the same', () =>
  inHome(async (home) => {
    policiesIn(home)
    const rampart = (...words: string[]) =>
      runProgram([...ownRuntime(), ...words], { home, cwd: '/tmp' })
    assert.equal((await rampart('test', 'shipctl a.test')).code, 2)
    const alone = await rampart('allow', 'shipctl a.test', '--generalisation', 'program')
    assert.equal(alone.code, 0, alone.err)
    assert.equal((await rampart('test', 'shipctl b.test')).code, 0)
    const server = await startServer(ownRuntime(), home)
    assert.equal(await told(server, 'shipctl b.test'), 'true allow')
    const served = await rampart('block', 'shipctl', '--generalisation', 'program')
    assert.equal(served.code, 0, served.err)
    assert.equal(await told(server, 'shipctl b.test'), 'false deny')
    assert.equal((await rampart('test', 'shipctl b.test')).code, 1)
    assert.equal((await rampart('allow', 'shipctl --to evil.test')).code, 3)
    assert.equal((await rampart('rules', 'reset', '--yes')).code, 0)
    assert.equal(await told(server, 'shipctl b.test'), 'false require_approval')
    const text = readFileSync(join(home, 'policies', 'user.yaml'), 'utf8')
    assert.match(text, /^# Your own rules/)
    await server.end()
  }))
