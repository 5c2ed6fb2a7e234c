import assert from 'node:assert/strict'
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import {
  age,
  names,
  nextChange,
  type Place,
  policy,
  realClock,
  withPlace,
} from '../helpers/policy-files.ts'

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
      // What it means to wait, whatever the machine makes of that.
      let slept = 0
      const clock = {
        ...realClock,
        async sleep(ms: number, signal?: AbortSignal) {
          await realClock.sleep(ms, signal)
          slept += ms
        },
      }
      const source = await place.open({ watch: true, clock })
      slept = 0
      let change = nextChange(source)
      save(place, policy('two', 'bbb'))
      // A recreated directory may be seen empty first: then the next change counts.
      while ((await change).kind === 'refused') change = nextChange(source)
      assert.ok(slept < 5000, `${slept} ms`)
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
