import assert from 'node:assert/strict'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { openPolicyFiles, type PolicyFilesOptions } from '../../src/adapters/policy-files.ts'
import type { RampartError } from '../../src/errors.ts'
import type { Clock, PolicyChange, PolicySource } from '../../src/ports.ts'

const realClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  monotonic: () => performance.now(),
  sleep(ms, signal) {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    }, { once: true })
    return promise
  },
}

function policy(name: string, glob: string, action = 'deny'): string {
  return `version: "1"
default_action: allow
policies:
  - name: ${name}
    match: {tool: exec}
    rules:
      - {action: ${action}, when: {command_matches: ["${glob}"]}}
`
}

const BUILTINS = {
  'self-protection': policy('rampart-self', '*rampart off*'),
  standard: policy('standard-rm', 'rm -rf /'),
  ci: policy('ci', 'make *'),
}

interface Place {
  readonly dir: string
  readonly root: string
  write(name: string, text: string): string
  open(change?: Partial<PolicyFilesOptions>): Promise<PolicySource>
}

async function withPlace(use: (place: Place) => Promise<void>): Promise<void> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'rampart-policies-')))
  const dir = join(root, 'policies')
  mkdirSync(dir, { mode: 0o700 })
  const opened: PolicySource[] = []
  try {
    await use({
      dir,
      root,
      write(name, text) {
        const file = join(dir, name)
        writeFileSync(file, text, { mode: 0o600 })
        return file
      },
      async open(change) {
        const source = await openPolicyFiles({
          dir,
          builtins: BUILTINS,
          clock: realClock,
          log: { error: () => {}, warn: () => {}, info: () => {} },
          facts: { projectRoot: async (cwd) => cwd },
          projectPolicies: true,
          watch: false,
          ...change,
        })
        opened.push(source)
        return source
      },
    })
  } finally {
    for (const source of opened) await source.close()
    rmSync(root, { recursive: true, force: true })
  }
}

function names(source: PolicySource): string[] {
  return source.current().set.policies.map(({ name }) => name).sort()
}

/** The next change, whatever it is. */
function nextChange(source: PolicySource): Promise<PolicyChange> {
  const { promise, resolve } = Promise.withResolvers<PolicyChange>()
  const stop = source.onChange((_state, change) => {
    stop()
    resolve(change)
  })
  return promise
}

/** Make a file old enough to be believed at once. */
function age(file: string): void {
  utimesSync(file, 1_700_000_000, 1_700_000_000)
}

test('policy files: with none but the overlay the built-in profile is in force', async () => {
  await withPlace(async ({ open, write }) => {
    assert.deepEqual(names(await open()), ['rampart-self', 'standard-rm'])
    assert.deepEqual(names(await open({ profile: 'ci' })), ['ci', 'rampart-self'])
    write('user.yaml', 'version: "1"\npolicies: []\n')
    assert.deepEqual(names(await open()), ['rampart-self', 'standard-rm'])
    await assert.rejects(open({ profile: 'none' }), { code: 'config_invalid' })
    await assert.rejects(open({ profile: 'toString' }), { code: 'config_invalid' })
  })
})

test('policy files: all files of the directory in order, the profile no more', async () => {
  await withPlace(async ({ open, write }) => {
    write('b.yaml', policy('b', 'b'))
    write('a.yaml', policy('a', 'a'))
    write('.hidden.yaml', 'no policy')
    write('notes.txt', 'no policy')
    const source = await open()
    assert.deepEqual(names(source), ['a', 'b', 'rampart-self'])
    assert.deepEqual(source.current().files.map((file) => file.split(/[:/]/).at(-1)), [
      'self-protection',
      'a.yaml',
      'b.yaml',
    ])
  })
})

test('policy files: one named file stands instead of the directory', async () => {
  await withPlace(async ({ open, write, root }) => {
    write('a.yaml', policy('a', 'a'))
    const file = join(root, 'only.yaml')
    await assert.rejects(open({ file }), { code: 'policy_invalid' })
    writeFileSync(file, policy('only', 'x'), { mode: 0o600 })
    assert.deepEqual(names(await open({ file })), ['only', 'rampart-self'])
  })
})

test('policy files: at start every fault of every file is told', async () => {
  await withPlace(async ({ open, write }) => {
    write('a.yaml', 'version: "1"\ndefault_action: perhaps\npolicis: []\n')
    write('b.yaml', 'version: "1"\ndefault_action: allow\nfoo: 1\n')
    write('c.yml', '')
    await assert.rejects(open(), (error: RampartError) => {
      assert.equal(error.code, 'policy_invalid')
      const told = error.errors.map(({ detail }) => detail).join('\n')
      for (const part of ['a.yaml:2:', 'a.yaml:3:', 'b.yaml:3:', 'c.yml:1:1: Not loaded']) {
        assert.ok(told.includes(part), `${part} in ${told}`)
      }
      return true
    })
  })
})

test('semantics 12: a file beside is extended, and no policy of its own any more', async () => {
  await withPlace(async ({ open, write, root }) => {
    write('base.yaml', policy('base', 'base'))
    write('mine.yaml', `extends: base\n${policy('mine', 'mine')}`)
    assert.deepEqual(names(await open()), ['base', 'mine', 'rampart-self'])
    const file = join(root, 'policies', 'mine.yaml')
    assert.deepEqual(names(await open({ file })), ['base', 'mine', 'rampart-self'])
  })
})

test('F36 a link beside a policy leads `extends` nowhere else, nor does a path', async () => {
  await withPlace(async ({ open, dir, root, write }) => {
    writeFileSync(join(root, 'far.yaml'), policy('far', 'far'), { mode: 0o600 })
    symlinkSync('../far.yaml', join(dir, 'base.yaml'))
    const file = write('mine.yaml', `extends: base\n${policy('mine', 'mine')}`)
    await assert.rejects(open({ file }), (error: RampartError) => {
      assert.match(error.errors[0]!.detail, /a link leads out of the directory/)
      return true
    })
    for (const name of ['../far', '/etc/passwd', 'user']) {
      write('mine.yaml', `extends: ${name}\n${policy('mine', 'mine')}`)
      await assert.rejects(open({ file }), { code: 'policy_invalid' }, name)
    }
  })
})

const BAD: readonly (readonly [string, (place: Place) => void])[] = [
  ['is half saved', ({ write }) => write('a.yaml', policy('a', 'a').slice(0, 70))],
  ['has a fault', ({ write }) => write('a.yaml', 'version: "2"\n')],
  ['is 5 MB large', ({ write }) => write('a.yaml', `#${'x'.repeat(5 << 20)}\n`)],
  ['is not UTF-8', ({ dir }) => writeFileSync(join(dir, 'a.yaml'), new Uint8Array([0xff, 0xfe]))],
  ['is removed', ({ dir }) => rmSync(join(dir, 'a.yaml'))],
  ['is a directory', ({ dir }) => {
    rmSync(join(dir, 'a.yaml'))
    mkdirSync(join(dir, 'a.yaml'))
  }],
  ['is writable by everybody', ({ dir }) => chmodSync(join(dir, 'a.yaml'), 0o666)],
  ['vanishes with its directory', ({ dir }) => rmSync(dir, { recursive: true })],
]

for (const [what, spoil] of BAD) {
  test(`F16 the last good set stays when a file ${what}`, async () => {
    if (process.platform === 'win32') return
    await withPlace(async (place) => {
      // The ownership check is of no use in a world-writable directory that is not sticky.
      place.write('a.yaml', policy('a', 'a'))
      const source = await place.open()
      const { hash } = source.current().set
      const changes: PolicyChange[] = []
      source.onChange((_state, change) => changes.push(change))
      spoil(place)
      const state = await source.reload()
      assert.equal(state.set.hash, hash)
      assert.ok(state.faults.length > 0)
      assert.deepEqual(changes.map(({ kind }) => kind), ['refused'])
      await source.reload()
      assert.equal(changes.length, 1, 'the same trouble is told once')
      mkdirSync(place.dir, { recursive: true, mode: 0o700 })
      rmSync(join(place.dir, 'a.yaml'), { recursive: true, force: true })
      place.write('a.yaml', policy('again', 'a'))
      assert.deepEqual((await source.reload()).faults, [])
      assert.deepEqual(names(source), ['again', 'rampart-self'])
      assert.deepEqual(changes.map(({ kind }) => kind), ['refused', 'loaded'])
    })
  })
}

test('F16 a reload that drops restrictions is loud and needs half a second of stillness', async () => {
  await withPlace(async ({ open, write }) => {
    write('a.yaml', policy('a', 'a'))
    write('b.yaml', policy('b', 'b'))
    const source = await open()
    const change = nextChange(source)
    write('b.yaml', policy('b', 'b', 'log'))
    const from = performance.now()
    await source.reload()
    assert.ok(performance.now() - from >= 500)
    assert.deepEqual((await change).dropped, ['b/1'])
    const added = nextChange(source)
    write('b.yaml', policy('b', 'b'))
    await source.reload()
    assert.deepEqual((await added).dropped, [])
  })
})

test('F16 a loosened default counts as a drop', async () => {
  await withPlace(async ({ open, write }) => {
    write('a.yaml', policy('a', 'a').replace('allow', 'deny'))
    const source = await open()
    const change = nextChange(source)
    write('a.yaml', policy('a', 'a'))
    await source.reload()
    assert.deepEqual((await change).dropped, ['default_action deny'])
  })
})

const SAVES: readonly (readonly [string, (place: Place, text: string) => void])[] = [
  ['in place', ({ write }, text) => write('a.yaml', text)],
  ['by rename', ({ dir, root }, text) => {
    writeFileSync(join(root, 'new'), text, { mode: 0o600 })
    renameSync(join(root, 'new'), join(dir, 'a.yaml'))
  }],
  ['by deleting and creating', ({ dir, write }, text) => {
    rmSync(join(dir, 'a.yaml'))
    write('a.yaml', text)
  }],
  ['with a backup', ({ dir, write }, text) => {
    renameSync(join(dir, 'a.yaml'), join(dir, 'a.yaml~'))
    write('a.yaml', text)
  }],
  ['with equal size and time', ({ dir, write }, text) => {
    write('a.yaml', text)
    age(join(dir, 'a.yaml'))
  }],
  ['with the directory recreated', ({ dir, write }, text) => {
    rmSync(dir, { recursive: true })
    mkdirSync(dir, { mode: 0o700 })
    write('a.yaml', text)
  }],
]

for (const [how, save] of SAVES) {
  test(`F16 a change saved ${how} is in force within a second or so`, async () => {
    await withPlace(async (place) => {
      place.write('a.yaml', policy('one', 'aaa'))
      age(join(place.dir, 'a.yaml'))
      const source = await place.open({ watch: true })
      const from = performance.now()
      let change = nextChange(source)
      save(place, policy('two', 'bbb'))
      // A recreated directory may be seen empty first: then the next change counts.
      while ((await change).kind === 'refused') change = nextChange(source)
      const took = performance.now() - from
      assert.ok(took < 5000, `${took} ms`)
      assert.deepEqual(names(source), ['rampart-self', 'two'])
    })
  })
}

test('F16 of quick successive saves the last one is in force', async () => {
  await withPlace(async (place) => {
    place.write('a.yaml', policy('p0', 'a'))
    const source = await place.open({ watch: true })
    for (let turn = 1; turn <= 40; turn++) {
      place.write('a.yaml', policy(`p${turn}`, 'a'))
      await new Promise((resolve) => setImmediate(resolve))
    }
    while (!names(source).includes('p40')) await nextChange(source)
    assert.deepEqual(names(source), ['p40', 'rampart-self'])
  })
})

test('F16 parallel reloads each see what was saved before they were asked for', async () => {
  await withPlace(async ({ open, write }) => {
    write('a.yaml', policy('one', 'a'))
    const source = await open()
    const first = source.reload()
    write('a.yaml', policy('two', 'a'))
    await Promise.all([source.reload(), source.reload(), source.reload(), first])
    assert.deepEqual(names(source), ['rampart-self', 'two'])
  })
})

test('F3 a project tightens, cached by content; without the option it is not read', async () => {
  await withPlace(async ({ open, root }) => {
    const source = await open()
    const project = join(root, 'project')
    mkdirSync(join(project, '.rampart'), { recursive: true })
    assert.equal(await source.forProject(project), source.current())
    assert.equal(await source.forProject(undefined), source.current())
    const file = join(project, '.rampart', 'policy.yaml')
    writeFileSync(file, policy('ours', 'make *').replace('default_action: allow\n', ''))
    age(file)
    const state = await source.forProject(project)
    assert.ok(state.set.policies.some(({ name, layer }) => name === 'ours' && layer === 'project'))
    assert.equal(await source.forProject(project), state)
    assert.equal(source.current().set.policies.some(({ name }) => name === 'ours'), false)
    const without = await open({ projectPolicies: false })
    assert.equal(await without.forProject(project), without.current())
  })
})

test('F3 a project’s bad policy denies until it was good once, then the good one stays', async () => {
  await withPlace(async ({ open, root }) => {
    const source = await open()
    const project = join(root, 'project')
    mkdirSync(join(project, '.rampart'), { recursive: true })
    const file = join(project, '.rampart', 'policy.yaml')
    writeFileSync(file, policy('ours', 'x', 'allow').replace('default_action: allow\n', ''))
    const bad = await source.forProject(project)
    assert.match(bad.refused![0]!.message, /may only tighten/)
    writeFileSync(file, policy('ours', 'x').replace('default_action: allow\n', ''))
    const good = await source.forProject(project)
    assert.equal(good.refused, undefined)
    writeFileSync(file, 'version: "1"\npolicies: [')
    const kept = await source.forProject(project)
    assert.equal(kept.refused, undefined)
    assert.equal(kept.set.hash, good.set.hash)
    assert.ok(kept.faults.length > 0)
    rmSync(file)
    assert.equal(await source.forProject(project), source.current())
    symlinkSync('/etc/passwd', file)
    assert.match((await source.forProject(project)).refused![0]!.message, /symbolic link/)
  })
})
