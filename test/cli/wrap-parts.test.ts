import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { unpackNative } from '../../src/adapters/native-files.ts'
import { childEnvironment, type Governed, settingsFor } from '../../src/cli/wrap/child-env.ts'
import { isWrapping, makeWrapDirectory, removeWrapDirectory } from '../../src/cli/wrap/directory.ts'
import { isAlive, markOf } from '../../src/cli/wrap/process-mark.ts'
import { findProgram } from '../../src/cli/wrap/program.ts'
import { linkShells, selfScript } from '../../src/cli/wrap/shells.ts'
import { shortSocket } from '../../src/cli/wrap/short-path.ts'
import { inTemp } from './run.ts'

const posix = { skip: process.platform === 'win32' ? 'POSIX' : false }

const GOVERNED: Governed = {
  home: '/h',
  socket: '/h/s',
  agent: 'a',
  session: 's',
  run: 'r',
  bin: '/b',
  failOpen: false,
  quiet: false,
  timeoutMs: undefined,
  library: '/h/lib/librampart.so',
  asked: false,
  files: true,
  net: false,
  shells: { dir: '/h/bin', names: ['bash', 'zsh', 'sh'] },
}

test('F5 a wrapped program gets no RAMPART_ variable but ours, whatever was there', () => {
  const hostile = {
    RAMPART_TOKEN: 'secret',
    RAMPART_URL: 'https://evil.test',
    RAMPART_MODE: 'disabled',
    RAMPART_FAIL_OPEN: '1',
    RAMPART_SOCKET: '/evil',
    RAMPART_ASKED: 's1',
    RAMPART_TIMEOUT_MS: '60000',
    RAMPART_AGENT_DEPTH: '2',
    KEPT: 'yes',
  }
  const env = childEnvironment(hostile, GOVERNED)
  assert.deepEqual(env, {
    ...settingsFor(GOVERNED),
    KEPT: 'yes',
    RAMPART_AGENT_DEPTH: '2',
    LD_PRELOAD: '/h/lib/librampart.so',
    PATH: '/h/bin:/usr/local/bin:/usr/bin:/bin',
    SHELL: '/h/bin/bash',
    CLAUDE_CODE_SHELL: '/h/bin/bash',
  })
  assert.equal(settingsFor(GOVERNED)['RAMPART_FAIL_OPEN'], '0')
})

for (
  const [name, own, expected] of [
    ['other libraries stay, ours goes first and stands once', {
      LD_PRELOAD: '/a.so /h/lib/librampart.so:/b.so',
    }, {
      LD_PRELOAD: '/h/lib/librampart.so:/a.so:/b.so',
    }],
    ['the path is searched in our directory first and only there', { PATH: '/x::/h/bin:/y' }, {
      PATH: '/h/bin:/x:/y',
    }],
    ["the person's shell, where it can ask", { SHELL: '/usr/bin/zsh' }, {
      SHELL: '/h/bin/zsh',
      CLAUDE_CODE_SHELL: '/h/bin/bash',
    }],
    ['a shell that cannot ask gives way', {
      SHELL: '/usr/bin/fish',
      CLAUDE_CODE_SHELL: '/bin/evil',
    }, {
      SHELL: '/h/bin/bash',
      CLAUDE_CODE_SHELL: '/h/bin/bash',
    }],
  ] as const
) {
  test(`the environment of a wrapped program: ${name}`, () => {
    const env = childEnvironment(own, GOVERNED)
    for (const [key, value] of Object.entries(expected)) assert.equal(env[key], value)
  })
}

test(
  'a native file is unpacked once, and again when it is not the same, ours and closed',
  posix,
  () =>
    inTemp(async (dir) => {
      const lib = join(dir, 'lib')
      const file = { name: 'x.so', bytes: new TextEncoder().encode('machine code') }
      const path = await unpackNative(lib, file)
      const { ino, mode } = statSync(path)
      assert.equal(mode & 0o777, 0o755)
      assert.equal(statSync(lib).mode & 0o777, 0o700)
      await unpackNative(lib, file)
      assert.equal(statSync(path).ino, ino)
      const spoil: readonly (() => void)[] = [
        () => writeFileSync(path, 'machine c0de'),
        () => writeFileSync(path, ''),
        () => chmodSync(path, 0o777),
        () => chmodSync(path, 0o644),
      ]
      for (const change of spoil) {
        change()
        await unpackNative(lib, file)
        assert.equal(readFileSync(path, 'utf8'), 'machine code')
        assert.equal(statSync(path).mode & 0o777, 0o755)
      }
      const many = await Promise.all(Array.from({ length: 20 }, () => unpackNative(lib, file)))
      assert.equal(new Set(many).size, 1)
      assert.deepEqual(readdirSync(lib), ['x.so'])
    }),
)

test(
  'a link in the place of a native file is replaced, and what it leads to stays',
  posix,
  () =>
    inTemp(async (dir) => {
      const precious = join(dir, 'precious')
      writeFileSync(precious, 'mine')
      mkdirSync(join(dir, 'lib'), { mode: 0o700 })
      symlinkSync(precious, join(dir, 'lib', 'x.so'))
      const path = await unpackNative(join(dir, 'lib'), {
        name: 'x.so',
        bytes: new Uint8Array([1]),
      })
      assert.equal(readFileSync(precious, 'utf8'), 'mine')
      assert.equal(readFileSync(path).length, 1)
    }),
)

test('the mark of a process is that of one process only', posix, () => {
  const own = markOf(process.pid)
  assert.equal(isAlive(own), true)
  const [pid, start, space] = own.split('-')
  if (start !== '0') assert.equal(isAlive(`${pid}-${Number(start) - 1}-${space}`), false)
  assert.equal(isAlive(`4194303-1-${space}`), false)
  assert.equal(isAlive(`${pid}-${start}-1`), true, 'of another container nothing is known')
  for (const wrong of ['', '1', '../..', 'x-1-1', `${own}-1`]) assert.equal(isAlive(wrong), false)
})

test(
  'directories of dead wraps are removed, links in them are not followed',
  posix,
  () =>
    inTemp((home) => {
      mkdirSync(join(home, 'precious'))
      writeFileSync(join(home, 'precious', 'file'), '')
      const space = markOf(process.pid).split('-')[2]
      const dead = join(home, 'run', 'wraps', `4194303-1-${space}`)
      mkdirSync(dead, { recursive: true })
      symlinkSync(join(home, 'precious'), join(dead, 'link'))
      assert.equal(isWrapping(home), false)
      const dir = makeWrapDirectory(home)
      assert.equal(isWrapping(home), true)
      assert.equal(existsSync(dead), false)
      assert.equal(existsSync(join(home, 'precious', 'file')), true)
      assert.equal(statSync(dir).mode & 0o777, 0o700)
      removeWrapDirectory(dir)
      assert.equal(isWrapping(home), false)
      return Promise.resolve()
    }),
)

test('programs are found as execvp finds them', posix, () =>
  inTemp((dir) => {
    mkdirSync(join(dir, 'a'))
    mkdirSync(join(dir, 'b'))
    writeFileSync(join(dir, 'a', 'tool'), '', { mode: 0o644 })
    writeFileSync(join(dir, 'b', 'tool'), '', { mode: 0o755 })
    mkdirSync(join(dir, 'b', 'directory'))
    const path = `${dir}/a:${dir}/b`
    assert.deepEqual(findProgram('tool', path), { path: join(dir, 'b', 'tool') })
    assert.equal((findProgram(join(dir, 'a', 'tool'), path) as { code: number }).code, 126)
    assert.equal((findProgram('directory', path) as { code: number }).code, 126)
    assert.equal((findProgram('nothing', path) as { code: number }).code, 127)
    assert.equal((findProgram('', path) as { code: number }).code, 127)
    return Promise.resolve()
  }))

test(
  'the file beside the shells holds no value that would be two lines',
  posix,
  () =>
    inTemp((dir) => {
      const settings = { ...settingsFor({ ...GOVERNED, session: 's\nRAMPART_FAIL_OPEN=1' }) }
      const names = linkShells(dir, '/nonexistent/shim', settings)
      assert.ok(names.includes('sh'))
      const text = readFileSync(join(dir, 'rampart.env'), 'utf8')
      assert.equal(text.match(/RAMPART_FAIL_OPEN/g)?.length, 1)
      assert.equal(statSync(join(dir, 'rampart.env')).mode & 0o777, 0o600)
      const script = selfScript(join(dir, 'self'), ['/a b/c', "d'e"])
      assert.match(readFileSync(script, 'utf8'), /^#!\/bin\/sh\nexec '\/a b\/c' .* "\$@"\n$/)
      return Promise.resolve()
    }),
)

test('a socket whose path would be too long lies in a private directory', posix, () => {
  assert.equal(shortSocket('/run/s'), '/run/s')
  const long = `/${'x'.repeat(120)}/s`
  const short = shortSocket(long)
  assert.ok(short.length < 104)
  assert.equal(shortSocket(long), short)
  assert.equal(statSync(join(short, '..')).mode & 0o777, 0o700)
})
