import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { allow, deny, ended, ROOT, skipped, withBench } from './bench.ts'

/** Builds of other machines, run as far as this one can; the doors are those of one program each. */
const TARGETS = {
  // What is allowed cannot load a library of musl on a machine of glibc: only the asking is seen.
  musl: { cc: 'musl-gcc', under: [], without: /^$/, runs: false },
  arm64: {
    cc: 'aarch64-linux-gnu-gcc',
    under: ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu'],
    // The emulator does not know execveat.
    without: /fexecve|execveat/,
    runs: true,
  },
} as const

const has = (program: string) => spawnSync(program, ['--version']).status === 0

function whyNot({ cc, under: [emulator] }: typeof TARGETS[keyof typeof TARGETS]): string | false {
  if (skipped() !== false) return skipped()
  if (process.env.RAMPART_CROSS === undefined) return '`npm run test:native -- cross` builds them'
  for (const program of [cc, ...(emulator === undefined ? [] : [emulator])]) {
    if (!has(program)) return `no ${program} here`
  }
  return false
}

for (const [name, target] of Object.entries(TARGETS)) {
  const { cc, under, without } = target
  const skip = whyNot(target)
  const build = skip === false ? mkdtempSync(join(tmpdir(), `rp-${name}-`)) : ''

  test(`${name}: the library and the shim are built, and the shim is small`, { skip }, () => {
    for (const [part, made] of [['preload', 'librampart.so'], ['shim', 'rampart-shim']] as const) {
      const words = ['-s', '-C', join(ROOT, part), `CC=${cc}`, `BUILD=${build}`]
      const goals = part === 'preload' ? ['all', 'probes'] : []
      const { status, stderr } = spawnSync('make', [...words, ...goals], { encoding: 'utf8' })
      assert.equal(status, 0, stderr)
      assert.ok(existsSync(join(build, made)))
    }
    assert.ok(statSync(join(build, 'rampart-shim')).size <= 64 * 1024)
  })

  test(
    `${name}: every door lets pass what is allowed, and nothing that is denied`,
    { skip },
    () =>
      withBench(async (bench) => {
        const probe = [...under, join(build, 'probe')]
        const doors = spawnSync(probe[0]!, probe.slice(1), { encoding: 'utf8' }).stdout.trim()
          .split('\n').filter((door) => !without.test(door))
        assert.ok(doors.length >= 18)
        const library = join(build, 'librampart.so')
        const loaded = under.length === 0
          ? probe
          : [...under, '-E', `LD_PRELOAD=${library}`, join(build, 'probe')]
        for (const door of doors) {
          for (const [reply, runs] of [[allow, true], [deny, false]] as const) {
            bench.reply = reply
            bench.asked.length = 0
            const marker = join(bench.dir, 'marker')
            rmSync(marker, { force: true })
            const child = spawn(loaded[0]!, [...loaded.slice(1), door, marker], {
              env: {
                PATH: process.env.PATH,
                HOME: bench.dir,
                RAMPART_SOCKET: bench.socket,
                RAMPART_TIMEOUT_MS: '20000',
                RAMPART_LIB: library,
                RAMPART_ASKED: `s${process.pid}`,
                ...(under.length === 0 ? { LD_PRELOAD: library } : {}),
              },
              stdio: ['ignore', 'pipe', 'pipe'],
            })
            const { err } = await ended(child)
            assert.equal(existsSync(marker), runs && target.runs, `${door}: ${err}`)
            assert.ok(bench.asked.length > 0, `${door} asked`)
          }
        }
      }),
  )

  test(`${name}: the shim asks, and becomes the shell`, { skip }, () =>
    withBench(async (bench) => {
      const home = join(bench.dir, 'home')
      mkdirSync(home)
      for (const [reply, code] of [[allow, 3], [deny, 126]] as const) {
        bench.reply = reply
        const words = [...under, join(build, 'rampart-shim'), '-c', 'exit 3']
        const child = spawn(words[0]!, words.slice(1), {
          env: {
            PATH: process.env.PATH,
            RAMPART_SOCKET: bench.socket,
            RAMPART_TIMEOUT_MS: '20000',
          },
          stdio: ['ignore', 'pipe', 'pipe'],
        })
        const done = await ended(child)
        assert.equal(done.code, code, done.err)
      }
      const hook = [...under, join(build, 'rampart-shim'), 'hook', 'codex', '--bin', '/bin/false']
      const { status, stdout } = spawnSync(hook[0]!, hook.slice(1), {
        input: '{}',
        env: { RAMPART_SOCKET: join(bench.dir, 'none') },
        encoding: 'utf8',
      })
      assert.deepEqual([status, stdout], [2, ''])
      rmSync(build, { recursive: true, force: true })
    }))
}
