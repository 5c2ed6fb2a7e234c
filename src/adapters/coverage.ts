import { spawnSync } from 'node:child_process'
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  realpathSync,
  type Stats,
} from 'node:fs'
import process from 'node:process'
import { type Elf, readElf } from './elf.ts'

/** Why a program is covered by the preload library, or is not. */
export type CoverageReason =
  | 'covered'
  | 'not_found'
  | 'not_executable'
  | 'unreadable'
  | 'no_program'
  | 'static'
  | 'go'
  | 'setuid'
  | 'capabilities'
  | 'other_libc'
  | 'other_machine'
  | 'protected'
  | 'too_deep'

/** What was found out about a program. */
export interface Coverage {
  readonly covered: boolean
  readonly reason: CoverageReason
  readonly why: string
  /** The files that are executed: the program, and where it is a script its interpreters. */
  readonly files: readonly string[]
}

/** What the answer depends on besides the file. */
export interface CoverageWorld {
  /** A program by its name, as the caller finds it: absolute path, or why not. */
  readonly find: (
    name: string,
  ) => { readonly path: string } | { readonly why: string; readonly isThere: boolean }
  readonly platform: string
  /** A program of this machine whose loader is the library's: `/bin/sh`. */
  readonly native: string
}

const DEPTH = 5
const LINE = 512

/** Whether the library is loaded into a program and sees what it executes. Reads files, runs none but getcap. */
export function coverageOf(name: string, world: CoverageWorld, depth = 0): Coverage {
  const found = world.find(name)
  if (!('path' in found)) {
    const reason = found.isThere ? 'not_executable' : 'not_found'
    return { covered: false, reason, why: found.why, files: [] }
  }
  const answer = ofFile(found.path, world, depth)
  return { ...answer, files: [found.path, ...answer.files] }
}

function ofFile(path: string, world: CoverageWorld, depth: number): Coverage {
  const no = (reason: CoverageReason, why: string) => refusal(reason, why)
  if (depth > DEPTH) return no('too_deep', 'its interpreters have interpreters without end')
  let fd: number
  try {
    fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return no('unreadable', `${path} cannot be read: ${code}`)
  }
  try {
    const stats = fstatSync(fd)
    if (!stats.isFile()) return no('no_program', `${path} is not a file`)
    const raised = raisedBy(path, stats)
    if (raised !== undefined) return raised
    const elf = readElf(fd)
    if (elf !== undefined) return ofElf(elf, world)
    const line = firstLine(fd)
    if (line?.startsWith('#!')) return ofScript(line, world, depth)
    if (world.platform === 'darwin') return ofMac(path)
    return line === undefined
      ? no('no_program', `${path} is neither an ELF program nor a script`)
      : coverageOf(world.native, world, depth + 1)
  } finally {
    closeSync(fd)
  }
}

function refusal(reason: CoverageReason, why: string): Coverage {
  return { covered: false, reason, why, files: [] }
}

/** Whoever gains rights by a program, the loader does not let into it what the environment names. */
function raisedBy(path: string, stats: Stats): Coverage | undefined {
  const isOther = (bit: number, owner: number, own: number | undefined) =>
    (stats.mode & bit) !== 0 && owner !== own
  if (isOther(0o4000, stats.uid, process.getuid?.())) {
    return refusal('setuid', `${path} runs as another user (setuid): the loader ignores LD_PRELOAD`)
  }
  if (isOther(0o2000, stats.gid, process.getgid?.())) {
    return refusal(
      'setuid',
      `${path} runs as another group (setgid): the loader ignores LD_PRELOAD`,
    )
  }
  return hasCapabilities(path)
    ? refusal('capabilities', `${path} has file capabilities: the loader ignores LD_PRELOAD`)
    : undefined
}

/** Only `getcap` tells; where it is not installed nothing is said. Root gains nothing by them. */
function hasCapabilities(path: string): boolean {
  if (process.platform !== 'linux' || process.getuid?.() === 0) return false
  for (const program of ['/usr/sbin/getcap', '/sbin/getcap']) {
    const { status, stdout } = spawnSync(program, [path], { encoding: 'utf8', env: {} })
    if (status === 0) return stdout.trim() !== ''
  }
  return false
}

function ofElf(elf: Elf, world: CoverageWorld): Coverage {
  if (elf.isGo) {
    return refusal(
      'go',
      'a Go program: it makes system calls itself, without the libc that we stand before',
    )
  }
  if (elf.loader === undefined) {
    return refusal('static', 'linked statically: there is no loader that could load the library')
  }
  const own = ownElf(world)
  if (own !== undefined && (own.machine !== elf.machine || own.bits !== elf.bits)) {
    return refusal(
      'other_machine',
      `for ${elf.machine} (${elf.bits} bits), the library for ${own.machine} (${own.bits} bits)`,
    )
  }
  if (own?.loader !== undefined && isMusl(own.loader) !== isMusl(elf.loader)) {
    return refusal('other_libc', `its loader is ${elf.loader}, the library is for ${own.loader}`)
  }
  return {
    covered: true,
    reason: 'covered',
    why: `linked dynamically, by ${elf.loader}`,
    files: [],
  }
}

const isMusl = (loader: string) => /\/ld-musl-/.test(loader)

function ownElf({ native }: CoverageWorld): Elf | undefined {
  try {
    const fd = openSync(native, constants.O_RDONLY)
    try {
      return readElf(fd)
    } finally {
      closeSync(fd)
    }
  } catch {
    return undefined
  }
}

/** System Integrity Protection takes the loader's variables away in these places. */
function ofMac(path: string): Coverage {
  const real = realpathSync(path)
  const isKept = /^\/(?:bin|sbin|usr|System)\//.test(real) && !real.startsWith('/usr/local/')
  return isKept
    ? refusal('protected', `${real} lies where macOS ignores DYLD_INSERT_LIBRARIES`)
    : { covered: true, reason: 'covered', why: 'not in a protected place', files: [] }
}

/** The first line of a text, as the kernel reads it; undefined for bytes that are no text. */
function firstLine(fd: number): string | undefined {
  const bytes = new Uint8Array(LINE)
  const text = Buffer.from(bytes.subarray(0, readSync(fd, bytes, 0, LINE, 0))).toString('latin1')
  const line = text.split('\n', 1)[0]!
  return line.includes('\0') ? undefined : line
}

/** Through `#!`, and through `env`, which searches the path and is a program itself. */
function ofScript(line: string, world: CoverageWorld, depth: number): Coverage {
  const words = line.slice(2).trim().split(/[ \t]+/).filter((word) => word !== '')
  const [interpreter] = words
  if (interpreter === undefined) return refusal('no_program', 'its first line names no interpreter')
  const inner = coverageOf(interpreter, world, depth + 1)
  if (!inner.covered || !/\/env$/.test(interpreter)) return inner
  const named = words.slice(1).find((word) => !word.startsWith('-') && !word.includes('='))
  if (named === undefined) return inner
  const last = coverageOf(named, world, depth + 1)
  return { ...last, files: [...inner.files, ...last.files] }
}
