import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Bench, build, libraryPath, skipped, withBench } from './bench.ts'

const skip = skipped()

/** Ways to start a program without what it should inherit, and whether the shell itself is asked about. */
const WAYS = [
  'no_environment',
  'cleared',
  'unset',
  'own_envp',
  'null_envp',
  'spawned',
  'cleared_system',
  'null_popen',
  'large_envp',
]

test(
  'F5 what is carried comes through every envp, and nothing else loosens it',
  { skip },
  async () => {
    await withBench(async (bench) => {
      for (const way of WAYS) await carried(bench, way)
    })
  },
)

async function carried(bench: Bench, way: string): Promise<void> {
  bench.asked.length = 0
  const marker = join(bench.dir, `${way}.marker`)
  const library = libraryPath()
  const { out, err } = await bench.run([join(build(), 'hostile'), way, marker], {
    RAMPART_AGENT: 'the-agent',
  })
  const what = `${way}: ${out} ${err}`
  assert.ok(existsSync(marker), what)
  // The shell is asked about, and its children are still: they inherited the library.
  const asked = bench.asked.map(({ body }) => body.params.program)
  assert.deepEqual(asked, ['/bin/sh', '/usr/bin/env', '/usr/bin/touch'], what)
  assert.equal(bench.asked[2]!.body.agent, 'the-agent', what)
  const inherited = out.split('\n').filter((line) => /^(LD_PRELOAD|RAMPART_)/.test(line))
  const wanted = {
    LD_PRELOAD: way === 'own_envp' ? `${library}:/nowhere.so` : library,
    RAMPART_AGENT: 'the-agent',
    RAMPART_LIB: library,
    RAMPART_SOCKET: bench.socket,
    RAMPART_TIMEOUT_MS: '20000',
  }
  const lines = Object.entries(wanted).map(([name, value]) => `${name}=${value}`)
  const said = inherited.filter((line) => !line.startsWith('RAMPART_ASKED=')).sort()
  assert.deepEqual(said, lines.sort(), what)
  if (way === 'own_envp') assert.match(out, /^KEPT=1$/m)
  if (way === 'large_envp') assert.match(out, /^V9999=9999$/m)
}

test('F5 RAMPART_MODE=disabled has no effect on programs, and cannot be said from inside', {
  skip,
}, async () => {
  await withBench(async (bench) => {
    bench.reply = (response) => response.end('{"allowed":false,"decision":"deny","message":"no"}')
    const marker = join(bench.dir, 'm')
    const probe = join(build('all', 'probes'), 'probe')
    await bench.run([probe, 'execv', marker], { RAMPART_MODE: 'disabled' })
    assert.ok(existsSync(marker))
    assert.equal(bench.asked.length, 0)
    const inside = await bench.run([
      '/bin/sh',
      '-c',
      `RAMPART_MODE=disabled /usr/bin/touch ${marker}2`,
    ])
    assert.equal(existsSync(`${marker}2`), false)
    assert.match(inside.err, /rampart: blocked: no\n/)
  })
})

test('a program that nobody asked about asks about itself', { skip }, async () => {
  await withBench(async (bench) => {
    // A shell that was itself started unseen; as a Go program would, it hands on a mark that is not its child's.
    bench.reply = (response) => response.end('{"allowed":false,"decision":"deny","message":"no"}')
    const ran = await bench.run(['/usr/bin/touch', join(bench.dir, 'm')], { RAMPART_ASKED: 'x1' })
    assert.equal(ran.code, 126)
    assert.match(ran.err, /^rampart: blocked: no\n/)
    assert.equal(existsSync(join(bench.dir, 'm')), false)
    assert.deepEqual(bench.asked.map(({ body }) => body.params.argv), [
      ['/usr/bin/touch', join(bench.dir, 'm')],
    ])
  })
})
