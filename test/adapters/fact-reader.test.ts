import assert from 'node:assert/strict'
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { accountHome } from '../../src/adapters/account-home.ts'
import { createFactReader, type FactReaderOptions } from '../../src/adapters/fact-reader.ts'
import { isSpecial, stripProcessRoot } from '../../src/adapters/path-names.ts'

async function withDir(use: (dir: string) => Promise<void>): Promise<void> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'rampart-facts-')))
  try {
    await use(dir)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function reader(options: Partial<FactReaderOptions> = {}): ReturnType<typeof createFactReader> {
  return createFactReader({ monotonic: () => 0, budgetMs: 5000, ...options })
}

test('F4 facts: a link has its own name, each intermediate one and the real one', async () => {
  await withDir(async (dir) => {
    writeFileSync(join(dir, 'secret'), '')
    symlinkSync('secret', join(dir, 'middle'))
    symlinkSync(join(dir, 'middle'), join(dir, 'x.pub'))
    const names = await reader().namesOf([join(dir, 'x.pub')])
    assert.deepEqual(names.get(join(dir, 'x.pub')), [
      join(dir, 'x.pub'),
      join(dir, 'middle'),
      join(dir, 'secret'),
    ])
  })
})

test('F4 facts: a link in the middle of a path, and `..` behind a link', async () => {
  await withDir(async (dir) => {
    mkdirSync(join(dir, 'real/deep'), { recursive: true })
    symlinkSync('real/deep', join(dir, 'way'))
    symlinkSync('../other', join(dir, 'real/up'))
    const names = await reader().namesOf([join(dir, 'way/not-there/yet'), join(dir, 'real/up/f')])
    assert.deepEqual(names.get(join(dir, 'way/not-there/yet')), [
      join(dir, 'way/not-there/yet'),
      join(dir, 'real/deep/not-there/yet'),
    ])
    assert.deepEqual(names.get(join(dir, 'real/up/f')), [
      join(dir, 'real/up/f'),
      join(dir, 'other/f'),
    ])
  })
})

test('F2 facts: a loop of links is left out', async () => {
  await withDir(async (dir) => {
    symlinkSync('b', join(dir, 'a'))
    symlinkSync('a', join(dir, 'b'))
    assert.equal((await reader().namesOf([join(dir, 'a')])).has(join(dir, 'a')), false)
  })
})

test('F2 facts: devices and processes are matched by name and never looked at', async () => {
  const names = await reader().namesOf(['/dev/zero', '/sys/x', '/proc/1/environ', '/dev/fd/3'])
  assert.deepEqual([...names], [
    ['/dev/zero', ['/dev/zero']],
    ['/sys/x', ['/sys/x']],
    ['/proc/1/environ', ['/proc/1/environ']],
    ['/dev/fd/3', ['/dev/fd/3']],
  ])
  assert.equal(isSpecial('/development/x'), false)
})

test('F2 facts: what hangs is left out in time, what is known is given', async () => {
  const slow = reader({
    budgetMs: 20,
    walk: (path) =>
      path === '/hangs' ? new Promise(() => {}) : Promise.resolve({ names: [path], steps: [] }),
  })
  const names = await slow.namesOf(['/hangs', '/quick'])
  assert.deepEqual([...names.keys()], ['/quick'])
})

test('F2 facts: a loop that was busy beyond the budget loses nothing that was there in time', async () => {
  const read = reader({ budgetMs: 20 })
  const asked = read.namesOf(['/'])
  const busyUntil = performance.now() + 100
  while (performance.now() < busyUntil);
  assert.deepEqual([...(await asked).keys()], ['/'])
})

test('F2 facts: while nothing at all answers, it is the machine that is slow', async () => {
  const root = Promise.withResolvers<void>()
  const path = Promise.withResolvers<void>()
  let probes = 0
  const read = reader({
    budgetMs: 5,
    probe: () => {
      probes += 1
      // The machine comes back long after the budget, and both answer.
      if (probes === 1) setTimeout(() => (path.resolve(), root.resolve()), 30)
      return root.promise
    },
    walk: async (one) => (await path.promise, { names: [one], steps: [] }),
  })
  assert.deepEqual([...(await read.namesOf(['/slow'])).keys()], ['/slow'])
})

test('F2 facts: reads that hang do not pile up', async () => {
  let walks = 0
  const slow = reader({
    budgetMs: 5,
    walk: () => {
      walks += 1
      return new Promise(() => {})
    },
  })
  for (let turn = 0; turn < 6; turn++) assert.equal((await slow.namesOf(['/hangs'])).size, 0)
  assert.equal(walks, 2)
})

test('F34 facts: a hard link of a protected file has that name too', async () => {
  await withDir(async (dir) => {
    mkdirSync(join(dir, 'kept/policies'), { recursive: true })
    writeFileSync(join(dir, 'kept/policies/user.yaml'), '')
    linkSync(join(dir, 'kept/policies/user.yaml'), join(dir, 'innocent'))
    const guarded = reader({ protectedPaths: [join(dir, 'kept')] })
    assert.deepEqual((await guarded.namesOf([join(dir, 'innocent')])).get(join(dir, 'innocent')), [
      join(dir, 'innocent'),
      join(dir, 'kept/policies/user.yaml'),
    ])
  })
})

test('F34 facts: a process root is stripped, other views of a process cannot be known', () => {
  assert.equal(stripProcessRoot('/proc/self/root/etc/shadow'), '/etc/shadow')
  assert.equal(stripProcessRoot('/proc/1/root'), '/')
  assert.equal(stripProcessRoot('/proc/1/root/proc/self/root/x'), '/x')
  assert.equal(stripProcessRoot('/proc/1/task/2/root/x'), '/x')
  assert.equal(stripProcessRoot('/proc/1/cwd/x'), undefined)
  assert.equal(stripProcessRoot('/proc/self/fd/3'), undefined)
  assert.equal(stripProcessRoot('/proc/self/status'), '/proc/self/status')
  assert.equal(stripProcessRoot('/x/proc/1/cwd'), '/x/proc/1/cwd')
})

test('F35 facts: a relative path keeps its one name', async () => {
  assert.deepEqual([...await reader().namesOf(['a/b'])], [['a/b', ['a/b']]])
})

test('facts: the project root is where .git stands, file or directory, else none', async () => {
  await withDir(async (dir) => {
    mkdirSync(join(dir, 'one/.git'), { recursive: true })
    mkdirSync(join(dir, 'one/src/deep'), { recursive: true })
    mkdirSync(join(dir, 'one/tree'))
    writeFileSync(join(dir, 'one/tree/.git'), 'gitdir: elsewhere')
    assert.equal(await reader().projectRoot(join(dir, 'one/src/deep')), join(dir, 'one'))
    assert.equal(await reader().projectRoot(join(dir, 'one/tree')), join(dir, 'one/tree'))
    assert.equal(await reader().projectRoot('relative'), undefined)
    assert.equal(await reader().projectRoot('/proc/self/cwd'), undefined)
  })
})

test('F35 facts: home comes from the password database, whatever HOME says', async () => {
  await withDir(async (dir) => {
    const uid = process.getuid?.()
    if (uid === undefined) return
    const file = join(dir, 'passwd')
    writeFileSync(file, `x:x:${uid + 1}:0::/no:/s\nme:x:${uid}:0:Name:/home/me:/bin/sh\n`)
    assert.equal(accountHome(file), '/home/me')
    assert.ok(accountHome(join(dir, 'absent')).length > 0)
  })
  assert.equal(reader().home(), accountHome())
  assert.notEqual(reader().home(), process.env.HOME)
})

test('design facts: small scripts that everybody may read are read, others are not', async () => {
  await withDir(async (dir) => {
    chmodSync(dir, 0o755)
    const at = (name: string) => join(dir, name)
    writeFileSync(at('good.sh'), 'rm -rf /', { mode: 0o644 })
    writeFileSync(at('large.sh'), 'x'.repeat(65_537), { mode: 0o644 })
    writeFileSync(at('binary'), '\0ELF', { mode: 0o755 })
    mkdirSync(at('dir'))
    mkdirSync(at('state'), { mode: 0o755 })
    writeFileSync(at('state/token'), 'secret', { mode: 0o644 })
    symlinkSync(at('state/token'), at('link'))
    symlinkSync('/dev/zero', at('endless'))
    const names = ['good.sh', 'large.sh', 'binary', 'dir', 'state/token', 'link', 'endless', 'gone']
    const found = await reader({ protectedPaths: [at('state')] }).scriptsOf(names.map(at))
    assert.deepEqual([...found], [[at('good.sh'), 'rm -rf /']])
    assert.deepEqual([...await reader().scriptsOf(['relative.sh', '/proc/self/environ'])], [])
  })
})

test('design facts: root reads no script that is closed to others', async () => {
  await withDir(async (dir) => {
    writeFileSync(join(dir, 'closed.sh'), 'ls', { mode: 0o600 })
    const found = await reader().scriptsOf([join(dir, 'closed.sh')])
    assert.equal(found.size, process.getuid?.() === 0 ? 0 : 1)
  })
})
