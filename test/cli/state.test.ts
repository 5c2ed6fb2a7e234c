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
import {
  isServed,
  lockServer,
  readServerFile,
  removeServerFile,
  writeServerFile,
} from '../../src/cli/server-file.ts'
import { adminToken, prepareState } from '../../src/cli/state.ts'
import { inTemp } from './run.ts'

const posix = process.getuid !== undefined
const modeOf = (path: string) => statSync(path).mode & 0o777

test('the state directory is made 0700 and the admin token 0600, 64 hex digits, once', () =>
  inTemp(async (dir) => {
    const home = join(dir, 'deep', 'home')
    assert.deepEqual(await prepareState(home), [])
    const made = await Promise.all(Array.from({ length: 8 }, () => adminToken(home)))
    assert.match(made[0]!.token, /^[0-9a-f]{64}$/)
    assert.equal(new Set(made.map(({ token }) => token)).size, 1)
    assert.deepEqual(
      readdirSync(home).filter((name) => name.startsWith('.')),
      [],
      'no draft is left',
    )
    if (!posix) return
    for (const name of ['', 'policies', 'audit', 'run']) {
      assert.equal(modeOf(join(home, name)), 0o700)
    }
    assert.equal(modeOf(join(home, 'token')), 0o600)
  }))

test('a state directory or token that was open to others is closed, and that is said', (t) =>
  inTemp(async (home) => {
    if (!posix) return t.skip('no file modes here')
    chmodSync(home, 0o755)
    const warnings = await prepareState(home)
    assert.match(warnings[0]!, /was open to others \(755\): closed to 700/)
    await adminToken(home)
    chmodSync(join(home, 'token'), 0o644)
    const { warnings: said } = await adminToken(home)
    assert.match(said[0]!, /was readable by others/)
    assert.equal(modeOf(join(home, 'token')), 0o600)
  }))

const UNUSABLE: readonly (readonly [string, (home: string) => void, RegExp])[] = [
  ['a file', (home) => writeFileSync(home, ''), /a file stands where a directory/],
  [
    'a home below a file',
    (home) => writeFileSync(home.slice(0, home.lastIndexOf('/')), ''),
    /a file stands where a directory/,
  ],
  ['audit is a file', (home) => {
    mkdirSync(home)
    writeFileSync(join(home, 'audit'), '')
  }, /audit: a file stands where a directory/],
  ['run points in a circle', (home) => {
    mkdirSync(home)
    symlinkSync('run', join(home, 'run'))
  }, /run: /],
]

for (const [what, spoil, message] of UNUSABLE) {
  test(`a state directory that cannot be used is refused by name: ${what}`, () =>
    inTemp(async (dir) => {
      const home = join(dir, 'x', 'home')
      if (what !== 'a home below a file') mkdirSync(join(dir, 'x'))
      spoil(home)
      await assert.rejects(prepareState(home), (error: { code?: string; message: string }) => {
        assert.equal(error.code, 'state_unusable')
        assert.match(error.message, message)
        return true
      })
    }))
}

test('a read-only state directory is refused', (t) => {
  if (!posix || process.getuid?.() === 0) return t.skip('modes do not bind this account')
  return inTemp(async (home) => {
    await prepareState(home)
    chmodSync(join(home, 'run'), 0o500)
    await assert.rejects(prepareState(home), /permission denied/)
    chmodSync(join(home, 'run'), 0o700)
  })
})

test('a token file that is empty, short, a link or a directory is refused', () =>
  inTemp(async (home) => {
    await prepareState(home)
    const path = join(home, 'token')
    for (const text of ['', 'abc', 'G'.repeat(64), 'a'.repeat(5000)]) {
      writeFileSync(path, text)
      await assert.rejects(adminToken(home), /token: /, JSON.stringify(text.slice(0, 8)))
    }
    const other = join(home, 'other')
    mkdirSync(other)
    await prepareState(other)
    writeFileSync(join(home, 'real'), 'a'.repeat(64))
    symlinkSync(join(home, 'real'), join(other, 'token'))
    await assert.rejects(adminToken(other), /A symbolic link is not followed here/)
  }))

test('run/serve.json is written whole and read strictly', () =>
  inTemp(async (home) => {
    await prepareState(home)
    const file = {
      url: 'http://127.0.0.1:1',
      socket: null,
      pid: 4242,
      started: '2026-01-01T00:00:00.000Z',
      version: '0.1.0',
    }
    await writeServerFile(home, file)
    assert.deepEqual(await readServerFile(home), file)
    assert.deepEqual(readdirSync(join(home, 'run')), ['serve.json'])
    for (const text of ['', '{', '[]', 'null', '{"url":1}', '{"url":"x","socket":null,"pid":-1}']) {
      writeFileSync(join(home, 'run', 'serve.json'), text)
      assert.equal(await readServerFile(home), undefined, text)
    }
    await removeServerFile(home)
    assert.ok(!existsSync(join(home, 'run', 'serve.json')))
  }))

test('one server a state directory: the lock is given back with its holder', () =>
  inTemp(async (home) => {
    await prepareState(home)
    assert.equal(isServed(home), false)
    const lock = lockServer(home)
    assert.ok(lock)
    assert.equal(lockServer(home), undefined)
    assert.equal(isServed(home), true)
    lock.release()
    assert.equal(isServed(home), false)
    lockServer(home)!.release()
  }))

test('the token file ends with a line end, so that $(cat) and editors agree', () =>
  inTemp(async (home) => {
    await prepareState(home)
    const { token } = await adminToken(home)
    assert.equal(readFileSync(join(home, 'token'), 'utf8'), `${token}\n`)
  }))
