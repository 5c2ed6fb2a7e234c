import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { build as buildShim, run, SHIM } from '../shim/bench.ts'
import { allow, type Bench, build, deny, json, libraryPath } from './bench.ts'
import { attempt, NO_REMOTE as skip, type Remote, TOKEN, withRemote, YES } from './remote-server.ts'

test(
  'a server on another machine is asked over TLS, and nobody on this one',
  { skip },
  () =>
    withRemote(async (bench, remote) => {
      assert.deepEqual(await attempt(bench, remote), { made: true, err: '' })
      const [{ line, headers, body }] = remote.seen as [Remote['seen'][0]]
      assert.equal(line, 'POST /v1/preflight/exec')
      assert.equal(headers.host, new URL(remote.url).host)
      assert.equal(headers.authorization, `Bearer ${TOKEN}`)
      assert.deepEqual(body.params.argv, ['ls', join(bench.dir, 'marker')])
      // Numbers of processes are another machine's there: a seat could be a stranger's.
      assert.deepEqual([body.layer, body.pid, body.parents], ['preload', undefined, undefined])
      remote.reply = deny
      const denied = await attempt(bench, remote)
      assert.deepEqual(denied, { made: false, err: 'rampart: blocked: not that one (no-touch)\n' })
      assert.equal(bench.asked.length, 0)
    }),
)

test(
  'every door asks there: after vfork, in a thread, in a handler of signals',
  { skip },
  () =>
    withRemote(async (bench, remote) => {
      const doors = spawnSync(join(build(), 'probe'), { encoding: 'utf8' }).stdout.trim().split(
        '\n',
      )
        .filter((door) => /vfork|thread|signal|stack|spawn|execveat$|system/.test(door))
      assert.ok(doors.length >= 8, doors.join(' '))
      for (const door of doors) {
        for (const [reply, made] of [[allow, true], [deny, false]] as const) {
          remote.reply = reply
          assert.equal((await attempt(bench, remote, {}, door)).made, made, door)
        }
      }
    }),
)

test('a person is waited for there as well', { skip }, () =>
  withRemote(async (bench, remote) => {
    const asks = { allowed: false, decision: 'require_approval', approval_id: 'a1', message: 'm' }
    remote.reply = (response, nth) =>
      json(response, [asks, { status: 'pending' }, { status: 'approved' }][nth - 1] ?? YES)
    assert.equal((await attempt(bench, remote)).made, true)
    const wait = 'GET /v1/approvals/a1?wait=25'
    const post = 'POST /v1/preflight/exec'
    assert.deepEqual(remote.seen.map(({ line }) => line), [post, wait, wait, post])
  }))

test(
  'F6 nobody listens there: absent, as on this machine',
  { skip },
  () =>
    withRemote(async (bench, remote) => {
      await remote.close()
      const open = await attempt(bench, remote)
      assert.equal(open.made, true)
      assert.match(open.err, /^rampart: not running/)
      const closed = await attempt(bench, remote, { RAMPART_FAIL_OPEN: '0' })
      assert.equal(closed.made, false)
      const bin = join(bench.dir, 'bin')
      const no = '{"allowed":false,"decision":"deny","message":"local no"}'
      writeFileSync(bin, `#!/bin/sh\n/bin/cat >/dev/null; echo '${no}'\n`, { mode: 0o755 })
      const local = await attempt(bench, remote, { RAMPART_BIN: bin })
      assert.deepEqual(local, { made: false, err: 'rampart: blocked: local no\n' })
    }),
)

/** The library with a program of the test's own beside it, or none. */
function libraryBeside(bench: Bench, program: string | undefined, mode = 0o755): string {
  const dir = join(bench.dir, 'lib')
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir)
  copyFileSync(libraryPath(), join(dir, 'librampart.so'))
  if (program !== undefined) {
    writeFileSync(join(dir, 'rampart-remote'), program)
    chmodSync(join(dir, 'rampart-remote'), mode)
  }
  return join(dir, 'librampart.so')
}

test('the program beside the library: where it fails nothing runs, and a line says why', {
  skip,
}, () =>
  withRemote(async (bench, remote) => {
    const cases: [string | undefined, RegExp, number?][] = [
      [undefined, /rampart-remote does not stand beside the library/],
      ['#!/bin/sh\nexit 2\n', /needs libcurl, which is not here/],
      ['#!/bin/sh\nexit 77\n', /cannot be reached/],
      ['#!/bin/sh\nexit 0\n', /answer is unreadable/],
      [
        `#!/bin/sh\nprintf 'HTTP/1.1 200 OK\\r\\n\\r\\n${JSON.stringify(YES)}'; exit 9\n`,
        /cannot be reached/,
      ],
      ['#!/bin/sh\nexec /bin/sleep 60\n', /did not answer in time/],
      ['#!/bin/sh\nexit 2\n', /rampart-remote does not stand/, 0o777],
      ['#!/bin/sh\nexit 2\n', /rampart-remote does not stand/, 0o644],
    ]
    for (const [program, err, mode] of cases) {
      const library = libraryBeside(bench, program, mode)
      const env = { LD_PRELOAD: library, RAMPART_LIB: library, RAMPART_TIMEOUT_MS: '1000' }
      const got = await attempt(bench, remote, env)
      assert.match(got.err, err)
      assert.equal(got.made, false)
    }
  }))

test(
  'F37 it gets an environment of our making, and nothing of the program',
  { skip },
  () =>
    withRemote(async (bench, remote) => {
      const seen = join(bench.dir, 'seen')
      const library = libraryBeside(
        bench,
        `#!/bin/sh\n/usr/bin/env >${seen}; /bin/ls /proc/$$/fd | /usr/bin/wc -l >>${seen}\n`,
      )
      await attempt(bench, remote, {
        LD_PRELOAD: library,
        RAMPART_LIB: library,
        HTTPS_PROXY: 'http://evil',
        SSL_CERT_FILE: '/tmp/evil',
        CURL_CA_BUNDLE: '/tmp/evil',
        OPENSSL_CONF: '/tmp/evil',
      })
      const lines = readFileSync(seen, 'utf8').trim().split('\n')
      const names = lines.slice(0, -1).map((line) => line.split('=')[0]!)
      const ours = ['HOME', 'LANG', 'PATH', 'RAMPART_HOME', 'PWD', 'OLDPWD', 'SHLVL', '_']
      assert.deepEqual(names.filter((name) => !ours.includes(name)), [])
      assert.ok(lines.includes(`RAMPART_HOME=${remote.state}`))
    }),
)

test(
  'without a libcurl that can be used, it says so',
  { skip },
  () =>
    withRemote((_bench, remote) => {
      const dir = join(remote.state, 'empty')
      mkdirSync(dir)
      symlinkSync(join(build(join(build(), 'empty.so')), 'empty.so'), join(dir, 'libcurl.so.4'))
      const { status } = spawnSync(join(build('all'), 'rampart-remote'), [remote.url, '1000'], {
        input: 'POST / HTTP/1.1\r\nHost: rampart\r\n\r\n',
        env: { RAMPART_HOME: remote.state, LD_LIBRARY_PATH: dir },
      })
      assert.equal(status, 2)
      return Promise.resolve()
    }),
)

test(
  'the address of this machine means its socket',
  { skip },
  () =>
    withRemote(async (bench, remote) => {
      for (const url of ['http://127.0.0.1:9090', 'http://localhost', 'http://[::1]:1/']) {
        assert.equal((await attempt(bench, remote, { RAMPART_URL: url })).made, true, url)
      }
      assert.equal(bench.asked.length, 3)
      assert.equal(remote.seen.length, 0)
    }),
)

test('the shim asks there as well', { skip }, () =>
  withRemote(async (bench, remote) => {
    buildShim()
    const dir = join(bench.dir, 'shells')
    mkdirSync(dir)
    copyFileSync(SHIM, join(dir, 'rampart-shim'))
    symlinkSync('rampart-shim', join(dir, 'bash'))
    copyFileSync(join(build('all'), 'rampart-remote'), join(dir, 'rampart-remote'))
    const settings = (url: string) =>
      writeFileSync(
        join(dir, 'rampart.env'),
        `RAMPART_URL=${url}\nRAMPART_HOME=${remote.state}\nRAMPART_TIMEOUT_MS=20000\n`,
        { mode: 0o600 },
      )
    settings(remote.url)
    const allowed = await run(join(dir, 'bash'), ['-c', 'echo ran'])
    assert.deepEqual([allowed.code, allowed.out, allowed.err], [0, 'ran\n', ''])
    assert.equal(remote.seen[0]!.body.params.command, 'echo ran')
    remote.reply = deny
    const denied = await run(join(dir, 'bash'), ['-c', 'echo ran'])
    assert.deepEqual([denied.code, denied.out], [126, ''])
    assert.match(denied.err, /not that one/)
    settings('http://elsewhere.invalid')
    const nowhere = await run(join(dir, 'bash'), ['-c', 'echo ran'])
    assert.deepEqual([nowhere.code, nowhere.out], [126, ''])
    assert.match(nowhere.err, /RAMPART_URL is neither/)
    assert.equal(process.env.RAMPART_URL, undefined)
  }))

test(
  'the address goes on with every program, whatever its environment says',
  { skip },
  () =>
    withRemote(async (bench, remote) => {
      const marker = join(bench.dir, 'marker')
      const env = { RAMPART_URL: remote.url, RAMPART_HOME: remote.state }
      const touch = ['/usr/bin/touch', marker]
      remote.reply = (response, nth) => nth === 1 ? allow(response) : deny(response)
      const words = ['/bin/sh', '-c', `exec /usr/bin/env -i RAMPART_URL= ${touch.join(' ')}`]
      await bench.run(words, env)
      assert.deepEqual(remote.seen.map(({ body }) => body.params.program), [
        '/usr/bin/env',
        '/usr/bin/touch',
      ])
      assert.equal(existsSync(marker), false)
      assert.equal(bench.asked.length, 0)
    }),
)

test(
  'a program that has closed its standard descriptors asks all the same',
  { skip },
  () =>
    withRemote(async (bench, remote) => {
      const env = { RAMPART_URL: remote.url, RAMPART_HOME: remote.state, PATH: '/usr/bin' }
      for (const [reply, made] of [[deny, false], [allow, true]] as const) {
        remote.reply = reply
        const marker = join(bench.dir, `closed-${made}`)
        await bench.run(['/bin/sh', '-c', `exec <&- >&- 2>&-; exec touch ${marker}`], env)
        assert.equal(existsSync(marker), made)
      }
      assert.equal(remote.seen.length, 2)
    }),
)
