import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { bundleOf, policyText, signingKey } from '../helpers/bundle.ts'
import {
  exec,
  get,
  inHome,
  ownRuntime,
  post,
  runProgram,
  type Served,
  startServer,
  until,
} from './server.ts'

interface Place {
  readonly home: string
  readonly key: ReturnType<typeof signingKey>
  readonly source: string
  /** Publish a bundle whose one policy denies a program. */
  offer(version: number, program: string, more?: Parameters<typeof bundleOf>[1]): void
  /** Put bytes where the server looks, as a whole. */
  put(bytes: Uint8Array): void
}

async function following(body: (place: Place) => Promise<void>): Promise<void> {
  await inHome(async (home) => {
    mkdirSync(home, { recursive: true, mode: 0o700 })
    const key = signingKey()
    const source = join(home, 'source.tar')
    writeFileSync(join(home, 'company.pub.pem'), key.publicPem, { mode: 0o600 })
    writeFileSync(
      join(home, 'config.yaml'),
      `bundle:\n  url: file://${source}\n  keys: [company.pub.pem]\n  interval: 1s\n`,
      { mode: 0o600 },
    )
    const put = (bytes: Uint8Array) => {
      writeFileSync(`${source}.new`, bytes)
      renameSync(`${source}.new`, source)
    }
    await body({
      home,
      key,
      source,
      put,
      offer: (version, program, more) =>
        put(key.sign(bundleOf(version, {
          files: [{ path: 'policies/stop.yaml', text: policyText('stop', `${program} *`) }],
          ...more,
        }))),
    })
  })
}

interface Said {
  readonly version: number | null
  readonly last_error: string | null
  readonly refused: boolean
}

async function bundleOfServer(server: Served): Promise<Said> {
  return (await get(server, '/healthz')).body.bundle as Said
}

async function decisionOf(server: Served, command: string): Promise<unknown> {
  return (await post(server, '/v1/preflight/exec', exec(command))).body.decision
}

async function untilVersion(server: Served, version: number): Promise<void> {
  await until(async () => (await bundleOfServer(server)).version === version ? true : undefined)
}

async function hooked(home: string, command: string): Promise<string> {
  const input = JSON.stringify({
    session_id: 's',
    cwd: home,
    hook_event_name: 'PreToolUse',
    tool_name: 'Bash',
    tool_input: { command },
  })
  const argv = [...ownRuntime(), 'hook', '--format', 'claude-code']
  const { out, err } = await runProgram(argv, { home, input, env: { RAMPART_FAIL_OPEN: '0' } })
  return out + err
}

test('a server follows a bundle: it is in force from the first answer on, and so is the next one', () =>
  following(async ({ home, offer }) => {
    offer(1, 'frobnicate')
    const server = await startServer(ownRuntime(), home)
    assert.equal((await bundleOfServer(server)).version, 1)
    assert.equal(await decisionOf(server, 'frobnicate all'), 'deny')
    offer(2, 'twiddle')
    await untilVersion(server, 2)
    await until(async () => await decisionOf(server, 'twiddle all') === 'deny' ? true : undefined)
    assert.notEqual(await decisionOf(server, 'frobnicate all'), 'deny')
    // Its event is written once the new policies are in force, so a moment later.
    await until(async () => {
      const { body } = await get(server, '/v1/audit/events?kind=policy')
      const events = body.events as {
        decision: { action: string }
        request: { version?: number }
      }[]
      const told = events.filter(({ decision }) => decision.action === 'bundle_activated')
      const versions = told.map(({ request }) => request.version).join()
      return versions === '2,1' ? true : undefined
    })
    const status = await runProgram([...ownRuntime(), 'status'], { home })
    assert.match(status.out, /bundle {4}company version 2 of 2026-11-01T00:00:00Z, sha256:/)
    await server.end()
  }))

test('a bundle whose test fails, or that is older, changes nothing and is said everywhere', () =>
  following(async ({ home, offer, put, key }) => {
    offer(2, 'frobnicate')
    const server = await startServer(ownRuntime(), home)
    const failing = policyText('stop', 'twiddle *', 'deny', 'allow')
    for (
      const [bytes, says] of [
        [
          bundleOf(3, { files: [{ path: 'policies/a.yaml', text: failing }] }),
          /test "stop holds" expected allow/,
        ],
        [
          bundleOf(3, { files: [{ path: 'policies/a.yaml', text: `${failing}more: 1\n` }] }),
          /a\.yaml:10:1: unknown key "more"/,
        ],
        [bundleOf(1), /not higher than version 2/],
      ] as const
    ) {
      put(key.sign(bytes))
      const { version, last_error } = await until(async () => {
        const said = await bundleOfServer(server)
        return says.test(said.last_error ?? '') ? said : undefined
      })
      assert.equal(version, 2, last_error ?? '')
      assert.equal(await decisionOf(server, 'frobnicate x'), 'deny')
    }
    const { body } = await get(server, '/healthz')
    assert.equal(body.status, 'degraded')
    const doctor = await runProgram([...ownRuntime(), 'doctor'], { home })
    assert.match(doctor.out, /not higher than version 2/)
    await server.end()
  }))

test('kill -9 and a source that is away: the last good bundle holds, in the hook without a server too', () =>
  following(async ({ home, offer, source }) => {
    offer(1, 'frobnicate')
    const first = await startServer(ownRuntime(), home)
    await first.end('SIGKILL')
    rmSync(source)
    assert.match(await hooked(home, 'frobnicate x'), /stop says so/)
    const dry = await runProgram([...ownRuntime(), 'test', 'frobnicate x'], { home })
    assert.equal(dry.code, 1, dry.out)
    const server = await startServer(ownRuntime(), home)
    assert.equal((await bundleOfServer(server)).version, 1)
    assert.equal(await decisionOf(server, 'frobnicate x'), 'deny')
    const { last_error, refused } = await until(async () => {
      const said = await bundleOfServer(server)
      return said.last_error === null ? undefined : said
    })
    assert.match(last_error ?? '', /the source cannot be used/)
    assert.equal(refused, false)
    await server.end()
  }))

test('a kept bundle that is changed or taken away loosens nothing', () =>
  following(async ({ home, offer }) => {
    offer(1, 'frobnicate')
    const server = await startServer(ownRuntime(), home)
    const active = join(home, 'bundles', 'active.tar')
    const bytes = readFileSync(active)
    const at = bytes.indexOf('frobnicate')
    assert.ok(at > 0)
    const faults = () =>
      until(async () => {
        const { faults } = (await get(server, '/healthz')).body.policy as {
          faults: { message: string }[]
        }
        return faults.length > 0 ? faults[0]!.message : undefined
      })
    writeFileSync(
      active,
      Buffer.concat([bytes.subarray(0, at), Buffer.from('X'), bytes.subarray(at + 1)]),
    )
    assert.match(await faults(), /The bundle is refused: .* is not what its manifest says/)
    assert.equal(await decisionOf(server, 'frobnicate x'), 'deny')
    await server.end('SIGKILL')
    // Nobody serves: whoever reads it denies, and says why.
    assert.match(await hooked(home, 'ls'), /"permissionDecision":\s*"deny"/)
    const again = await startServer(ownRuntime(), home)
    assert.equal((await bundleOfServer(again)).version, 1)
    rmSync(active)
    await until(async () => {
      const { faults } = (await get(again, '/healthz')).body.policy as {
        faults: { message: string }[]
      }
      return /The bundle is gone/.test(faults[0]?.message ?? '') ? true : undefined
    })
    assert.equal(await decisionOf(again, 'frobnicate x'), 'deny')
    await again.end()
  }))

test('a second server on one state directory is refused, and the bundle stays whole', () =>
  following(async ({ home, offer }) => {
    offer(1, 'frobnicate')
    const server = await startServer(ownRuntime(), home)
    const second = await runProgram([...ownRuntime(), 'serve', '--addr', '127.0.0.1:0'], { home })
    assert.equal(second.code, 3)
    assert.match(second.err, /A server runs on .* already/)
    offer(2, 'twiddle')
    await untilVersion(server, 2)
    await server.end()
  }))

test('a setting without keys, with one that is not there, or over plain http starts no server', () =>
  following(async ({ home, offer }) => {
    offer(1, 'frobnicate')
    const config = join(home, 'config.yaml')
    const start = () => runProgram([...ownRuntime(), 'serve', '--addr', '127.0.0.1:0'], { home })
    const text = readFileSync(config, 'utf8')
    writeFileSync(config, text.replace(/ {2}keys:.*\n/, ''))
    assert.match((await start()).err, /bundle\.url needs bundle\.keys/)
    writeFileSync(config, text)
    writeFileSync(config, text.replace('company.pub.pem', 'none.pem'))
    assert.match((await start()).err, /bundle\.keys: .*none\.pem: The file is gone/)
    writeFileSync(config, text.replace(/url: .*/, 'url: http://files.example/b.tar'))
    assert.match((await start()).err, /expected https:/)
  }))

test('a staged bundle under which more is denied is given up: by itself, loudly and for good', () =>
  following(async ({ home, offer }) => {
    offer(1, 'frobnicate')
    const server = await startServer(ownRuntime(), home)
    const calls = async () => {
      for (let at = 0; at < 10; at++) {
        await post(server, '/v1/preflight/exec', { ...exec('twiddle all'), enforce: true })
      }
    }
    await calls()
    // What somebody only tries out counts for nothing.
    for (let at = 0; at < 20; at++) assert.equal(await decisionOf(server, 'frobnicate x'), 'deny')
    const halt = { calls: 10, denials_rise: 50, asks_rise: 50 }
    offer(2, 'twiddle', { rollout: { percent: 100, halt } })
    await untilVersion(server, 2)
    await until(async () => await decisionOf(server, 'twiddle all') === 'deny' ? true : undefined)
    await calls()
    await untilVersion(server, 1)
    await until(async () => await decisionOf(server, 'twiddle all') === 'deny' ? undefined : true)
    const { body } = await get(server, '/healthz')
    const { given_up } = body.bundle as { given_up: { version: number; reason: string } }
    assert.equal(given_up.version, 2)
    assert.match(given_up.reason, /denials rose from 0\.0 to 100\.0 of 100 calls, by more than 50/)
    await until(async () => {
      const { body } = await get(server, '/v1/audit/events?kind=policy&action=bundle_given_up')
      return (body.events as unknown[]).length === 1 ? true : undefined
    })
    assert.match(server.printed(), /version 2 is given up, version 1 is in force again/)
    await server.end()
    // Its source still offers it.
    const again = await startServer(ownRuntime(), home)
    await until(async () =>
      /given up/.test((await bundleOfServer(again)).last_error ?? '') ? true : undefined
    )
    assert.equal((await bundleOfServer(again)).version, 1)
    await again.end()
  }))
