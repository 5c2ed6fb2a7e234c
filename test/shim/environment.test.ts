import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import {
  ALLOW,
  type Bench,
  build,
  DENY,
  has,
  run,
  SHIM,
  textOf,
  whyNot,
  withShim,
} from './bench.ts'

const skip = whyNot()

/** What the n-th question was about, as one text. */
function about({ asked }: Bench, nth = 0): string {
  const { command, argv } = asked[nth]!.body.params
  return command ?? argv.join(' ')
}

test('the program has at most 64 KiB and needs nothing', { skip }, () => {
  build()
  assert.ok(statSync(SHIM).size <= 64 << 10, `${statSync(SHIM).size} bytes`)
  // An ELF file without a section for its interpreter is loaded by nobody else.
  assert.ok(!(textOf(SHIM) ?? '').includes('/ld-'), 'it is static')
})

test(
  'F5 no variable leads elsewhere where rampart.env is',
  { skip },
  () =>
    withShim(() => DENY, async (bench) => {
      const env = {
        RAMPART_SOCKET: '/nonexistent',
        RAMPART_BIN: '/bin/true',
        RAMPART_AGENT: 'other',
        RAMPART_MODE: 'disabled',
        RAMPART_QUIET: '1',
        RAMPART_REAL_SHELL: '/bin/true',
      }
      for (const name of ['bash', 'rampart-shim']) {
        const done = await bench.shell(name, ['-c', 'echo hi'], { env })
        assert.deepEqual([done.code, done.out], [126, ''])
        assert.match(done.err, /blocked: Not here/)
      }
      assert.equal(bench.asked[0]?.body.agent, 'shell')
    }),
)

test(
  'F5 where rampart.env cannot be trusted or read, nothing runs, and no variable stands in for it',
  {
    skip,
  },
  () =>
    withShim(() => ALLOW, async (bench) => {
      const env = { RAMPART_SOCKET: join(bench.dir, 'nobody'), HOME: bench.dir }
      const refused = async (file: string) => {
        const done = await run(file, ['-c', 'echo hi'], { env })
        assert.deepEqual([done.code, done.out], [126, ''])
        assert.match(done.err, /^rampart: blocked: rampart\.env beside the shell cannot be read/)
      }
      const shell = join(bench.dir, 'bash')
      chmodSync(join(bench.dir, 'rampart.env'), 0o666)
      await refused(shell)
      chmodSync(join(bench.dir, 'rampart.env'), 0o600)
      assert.equal((await run(shell, ['-c', 'echo hi'], { env })).out, 'hi\n')
      // Its path has no room for the name of the file beside it.
      await refused(`${bench.dir}${'/.'.repeat((4090 - shell.length) / 2)}/bash`)
      assert.equal(bench.asked.length, 1)
    }),
)

/** Sets a filter that hides from the shim, and not from the loader, what it opens; then becomes it. */
const HIDING = `import ctypes, os, struct, sys
steps = [(0x20, 0, 0, 0), (0x15, 0, 3, int(sys.argv[1])), (0x20, 0, 0, 32), (0x15, 0, 1, 0x80800),
         (0x06, 0, 0, 0x50000 | int(sys.argv[2])), (0x06, 0, 0, 0x7fff0000)]
code = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *step) for step in steps))
filter = ctypes.create_string_buffer(struct.pack('HxxxxxxQ', len(steps), ctypes.addressof(code)))
libc = ctypes.CDLL(None)
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, filter): sys.exit(77)
os.execv(sys.argv[3], ['bash', '-c', 'echo hi'])`

for (const [name, errno] of Object.entries({ ENOENT: 2, EMFILE: 24 })) {
  test(`F6 a sandbox that answers ${name} does not make rampart.env absent`, {
    skip: skip ?? (process.platform === 'linux' && has('python3') ? false : 'Linux and python3'),
  }, (context) =>
    withShim(() => ALLOW, async (bench) => {
      const openat = process.arch === 'x64' ? '257' : '56'
      const words = ['-c', HIDING, openat, String(errno), join(bench.dir, 'bash')]
      const done = await run('python3', words, {
        env: { PATH: process.env.PATH ?? '', RAMPART_SOCKET: join(bench.dir, 'nobody') },
      })
      if (done.code === 77) return context.skip('this kernel takes no filters')
      assert.deepEqual([done.code, done.out], [126, ''], done.err)
      assert.match(done.err, /rampart\.env beside the shell cannot be read/)
    }))
}

test(
  'without rampart.env the environment says where',
  { skip },
  () =>
    withShim(() => ALLOW, async (bench) => {
      const other = join(bench.dir, 'other')
      mkdirSync(other)
      symlinkSync(SHIM, join(other, 'bash'))
      const env = { RAMPART_SOCKET: bench.socket, RAMPART_AGENT: 'a1', RAMPART_SESSION: 's1' }
      assert.equal((await run(join(other, 'bash'), ['-c', 'echo hi'], { env })).out, 'hi\n')
      assert.deepEqual([bench.asked[0]?.body.agent, bench.asked[0]?.body.session], ['a1', 's1'])
    }),
)

test(
  'the real shell is never the agent’s choice',
  { skip },
  () =>
    withShim(() => ALLOW, async (bench) => {
      const evil = join(bench.dir, 'evil')
      mkdirSync(evil)
      writeFileSync(join(evil, 'bash'), '#!/bin/sh\necho evil\n', { mode: 0o755 })
      const env = {
        PATH: `${evil}:/usr/bin:/bin`,
        RAMPART_REAL_SHELL: join(evil, 'bash'),
        SHELL: join(evil, 'bash'),
      }
      assert.equal((await bench.shell('bash', ['-c', 'echo real'], { env })).out, 'real\n')
      // Nor is which shell it is: the file that was started says it, not argv[0].
      await bench.shell('dash', ['-c', 'true'], { argv0: 'zsh' })
      assert.equal(bench.asked[1]?.body.params.shell, 'dash')
    }),
)

test(
  'F21 BASH_ENV is judged as what it is: a file that runs first',
  { skip },
  () =>
    withShim(() => ALLOW, async (bench) => {
      await bench.shell('bash', ['-c', 'echo hi'], { env: { BASH_ENV: "/tmp/it's here" } })
      assert.equal(about(bench), "source '/tmp/it'\\''s here'\necho hi")
      await bench.shell('bash', ['-c', 'echo "$1"', 'zero', 'a b'], { env: { BASH_ENV: '/x' } })
      assert.equal(about(bench, 1), `source '/x'\n'bash' '-c' 'echo "$1"' 'zero' 'a b'`)
      await bench.shell('bash', ['-c', 'true'], { env: { BASH_ENV: '$(touch /tmp/x)' } })
      assert.equal(about(bench, 2), 'source "$(touch /tmp/x)"\ntrue')
      await bench.shell('dash', ['-c', 'true'], { env: { BASH_ENV: '/x', ENV: '/y' } })
      assert.equal(about(bench, 3), 'true')
      await bench.shell('dash', ['-ic', 'true'], { env: { ENV: '/y' } })
      assert.equal(about(bench, 4), "source '/y'\ntrue")
    }),
)

test(
  'F21 what would be read wrongly is refused',
  { skip },
  () =>
    withShim(() => ALLOW, async (bench) => {
      const done = await bench.shell('bash', ['-c', 'true'], {
        env: { BASH_ENV: '"$(touch /tmp/x)' },
      })
      assert.deepEqual([done.code, bench.asked.length], [126, 0])
    }),
)

test(
  'F21 an exported function that the line may call is judged with it',
  { skip },
  () =>
    withShim(() => ALLOW, async (bench) => {
      const env = {
        'BASH_FUNC_ls%%': '() {  rm -rf /\n}',
        'BASH_FUNC_which%%': '() {  eval ${w}\n}',
      }
      await bench.shell('bash', ['-c', 'ls -l'], { env })
      assert.equal(about(bench), 'ls () {  rm -rf /\n}\nls -l')
      await bench.shell('bash', ['-c', 'true'], { env })
      assert.equal(about(bench, 1), 'true')
      const real = await run('/bin/bash', ['-c', 'f'], {
        env: { 'BASH_FUNC_f%%': '() {  echo called\n}' },
      })
      assert.equal(real.out, 'called\n', 'bash takes them')
    }),
)

test(
  'F21 code in PS4 and in the prompts is judged',
  { skip },
  () =>
    withShim(() => ALLOW, async (bench) => {
      await bench.shell('bash', ['-xc', 'true'], { env: { PS4: '+$(touch /tmp/x) ' } })
      assert.equal(about(bench), ': "+$(touch /tmp/x) "\ntrue')
      await bench.shell('bash', ['-ic', 'true'], { env: { PROMPT_COMMAND: 'touch /tmp/x' } })
      assert.equal(about(bench, 1), 'touch /tmp/x\ntrue')
    }),
)

test(
  'F35 startup files of a home that is not the user’s are judged',
  { skip },
  () =>
    withShim(() => ALLOW, async (bench) => {
      const home = join(bench.dir, 'home')
      mkdirSync(home)
      writeFileSync(join(home, '.bash_profile'), 'echo profile\n')
      writeFileSync(join(home, '.zshenv'), 'echo zshenv\n')
      const login = await bench.shell('bash', ['-lc', 'echo line'], { env: { HOME: home } })
      assert.equal(login.out, 'profile\nline\n')
      assert.equal(about(bench), `source '${home}/.bash_profile'\necho line`)
      await bench.shell('bash', ['-c', 'echo line'], { env: { HOME: home } })
      assert.equal(about(bench, 1), 'echo line')
      if (!has('zsh')) return
      for (const env of [{ HOME: home }, { ZDOTDIR: home }]) {
        const done = await bench.shell('zsh', ['-c', 'echo line'], { env })
        assert.equal(done.out, 'zshenv\nline\n')
        assert.equal(about(bench, bench.asked.length - 1), `source '${home}/.zshenv'\necho line`)
      }
    }),
)

test('F7 a listener of another user is no server', {
  skip: skip ??
    (process.getuid?.() === 0 && has('python3') ? false : 'only root can play two users'),
}, () =>
  withShim(() => ALLOW, async (bench) => {
    chmodSync(bench.dir, 0o777)
    const path = join(bench.dir, 'impostor')
    const answer = JSON.stringify(ALLOW)
    const code = `import os, socket
os.setuid(65534)
a = socket.socket(socket.AF_UNIX); a.bind("${path}"); os.chmod("${path}", 0o777); a.listen(5)
print("up", flush=True)
c, _ = a.accept(); c.settimeout(5)
try:
  c.recv(65536)
  c.sendall(b'HTTP/1.1 200 OK\\r\\ncontent-length: ${answer.length}\\r\\n\\r\\n${answer}')
except OSError: pass`
    const { spawn } = await import('node:child_process')
    const impostor = spawn('python3', ['-c', code], { stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      await new Promise((resolve) => impostor.stdout.once('data', resolve))
      bench.settings({ RAMPART_SOCKET: path })
      assert.equal((await bench.shell('bash', ['-c', 'echo hi'])).code, 126)
    } finally {
      impostor.kill()
    }
  }))

test(
  'F13 what a denial says cannot play with the terminal',
  { skip },
  () =>
    withShim(
      () => ({ ...DENY, message: 'a\x1b[2J\r\nb\u202ec\u200b é 漢', policy: 'p\x07' }),
      async (bench) => {
        const { err } = await bench.shell('bash', ['-c', 'true'])
        assert.equal(
          err,
          'rampart: blocked: a\\u{1b}[2J\\r\\nb\\u{202e}c\\u{200b} é 漢 (p\\u{7})\n',
        )
      },
    ),
)
