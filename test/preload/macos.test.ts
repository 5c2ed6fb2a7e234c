import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { ROOT, skipped } from './bench.ts'

/** How zig can be called here: it is the one compiler that brings the headers of macOS along. */
const ZIGS: readonly (readonly string[])[] = [
  ...(process.env.RAMPART_ZIG === undefined ? [] : [process.env.RAMPART_ZIG.split(' ')]),
  ['zig'],
  ['python3', '-m', 'ziglang'],
]
const works = ([program, ...words]: readonly string[]) =>
  spawnSync(program!, [...words, 'version']).status === 0

function whyNot(): string | false {
  if (skipped() !== false) return skipped()
  if (process.env.RAMPART_CROSS === undefined) return '`npm run test:native -- cross` builds them'
  return ZIGS.some(works) ? false : 'no zig here (RAMPART_ZIG: how it is called)'
}

const skip = whyNot()
const zig = skip === false ? ZIGS.find(works)!.join(' ') : ''
/** Of a Mach-O file for 64 bits, and the processor behind it. */
const MACH_O = 0xfeedfacf
const MACHINES = { aarch64: 0x0100000c, x86_64: 0x01000007 } as const
const DOORS = [
  'execve',
  'execv',
  'execvp',
  'execl',
  'execlp',
  'execle',
  'posix_spawn',
  'posix_spawnp',
  'system',
  'popen',
]

for (const [name, machine] of Object.entries(MACHINES)) {
  test(`macOS on ${name}: all of C compiles without a warning, and links`, { skip }, () => {
    const build = mkdtempSync(join(tmpdir(), `rp-macos-`))
    const made = (part: string, file: string): Buffer => {
      const cc = `CC=${zig} cc -target ${name}-macos`
      const argv = ['-s', '-C', join(ROOT, part), cc, `BUILD=${build}`, join(build, file)]
      const { status, stderr } = spawnSync('make', argv, { encoding: 'utf8' })
      assert.deepEqual([status, stderr], [0, ''])
      return readFileSync(join(build, file))
    }
    try {
      const library = made('preload', 'librampart.so')
      const programs = [made('preload', 'rampart-remote'), made('shim', 'rampart-shim')]
      for (const bytes of [library, ...programs]) {
        assert.deepEqual([bytes.readUInt32LE(0), bytes.readUInt32LE(4)], [MACH_O, machine])
      }
      // What dyld goes by: the table of pairs, each of ours by its name.
      assert.ok(library.includes('__interpose'))
      for (const door of DOORS) assert.ok(library.includes(`\0_rampart_${door}\0`), door)
    } finally {
      rmSync(build, { recursive: true, force: true })
    }
  })
}
