// deno-lint-ignore-file explicit-module-boundary-types
// Executables for other systems than this one: the runtime of that system comes from the package registry, by the
// version of the lock file, and what is in C from a cross compiler where there is one.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { COMPILE } from './compile.mjs'
import { embedNative } from './native.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
const cache = join(root, 'build', 'runtimes')

/** Name of an archive: the package of its runtime, and the compiler of its C (ours where it is this system). */
export const TARGETS = {
  'linux-x64': { bun: 'linux-x64', native: 'cc' },
  'linux-arm64': { bun: 'linux-aarch64', native: 'aarch64-linux-gnu-gcc' },
  'linux-x64-musl': { bun: 'linux-x64-musl', native: 'musl-gcc' },
  'linux-arm64-musl': { bun: 'linux-aarch64-musl' },
  'darwin-arm64': { bun: 'darwin-aarch64' },
  'darwin-x64': { bun: 'darwin-x64' },
  'windows-x64': { bun: 'windows-x64' },
}

const own = `${process.platform}-${process.arch}`

/** The executable for a target, or why there is none. */
export function buildFor(target) {
  if (target === own) return { program: join(dist, 'rampart') }
  const { bun, native } = TARGETS[target]
  const runtime = runtimeOf(bun)
  if (runtime === undefined) return { why: `the registry has no runtime for it` }
  const condition = native !== undefined && embedNative(target, native)
  const program = join(dist, `rampart-${target}`)
  const argv = [
    ...COMPILE,
    `--target=bun-${bun.replace('aarch64', 'arm64')}`,
    `--compile-executable-path=${runtime}`,
    ...(condition ? [`--conditions=${condition}`] : []),
    '--outfile',
    program,
    'src/cli.ts',
  ]
  const { status, stderr } = spawnSync(join(root, 'node_modules/.bin/bun'), argv, {
    cwd: root,
    encoding: 'utf8',
  })
  const made = [program, `${program}.exe`].find((file) => existsSync(file))
  if (status !== 0 || made === undefined) return { why: stderr.trim().split('\n').at(-1) }
  return { program: made }
}

/** The program `bun` of another system, by the version of the lock file. */
function runtimeOf(bun) {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/bun/package.json'), 'utf8'))
  const dir = join(cache, `${bun}-${version}`)
  const found = () =>
    ['bun', 'bun.exe'].map((name) => join(dir, 'bin', name)).find((file) => existsSync(file))
  if (found() !== undefined) return found()
  const fresh = `${dir}.new`
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(fresh, { recursive: true })
  // npm holds what comes to the registry's own digest of it.
  const packed = spawnSync('npm', ['pack', '--silent', `@oven/bun-${bun}@${version}`], {
    cwd: fresh,
    encoding: 'utf8',
  })
  if (packed.status !== 0) return undefined
  const file = packed.stdout.trim().split('\n').at(-1)
  if (spawnSync('tar', ['-xzf', file, '--strip-components=1'], { cwd: fresh }).status !== 0) {
    return undefined
  }
  rmSync(join(fresh, file))
  rmSync(dir, { recursive: true, force: true })
  renameSync(fresh, dir)
  return found()
}
