import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { ALLOW, has, run, textOf, whyNot, withShim } from './bench.ts'
import { attempt, executable, withRaw, YES } from './raw.ts'

const skip = whyNot()

test('F6 absent: open by default, said once and left for the server; closed where it is to be', {
  skip,
}, () =>
  withShim(() => ALLOW, async (bench) => {
    const gone = join(bench.dir, 'run', 'sock')
    mkdirSync(join(bench.dir, 'run'))
    bench.settings({ RAMPART_SOCKET: gone })
    const open = await attempt(bench)
    assert.deepEqual([open.ran, open.code, open.err], [
      true,
      0,
      'rampart: not running: calls pass unjudged until it is back\n',
    ])
    const gap = JSON.parse(textOf(join(bench.dir, 'run', 'gaps'))!.trim())
    assert.deepEqual([gap.layer, gap.program, typeof gap.time_ms, typeof gap.pid], [
      'shim',
      'bash',
      'number',
      'number',
    ])
    // An executable that is named and not there is none.
    bench.settings({ RAMPART_SOCKET: gone, RAMPART_BIN: join(bench.dir, 'no-rampart') })
    assert.equal((await attempt(bench)).ran, true)
    // An environment may close, and never open.
    const closed = await attempt(bench, { RAMPART_FAIL_OPEN: '0' })
    assert.deepEqual([closed.ran, closed.code], [false, 126])
    bench.settings({ RAMPART_SOCKET: gone, RAMPART_FAIL_OPEN: '0' })
    const kept = await attempt(bench, { RAMPART_FAIL_OPEN: '1', RAMPART_MODE: 'disabled' })
    assert.deepEqual([kept.ran, kept.code], [false, 126])
    bench.settings({ RAMPART_SOCKET: gone, RAMPART_QUIET: '1' })
    assert.equal((await attempt(bench)).err, '')
  }))

test(
  'F6 nobody listens any more: absent as well',
  { skip },
  () =>
    withShim(() => ALLOW, async (bench) => {
      const left = join(bench.dir, 'left')
      const made = spawn('python3', [
        '-c',
        `import socket; socket.socket(socket.AF_UNIX).bind("${left}")`,
      ])
      const code = await new Promise((resolve) =>
        made.on('close', resolve).on('error', () => resolve(1))
      )
      if (code !== 0) return
      bench.settings({ RAMPART_SOCKET: left })
      assert.equal((await attempt(bench)).ran, true)
    }),
)

test(
  'F6 a server that says nothing is late: the executable decides within the deadline',
  { skip },
  () =>
    withRaw(() => {}, async (bench, raw) => {
      bench.settings({ RAMPART_SOCKET: raw, RAMPART_TIMEOUT_MS: '20' })
      assert.deepEqual([(await attempt(bench)).ran], [false])
      bench.settings({
        RAMPART_SOCKET: raw,
        RAMPART_TIMEOUT_MS: '20',
        RAMPART_BIN: executable(bench.dir, YES),
      })
      assert.deepEqual([(await attempt(bench)).ran], [true])
    }),
)

test('F6 a stopped server whose queue is full is present', {
  skip: skip ?? (has('python3') ? false : 'python3'),
}, () =>
  withShim(() => ALLOW, async (bench) => {
    const full = join(bench.dir, 'full')
    // Nobody accepts, and one connection fills the queue.
    const code = `import socket, sys, time
a = socket.socket(socket.AF_UNIX); a.bind("${full}"); a.listen(0)
b = socket.socket(socket.AF_UNIX); b.connect("${full}")
print("full", flush=True); sys.stdin.read()`
    const holder = spawn('python3', ['-c', code], { stdio: ['pipe', 'pipe', 'inherit'] })
    try {
      await new Promise((resolve) => holder.stdout.once('data', resolve))
      bench.settings({ RAMPART_SOCKET: full, RAMPART_TIMEOUT_MS: '30' })
      assert.deepEqual([(await attempt(bench)).ran], [false])
    } finally {
      holder.kill()
    }
  }))

for (const [errno, limit] of Object.entries({ EMFILE: 'ulimit -n 3', EACCES: 'true' })) {
  const asRoot = errno === 'EACCES' && process.getuid?.() === 0 ? 'root may open anything' : false
  test(`F6 ${errno} is present but failing: denied, though the server would allow`, {
    skip: skip ?? asRoot,
  }, () =>
    withShim(() => ALLOW, async (bench) => {
      const mark = join(bench.dir, 'mark')
      if (errno === 'EACCES') mkdirSync(join(bench.dir, 'shut'), { mode: 0 })
      if (errno === 'EACCES') bench.settings({ RAMPART_SOCKET: join(bench.dir, 'shut', 'sock') })
      const done = await run('/bin/bash', [
        '-c',
        `${limit}; exec ${join(bench.dir, 'bash')} -c 'touch ${mark}'`,
      ])
      assert.deepEqual([done.code, textOf(mark)], [126, undefined])
    }))
}

test(
  'F37 the executable gets an environment of our own, and / to stand in',
  { skip },
  () =>
    withShim(() => ALLOW, async (bench) => {
      const gone = join(bench.dir, 'gone')
      bench.settings({
        RAMPART_SOCKET: gone,
        RAMPART_BIN: executable(bench.dir, YES),
        RAMPART_HOME: '/some/where',
      })
      const done = await attempt(bench, {
        BUN_OPTIONS: '--preload ./evil.ts',
        BUN_BE_BUN: '1',
        LD_LIBRARY_PATH: '/tmp',
        RAMPART_HOME: '/tmp/evil',
        RAMPART_BIN: '/bin/true',
        NODE_OPTIONS: '--require ./evil.js',
      })
      assert.equal(done.ran, true)
      const names = textOf(join(bench.dir, 'env'))!.trim().split('\n').map((line) =>
        line.split('=')[0]
      )
      assert.deepEqual(
        names.filter((name) => !['_', 'PWD', 'OLDPWD', 'SHLVL'].includes(name!)).sort(),
        [
          'HOME',
          'LANG',
          'PATH',
          'RAMPART_HOME',
        ],
      )
      assert.match(textOf(join(bench.dir, 'env'))!, /^RAMPART_HOME=\/some\/where$/m)
      assert.equal(textOf(join(bench.dir, 'cwd')), '/\n')
      assert.equal(textOf(join(bench.dir, 'args')), 'shim decide --layer shim --stdin\n')
      assert.equal(JSON.parse(textOf(join(bench.dir, 'stdin'))!).layer, 'shim')
    }),
)

test(
  'an executable that fails, asks, prints nonsense or may be written by others decides nothing',
  { skip },
  () =>
    withShim(() => ALLOW, async (bench) => {
      const gone = join(bench.dir, 'gone')
      const tries = [
        () => executable(bench.dir, YES, 'exit 1'),
        () => executable(bench.dir, `${YES}${YES}`),
        () => executable(bench.dir, ''),
        () =>
          executable(
            bench.dir,
            '{"allowed":false,"decision":"require_approval","approval_id":"a1"}',
          ),
        () =>
          executable(
            bench.dir,
            `{"allowed":true,"decision":"allow","x":"'"$(head -c 70000 /dev/zero | tr "\\\\0" x)"'"}`,
          ),
        () => bench.dir,
      ]
      for (const make of tries) {
        bench.settings({ RAMPART_SOCKET: gone, RAMPART_BIN: make() })
        const done = await attempt(bench)
        assert.deepEqual([done.ran, done.code], [false, 126], make.toString())
      }
      unlinkSync(join(bench.dir, 'rampart'))
    }),
)
