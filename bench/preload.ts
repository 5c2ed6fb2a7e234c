import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { type Figures, ROOT, type Section, spread, table } from './common.ts'
import { shipped, startServer, warmed } from './server.ts'

const ROUNDS = 10
const EXECS = 100
const OPENS = 2000
const SOURCES = 24
const MAKES = 3

type Env = Readonly<Record<string, string>>

/** What the preload library adds to starting a program, opening a file and building a project. */
export async function benchPreload(): Promise<Section> {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-bench-'))
  const words = [
    '-s',
    '-C',
    join(ROOT, 'preload'),
    `BUILD=${dir}`,
    'all',
    'probes',
    `${dir}/empty.so`,
  ]
  execFileSync('make', words, { stdio: ['ignore', 'ignore', 'inherit'] })
  const server = await startServer(shipped())
  try {
    await warmed(server)
    const library = join(dir, 'librampart.so')
    const governed = {
      LD_PRELOAD: library,
      RAMPART_LIB: library,
      RAMPART_SOCKET: server.socket,
      RAMPART_SNAPSHOT: join(dirname(server.socket), 'rules.snapshot'),
      RAMPART_TIMEOUT_MS: '20000',
      RAMPART_ASKED: `s${process.pid}`,
    }
    const variants: Readonly<Record<string, Env>> = {
      plain: {},
      'an empty library': { LD_PRELOAD: join(dir, 'empty.so') },
      disabled: { ...governed, RAMPART_MODE: 'disabled' },
      'exec': governed,
      'exec, file, net': { ...governed, RAMPART_PRELOAD: 'exec,file,net' },
    }
    return section(measure(dir, variants), makeTimes(dir, variants))
  } finally {
    await server.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

interface Measured {
  readonly execs: Readonly<Record<string, number[]>>
  readonly opens: Readonly<Record<string, number[]>>
}

/** In rounds, so that what else the machine does falls on all alike. */
function measure(dir: string, variants: Readonly<Record<string, Env>>): Measured {
  const execs: Record<string, number[]> = {}
  const opens: Record<string, number[]> = {}
  const file = join(dir, 'untouched')
  writeFileSync(file, '')
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, env] of Object.entries(variants)) {
      ;(execs[name] ??= []).push(...timed(dir, ['exec', String(EXECS)], env))
      ;(opens[name] ??= []).push(...timed(dir, ['open', String(OPENS), file], env))
    }
  }
  return { execs, opens }
}

function timed(dir: string, args: readonly string[], env: Env): number[] {
  const { status, stdout, stderr } = spawnSync(join(dir, 'timed'), args, {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    cwd: dir,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`timed ${args.join(' ')} ended with ${status}: ${stderr}`)
  return stdout.trim().split('\n').map(Number)
}

/** Fastest of some rounds of `make -j2` over small C files, in ms. */
function makeTimes(dir: string, variants: Readonly<Record<string, Env>>): Record<string, number> {
  const project = join(dir, 'project')
  mkdirSync(project)
  const names = Array.from({ length: SOURCES }, (_, i) => `f${i}`)
  for (const name of names) {
    const lines = Array.from(
      { length: 60 },
      (_, i) =>
        `int ${name}_${i}(int n) { return n > ${i} ? printf("%d", n) : (int)strlen("${name}"); }`,
    )
    writeFileSync(
      join(project, `${name}.c`),
      `#include <stdio.h>\n#include <string.h>\n${lines.join('\n')}\n`,
    )
  }
  const objects = names.map((name) => `${name}.o`).join(' ')
  writeFileSync(
    join(project, 'Makefile'),
    `all: ${objects}\n%.o: %.c\n\tcc -O1 -c -o $@ $<\nclean:\n\trm -f ${objects}\n`,
  )
  const best: Record<string, number> = {}
  for (let round = 0; round < MAKES; round++) {
    for (const [name, env] of Object.entries(variants)) {
      spawnSync('make', ['-s', 'clean'], { cwd: project })
      const from = performance.now()
      const full = { PATH: process.env['PATH'] ?? '', ...env }
      const { status, stderr } = spawnSync('make', ['-sj2'], {
        cwd: project,
        env: full,
        encoding: 'utf8',
      })
      if (status !== 0) process.stderr.write(`make, ${name}, ended with ${status}: ${stderr}`)
      const took = status === 0 ? performance.now() - from : Infinity
      best[name] = Math.min(best[name] ?? Infinity, took)
    }
  }
  return best
}

function section({ execs, opens }: Measured, makes: Readonly<Record<string, number>>): Section {
  const plain = spread(execs['plain']!)
  const rows = Object.keys(execs).map((name) => {
    const exec = spread(execs[name]!)
    const open = spread(opens[name]!)
    return [
      name,
      `${ms(exec.p50)} / ${ms(exec.p99)}`,
      `${ms(exec.p50 - plain.p50)} / ${ms(exec.p99 - plain.p99)}`,
      `${open.p50.toFixed(1)} / ${open.p99.toFixed(1)} µs`,
      makes[name] === Infinity ? 'failed' : `${makes[name]!.toFixed(0)} ms`,
    ]
  })
  const head = [
    '`/bin/true`, vfork to its end',
    'p50 / p99',
    'added',
    'an untouched file opened',
    '`make -j2`',
  ]
  const own = spread(execs['exec']!)
  const figures: Figures = {
    'preload.p50': (own.p50 - plain.p50) / 1000,
    'preload.p99': (own.p99 - plain.p99) / 1000,
    'preload.open': (spread(opens['exec, file, net']!).p50 - spread(opens['plain']!).p50) / 1000,
    'preload.load': spread(execs['disabled']!).p50 - spread(execs['an empty library']!).p50,
    'preload.make': (makes['exec']! / makes['plain']! - 1) * 100,
  }
  return { markdown: table(head, rows), figures }
}

const ms = (us: number): string => `${(us / 1000).toFixed(2)} ms`
