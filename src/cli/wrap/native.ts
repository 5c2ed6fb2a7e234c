import { spawnSync } from 'node:child_process'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type NativeFile, unpackNative } from '../../adapters/native-files.ts'
import { places, serverEnvironment } from '../config.ts'

/** What is written in C: the file and the directory of its sources; `wire/` is part of both. */
const SOURCES = {
  'librampart.so': 'preload',
  'rampart-remote': 'preload',
  'rampart-shim': 'shim',
} as const
export type NativeName = keyof typeof SOURCES
/** What one of them starts: it looks beside itself. */
const NEEDS: Partial<Record<NativeName, NativeName>> = { 'librampart.so': 'rampart-remote' }

/** A native file in `$RAMPART_HOME/lib`, or why there is none. */
export type Native = { readonly path: string } | { readonly why: string }

/**
 * The library or the shim, unpacked and checked. It comes from inside this executable, from beside this
 * script, or, where the sources are there, from `make`.
 */
export async function nativeFile(home: string, name: NativeName): Promise<Native> {
  const found = await bytesOf(name)
  if ('why' in found) return found
  const needed = NEEDS[name]
  // Without it only servers on other machines are out of reach, which the library says then.
  if (needed !== undefined) await nativeFile(home, needed)
  return { path: await unpackNative(places(home).lib, found) }
}

/** Whether `nativeFile` would put one there; nothing of the state directory is touched. */
export async function hasNative(name: NativeName): Promise<boolean> {
  return 'bytes' in await bytesOf(name)
}

async function bytesOf(name: NativeName): Promise<NativeFile | { readonly why: string }> {
  const { NATIVE } = await import('#native')
  const embedded = NATIVE[name]
  if (embedded !== undefined) return { name, bytes: readFileSync(embedded) }
  const here = dirname(fileURLToPath(import.meta.url))
  const beside = join(here, name)
  if (existsSync(beside)) return { name, bytes: readFileSync(beside) }
  const root = join(here, '..', '..', '..')
  if (!existsSync(join(root, SOURCES[name], 'Makefile'))) {
    return { why: `this installation has no ${name}: it was made without a C compiler` }
  }
  const built = build(root, name)
  return typeof built === 'string' ? { name, bytes: readFileSync(built) } : built
}

/** From the sources, as far as they changed; of several processes at once each leaves a whole file. */
function build(root: string, name: NativeName): string | { readonly why: string } {
  const cache = join(root, 'build', 'native')
  const target = join(cache, name)
  const sources = ['wire', SOURCES[name]].flatMap((place) =>
    globSync('*.{c,h}', { cwd: join(root, place) }).map((file) => join(root, place, file))
  )
  if (isNewer(target, [...sources, join(root, SOURCES[name], 'Makefile')])) return target
  mkdirSync(cache, { recursive: true })
  const scratch = mkdtempSync(join(cache, `.${name}-`))
  try {
    const { PATH = '', HOME = '/' } = serverEnvironment('')
    const argv = ['-s', '-C', join(root, SOURCES[name]), `BUILD=${scratch}`]
    const made = spawnSync('make', argv, { env: { PATH, HOME }, encoding: 'utf8' })
    if (made.status !== 0 || !existsSync(join(scratch, name))) {
      const said = made.error?.message ?? `${made.stdout}${made.stderr}`.trim().split('\n').at(-1)
      return { why: `make in ${SOURCES[name]}/ did not build ${name}: ${said}` }
    }
    // One `make` may have made more than was asked for.
    for (const made of Object.keys(SOURCES).filter((other) => existsSync(join(scratch, other)))) {
      renameSync(join(scratch, made), join(cache, made))
    }
    return target
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function isNewer(target: string, sources: readonly string[]): boolean {
  const time = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return sources.every((source) => time(source) <= time(target))
}
