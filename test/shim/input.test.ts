import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ALLOW, has, run, textOf, whyNot, withShim } from './bench.ts'

const skip = whyNot()

test(
  'a script on a socket, a pipe and a file: judged whole, and run to the byte',
  { skip },
  () =>
    withShim(() => ALLOW, async ({ dir, shell, asked }) => {
      const script = 'read x\nfirst line\necho "$x|$1"; exit 7\n'
      const file = join(dir, 'script')
      writeFileSync(file, script)
      const bash = join(dir, 'bash')
      const ways = [
        await shell('bash', ['-s', 'a b'], { input: script }),
        await run('/bin/sh', ['-c', `cat ${file} | ${bash} -s 'a b'`]),
        await run('/bin/sh', ['-c', `${bash} -s 'a b' < ${file}`]),
      ]
      for (const [nth, done] of ways.entries()) {
        assert.deepEqual([done.code, done.out], [7, 'first line|a b\n'], String(nth))
        assert.deepEqual(asked[nth]?.body.params.argv.slice(2, 3), [script])
        assert.deepEqual(asked[nth]?.body.params.argv.slice(4), ['a b'])
      }
    }),
)

test(
  'a script longer than a pipe holds is read whole; one of more than 1 MiB is refused',
  { skip },
  () =>
    withShim(() => ALLOW, async ({ shell, asked }) => {
      const line = `# ${'x'.repeat(97)}\n`
      const done = await shell('bash', [], { input: `${line.repeat(8000)}echo end\n` })
      assert.equal(done.out, 'end\n')
      assert.equal(asked[0]?.body.params.command.length, 800_009)
      const long = await shell('bash', [], { input: `echo begin\n${line.repeat(11_000)}` })
      assert.deepEqual([long.code, long.out, asked.length], [126, '', 1])
      assert.match(long.err, /1 MiB/)
      const nul = await shell('bash', [], { input: 'echo a\0b\n' })
      assert.deepEqual([nul.code, nul.out], [126, ''])
    }),
)

test('what stays open and is written to line by line runs only where the library is loaded', {
  skip,
}, () =>
  withShim(() => ALLOW, async ({ dir, shell, settings }) => {
    const refused = await shell('bash', [], { input: 'echo typed\n', open: true })
    assert.deepEqual([refused.code, refused.out], [126, ''])
    assert.match(refused.err, /a pipe that stays open/)
    const library = join(dir, 'librampart.so')
    writeFileSync(library, '')
    settings({ RAMPART_LIB: library })
    const other = await shell('bash', [], {
      input: 'exit 3\n',
      open: true,
      env: { LD_PRELOAD: `/x${library}` },
    })
    assert.equal(other.code, 126)
    const fed = await shell('bash', [], {
      input: 'echo typed\nexit 3\n',
      open: true,
      env: { LD_PRELOAD: library },
    })
    assert.deepEqual([fed.code, fed.out], [3, 'typed\n'])
  }))

test(
  'nothing to read is nothing to run; a closed input too',
  { skip },
  () =>
    withShim(() => ALLOW, async ({ dir, asked }) => {
      const bash = join(dir, 'bash')
      assert.equal((await run('/bin/sh', ['-c', `${bash} </dev/null; ${bash} <&-`])).code, 0)
      assert.deepEqual(asked.map(({ body }) => body.params.argv), [['bash'], ['bash']])
      assert.equal((await run('/bin/sh', ['-c', `${bash} </dev/zero`])).code, 126)
    }),
)

test(
  'a script that is no file and no descriptor is refused',
  { skip },
  () =>
    withShim(() => ALLOW, async ({ dir, shell, asked }) => {
      const fifo = join(dir, 'fifo')
      await run('mkfifo', [fifo])
      assert.equal((await shell('bash', [fifo])).code, 126)
      assert.equal((await shell('bash', ['/dev/zero'])).code, 126)
      assert.equal(asked.length, 0)
    }),
)

test('at a terminal it is the real shell: it is one, has job control and ends as told', {
  skip: skip ?? (has('python3') ? false : 'python3'),
}, () =>
  withShim(() => ALLOW, async ({ dir, asked }) => {
    const code = `import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execve("${
      join(dir, 'bash')
    }", ["bash", "--norc", "-i"], {"PS1": "> ", "PATH": "/usr/bin:/bin", "TERM": "dumb"})
os.write(fd, b"sleep 100 &\\nkill %1; wait; tty && set -o | grep monitor; exit 5\\n")
out = b""
try:
    while True: out += os.read(fd, 4096)
except OSError: pass
sys.stdout.buffer.write(out)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))`
    const done = await run('python3', ['-c', code])
    assert.equal(done.code, 5, done.out)
    assert.match(done.out, /\/dev\/pts/)
    assert.match(done.out, /monitor\s+on/)
    assert.deepEqual(asked[0]?.body.params.argv, ['bash', '--norc', '-i'])
  }))

test(
  'the shell inherits no descriptor of ours and has no child of ours',
  { skip },
  () =>
    withShim(() => ALLOW, async ({ dir, shell, settings }) => {
      const seen = 'ls /proc/self/fd | wc -l; cat /proc/$$/task/$$/children'
      const real = await run('/bin/bash', ['-c', seen])
      const ours = await shell('bash', ['-c', seen])
      assert.equal(ours.out.split('\n')[0], real.out.split('\n')[0])
      const executable = join(dir, 'rampart')
      writeFileSync(executable, `#!/bin/sh\ncat >/dev/null; echo '${JSON.stringify(ALLOW)}'\n`, {
        mode: 0o755,
      })
      settings({ RAMPART_SOCKET: join(dir, 'gone'), RAMPART_BIN: executable })
      const decided = await shell('bash', ['-c', `${seen}; touch ${dir}/mark`])
      assert.equal(decided.out.split('\n')[0], real.out.split('\n')[0])
      assert.equal(textOf(join(dir, 'mark')), '')
    }),
)
