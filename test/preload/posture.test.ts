import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { type Bench, build, json, skipped, withBench } from './bench.ts'

const skip = skipped()

/** An executable that stands in for `rampart shim decide`: it notes what it got and says `answer`. */
function executable(bench: Bench, name: string, answer: string): string {
  const path = join(bench.dir, name)
  const script = `#!/bin/sh\nprintf '%s\\n' "$@" > ${path}.argv\n/usr/bin/env > ${path}.env\n` +
    `pwd > ${path}.cwd\n/bin/cat > ${path}.stdin\n${answer}\n`
  writeFileSync(path, script, { mode: 0o755 })
  return path
}

interface Row {
  readonly name: string
  readonly env: (bench: Bench) => Record<string, string>
  readonly runs: boolean
  readonly err?: RegExp
}

const YES = `echo '{"allowed":true,"decision":"allow"}'`
const NO = `echo '{"allowed":false,"decision":"deny","message":"local no","policy":"p"}'`
const nobody = (bench: Bench) => ({ RAMPART_SOCKET: join(bench.dir, 'nobody', 's') })

/** A row for each way of not getting an answer (F6); with the executable and without. */
const ROWS: readonly Row[] = [
  { name: 'ENOENT', env: nobody, runs: true, err: /^rampart: not running: calls pass unjudged/ },
  {
    name: 'ENOENT, closed',
    env: (bench) => ({ ...nobody(bench), RAMPART_FAIL_OPEN: '0' }),
    runs: false,
    err: /not running, and calls are closed/,
  },
  {
    name: 'ENOENT, a posture that is none',
    env: (bench) => ({ ...nobody(bench), RAMPART_FAIL_OPEN: 'yes' }),
    runs: false,
  },
  {
    name: 'ECONNREFUSED',
    env: (bench) => {
      const path = join(bench.dir, 'left')
      spawnSync(join(build(), 'sockets'), ['left', path])
      return { RAMPART_SOCKET: path }
    },
    runs: true,
  },
  {
    name: 'ENOTSOCK: a file in its place',
    env: (bench) => {
      writeFileSync(join(bench.dir, 'file'), '')
      return { RAMPART_SOCKET: join(bench.dir, 'file') }
    },
    // connect(2) says ECONNREFUSED of a file: nobody is there.
    runs: true,
  },
  {
    name: 'ELOOP',
    env: (bench) => {
      symlinkSync('loop', join(bench.dir, 'loop'))
      return { RAMPART_SOCKET: join(bench.dir, 'loop') }
    },
    runs: false,
    err: /cannot decide \(the socket fails\)/,
  },
  {
    name: 'ENOTDIR',
    env: (bench) => {
      writeFileSync(join(bench.dir, 'plain'), '')
      return { RAMPART_SOCKET: join(bench.dir, 'plain', 's') }
    },
    runs: false,
    err: /cannot decide \(the socket fails\)/,
  },
  {
    name: 'a path too long',
    env: () => ({ RAMPART_SOCKET: `/${'x'.repeat(200)}` }),
    runs: false,
    err: /RAMPART_SOCKET is too long/,
  },
  {
    name: 'a path of 108 bytes: no room for its end',
    env: () => ({ RAMPART_SOCKET: `/${'x'.repeat(107)}` }),
    runs: false,
    err: /RAMPART_SOCKET is too long/,
  },
  {
    name: 'a path of 107 bytes: nobody there',
    env: () => ({ RAMPART_SOCKET: `/nobody/${'x'.repeat(99)}` }),
    runs: true,
    err: /not running/,
  },
  {
    name: 'a relative path',
    env: () => ({ RAMPART_SOCKET: 's' }),
    runs: false,
    err: /not an absolute path/,
  },
  {
    name: 'another machine',
    env: () => ({ RAMPART_URL: 'https://rampart.example' }),
    runs: false,
    err: /cannot decide \(keys\/remote\.env has no token/,
  },
  {
    name: 'absent, the executable allows',
    env: (bench) => ({ ...nobody(bench), RAMPART_BIN: executable(bench, 'yes', YES) }),
    runs: true,
    err: /^$/,
  },
  {
    name: 'absent, the executable denies',
    env: (bench) => ({ ...nobody(bench), RAMPART_BIN: executable(bench, 'no', NO) }),
    runs: false,
    err: /^rampart: blocked: local no \(p\)\n/,
  },
  {
    name: 'absent, the executable too',
    env: (bench) => ({ ...nobody(bench), RAMPART_BIN: join(bench.dir, 'none') }),
    runs: true,
    err: /not running/,
  },
  {
    name: 'absent, the executable fails',
    env: (bench) => ({ ...nobody(bench), RAMPART_BIN: executable(bench, 'bad', `${YES}; exit 1`) }),
    runs: false,
    err: /cannot decide/,
  },
  {
    name: 'absent, the executable says too much',
    env: (bench) => ({
      ...nobody(bench),
      RAMPART_BIN: executable(bench, 'much', `${YES}; /usr/bin/head -c 100000 /dev/zero`),
    }),
    runs: false,
  },
  {
    name: 'absent, the executable is not executable',
    env: (bench) => {
      writeFileSync(join(bench.dir, 'text'), YES)
      return { ...nobody(bench), RAMPART_BIN: join(bench.dir, 'text') }
    },
    runs: false,
  },
]

test('F6 who is absent and who only fails', { skip }, async () => {
  await withBench(async (bench) => {
    for (const { name, env, runs, err } of ROWS) {
      const marker = join(bench.dir, 'marker')
      const ran = await bench.run([join(build(), 'probe'), 'execv', marker], env(bench))
      assert.equal(existsSync(marker), runs, `${name}: ${ran.err}`)
      if (err !== undefined) assert.match(ran.err, err, name)
      spawnSync('rm', ['-f', marker])
    }
    assert.equal(bench.asked.length, 0)
  })
})

test(
  'F6 a server that is there but does not answer: the executable decides',
  { skip },
  async () => {
    await withBench(async (bench) => {
      bench.reply = () => {}
      const probe = join(build(), 'probe')
      const marker = join(bench.dir, 'm')
      const env = { RAMPART_TIMEOUT_MS: '50', RAMPART_BIN: executable(bench, 'yes', YES) }
      await bench.run([probe, 'posix_spawn', marker], env)
      assert.ok(existsSync(marker))
      bench.reply = (response) => json(response, {}, 503)
      const no = await bench.run([probe, 'execve', `${marker}2`], {
        RAMPART_BIN: executable(bench, 'no', NO),
      })
      assert.equal(existsSync(`${marker}2`), false, no.err)
    })
  },
)

test('F6 a full queue is waited for, and then no reason to pass', { skip }, async () => {
  await withBench(async (bench) => {
    const socket = join(bench.dir, 'full')
    const holder = spawn(join(build('all', 'probes'), 'sockets'), ['full', socket], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await new Promise((resolve) => holder.stdout.once('data', resolve))
    const marker = join(bench.dir, 'm')
    const env = { RAMPART_SOCKET: socket, RAMPART_TIMEOUT_MS: '50' }
    const { err } = await bench.run([join(build(), 'probe'), 'execv', marker], env)
    holder.kill()
    assert.equal(existsSync(marker), false)
    assert.match(err, /did not answer in time/)
  })
})

test('F37 the executable gets an environment of our making', { skip }, async () => {
  await withBench(async (bench) => {
    const bin = executable(bench, 'yes', YES)
    const env = {
      ...nobody(bench),
      RAMPART_BIN: bin,
      BUN_OPTIONS: '--preload /tmp/evil.ts',
      BUN_BE_BUN: '1',
      NODE_OPTIONS: '--require /tmp/evil.js',
      BASH_ENV: '/tmp/evil.sh',
      LD_LIBRARY_PATH: '/tmp/evil',
      HTTPS_PROXY: 'http://evil',
    }
    await bench.run([join(build(), 'probe'), 'execv', join(bench.dir, 'm')], env)
    const seen = readFileSync(`${bin}.env`, 'utf8').split('\n').map((line) => line.split('=')[0])
    const ours = ['HOME', 'LANG', 'PATH', 'PWD', 'OLDPWD', 'SHLVL', '_', '']
    assert.deepEqual(seen.filter((name) => !ours.includes(name!)), [])
    assert.equal(readFileSync(`${bin}.cwd`, 'utf8'), '/\n')
    assert.deepEqual(readFileSync(`${bin}.argv`, 'utf8').split('\n').slice(0, -1), [
      'shim',
      'decide',
      '--layer',
      'preload',
      '--stdin',
    ])
    const { params } = JSON.parse(readFileSync(`${bin}.stdin`, 'utf8'))
    assert.deepEqual(params.argv, ['ls', join(bench.dir, 'm')])
    const home = /^HOME=(.*)$/m.exec(readFileSync(`${bin}.env`, 'utf8'))![1]
    const passwd = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'))
    assert.equal(home, passwd.find((fields) => fields[2] === String(process.getuid!()))![5])
  })
})

test('a gap is said once, and left for the server to record', { skip }, async () => {
  await withBench(async (bench) => {
    mkdirSync(join(bench.dir, 'run'))
    const env = { RAMPART_SOCKET: join(bench.dir, 'run', 's') }
    const { err } = await bench.run(['/bin/sh', '-c', '/bin/true; /bin/true; /bin/true'], env)
    assert.equal(err, 'rampart: not running: calls pass unjudged until it is back\n')
    const lines = readFileSync(join(bench.dir, 'run', 'gaps'), 'utf8').trim().split('\n')
    assert.equal(lines.length, 3)
    for (const line of lines) {
      const { time_ms, pid, layer, program } = JSON.parse(line)
      assert.deepEqual([layer, program], ['preload', '/bin/true'])
      assert.ok(pid > 1 && Math.abs(Date.now() - time_ms) < 600_000)
    }
  })
})

test('a gap is not written through a link', { skip }, async () => {
  await withBench(async (bench) => {
    mkdirSync(join(bench.dir, 'run'))
    writeFileSync(join(bench.dir, 'precious'), 'x')
    symlinkSync(join(bench.dir, 'precious'), join(bench.dir, 'run', 'gaps'))
    await bench.run(['/bin/sh', '-c', '/bin/true'], { RAMPART_SOCKET: join(bench.dir, 'run', 's') })
    assert.equal(readFileSync(join(bench.dir, 'precious'), 'utf8'), 'x')
  })
})

test('a server that stops in the middle of an answer is no answer', { skip }, async () => {
  await withBench(async (bench) => {
    const socket = join(bench.dir, 'half')
    const server = createServer((peer) => {
      peer.on('error', () => {})
      peer.write('HTTP/1.1 200 OK\r\nContent-Length: 35\r\n\r\n{"allowed":true,')
      peer.once('data', () => setTimeout(() => peer.destroy(), 5))
    })
    await new Promise<void>((resolve) => server.listen(socket, resolve))
    const env = { RAMPART_SOCKET: socket }
    await bench.run([join(build(), 'probe'), 'execv', join(bench.dir, 'm')], env)
    await new Promise((resolve) => server.close(resolve))
    assert.equal(existsSync(join(bench.dir, 'm')), false)
  })
})
