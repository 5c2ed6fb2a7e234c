import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { build, skipped, withBench } from './bench.ts'

const skip = skipped()

/**
 * Small here; RAMPART_PRELOAD_STRESS="64 1000 10000" is the full size (threads, spawns of each, forks). `npm
 * test` takes RAMPART_ variables away, so the full size is run as `node --test test/preload/stress.test.ts`.
 */
const [THREADS, SPAWNS, FORKS] = (process.env.RAMPART_PRELOAD_STRESS ?? '16 12 60').split(' ')
const LONG = 1_800_000

test('many threads spawn, vfork and fork: nothing fails and nothing stays behind', {
  skip,
  timeout: LONG,
}, async () => {
  await withBench(async (bench) => {
    const command = [join(build('all', 'probes'), 'stress'), THREADS!, SPAWNS!, FORKS!]
    const { code, out, err } = await bench.run(command)
    const starts = Number(THREADS) * Number(SPAWNS) + Number(FORKS) + 6
    assert.equal(out, `started ${starts} failed 0 descriptors 0 mappings 0\n`, err)
    assert.equal(code, 0, err)
    assert.equal(bench.asked.length, starts)
  })
})

test('F22 every function of this libc that starts a program is a door, or is known to be none', {
  skip: skip || (spawnSync('nm', ['--version']).status === 0 ? false : 'no nm here'),
}, () => {
  const doors = symbols(join(build('all'), 'librampart.so'), ['-D', '--defined-only'])
  const libc = spawnSync('sh', [
    '-c',
    'ldd /bin/sh | sed -n "s/.*libc[^ ]* => \\([^ ]*\\).*/\\1/p"',
  ], {
    encoding: 'utf8',
  }).stdout.trim()
  if (!existsSync(libc)) return
  const starting = symbols(libc, ['-D', '--defined-only']).filter((name) =>
    /^(f?exec|posix_spawnp?$|pidfd_spawn|p?system$|.*popen$|wordexp$|.*proc_open$|__libc_system)/
      .test(name)
  )
  // Libc's own, under a version that no program links with.
  const known = new Set(['__libc_system'])
  assert.deepEqual(starting.filter((name) => !doors.includes(name) && !known.has(name)), [])
  assert.ok(starting.length >= 10)
})

function symbols(file: string, flags: readonly string[]): string[] {
  const { stdout } = spawnSync('nm', [...flags, file], { encoding: 'utf8' })
  return [...new Set(stdout.split('\n').map((line) => line.split(' ').at(-1)!.split('@')[0]!))]
}

test('the fuzzer of the readers and the writer finds nothing in a second', { skip }, () => {
  const dir = build('fuzz')
  const { status, stdout, stderr } = spawnSync(join(dir, 'fuzz'), ['1'], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  assert.match(stdout, /^\d{4,} runs\n$/)
})
