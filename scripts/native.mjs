// deno-lint-ignore-file explicit-module-boundary-types
// What is written in C, built by make: dist/librampart.so, rampart-remote and rampart-shim, and
// build/native/embedded.js with all of it inside for the executable. `--cross` makes those of other machines too, as far as this one has
// their compilers. `--install` is what npm runs after an installation: it builds what it can, and never fails.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
const cache = join(root, 'build', 'native')
export const PARTS = [
  ['preload', 'librampart.so'],
  ['preload', 'rampart-remote'],
  ['shim', 'rampart-shim'],
]
/** Compilers of Debian's packages musl-tools and gcc-aarch64-linux-gnu. */
const CROSS = [['x86_64-musl', 'musl-gcc'], ['aarch64-gnu', 'aarch64-linux-gnu-gcc']]

function has(program) {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0
}

/** All parts into a directory; the first that fails, or undefined. */
function make(into, more = []) {
  mkdirSync(into, { recursive: true })
  for (const [part, name] of PARTS) {
    const argv = ['-s', '-C', join(root, part), `BUILD=${join(into, part)}`, ...more]
    const { status } = spawnSync('make', argv, { stdio: ['ignore', 'ignore', 2] })
    const built = join(into, part, name)
    if (status !== 0 || !existsSync(built)) return name
    // One that runs meanwhile keeps its file.
    copyFileSync(built, join(into, `.${name}.new`))
    renameSync(join(into, `.${name}.new`), join(into, name))
  }
  return undefined
}

/** Copies in dist/, and the module that `#native` of package.json names for the executable. */
export function buildNative() {
  const failed = make(cache)
  if (failed !== undefined) throw new Error(`${failed} was not built: cc and make are needed`)
  mkdirSync(dist, { recursive: true })
  for (const [, name] of PARTS) {
    copyFileSync(join(cache, name), join(dist, `.${name}.new`))
    renameSync(join(dist, `.${name}.new`), join(dist, name))
  }
  writeEmbedded(cache)
}

/** The module that puts what lies beside it into the executable. */
function writeEmbedded(dir) {
  const imports = PARTS.map(([, name], at) =>
    `import part${at} from './${name}' with { type: 'file' }\n`
  )
  const rows = PARTS.map(([, name], at) => `'${name}': part${at}`)
  writeFileSync(
    join(dir, 'embedded.js'),
    `${imports.join('')}export const NATIVE = { ${rows.join(', ')} }\n`,
  )
}

/** The same for another system; the condition by which `#native` is its module, or undefined where it has none. */
export function embedNative(target, compiler) {
  const dir = join(root, 'build', `native-${target}`)
  if (!has(compiler) || make(dir, [`CC=${compiler}`]) !== undefined) return undefined
  writeEmbedded(dir)
  return `rampart-native-${target}`
}

/** Those of other machines in dist/cross/; what was not built is said. */
export function buildCross() {
  for (const [target, compiler] of CROSS) {
    if (!has(compiler)) {
      process.stdout.write(`dist/cross/${target}  not built: no ${compiler}\n`)
      continue
    }
    const failed = make(join(dist, 'cross', target), [`CC=${compiler}`])
    process.stdout.write(`dist/cross/${target}  ${failed ? `${failed} was not built` : 'built'}\n`)
  }
}

/** Beside the script of the npm package. In a work tree everything is built where it is used. */
function install() {
  if (existsSync(join(root, 'src', 'cli.ts')) || !existsSync(join(root, 'preload', 'Makefile'))) {
    return
  }
  if (process.platform !== 'linux' || !has('make') || !has('cc')) {
    process.stdout.write(
      'rampart: no cc or make here: wrap uses its shell script, without the library\n',
    )
    return
  }
  const failed = make(dist)
  if (failed !== undefined) process.stdout.write(`rampart: ${failed} was not built\n`)
}

if (process.argv[2] === '--install') {
  try {
    install()
  } catch (error) {
    process.stdout.write(`rampart: nothing was built: ${error.message}\n`)
  }
}
