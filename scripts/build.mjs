// `npm run build`: dist/rampart (one executable) and dist/rampart.mjs, rampart-lib.mjs (one file for
// Node, Deno and Bun), dist/librampart.so, rampart-remote and rampart-shim. No network; cc and make for the C.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { COMPILE } from './compile.mjs'
import { buildCross, buildNative, PARTS } from './native.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
const bun = join(root, 'node_modules', '.bin', 'bun')

function run(command, argv) {
  const { status, error } = spawnSync(command, argv, { cwd: root, stdio: ['ignore', 'ignore', 2] })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

function report(name) {
  const { size } = statSync(join(dist, name))
  const shown = size < 1e6 ? `${(size / 1e3).toFixed(1)} kB` : `${(size / 1e6).toFixed(1)} MB`
  process.stdout.write(`dist/${name}  ${shown}\n`)
}

mkdirSync(dist, { recursive: true })
run(process.execPath, [join(root, 'scripts', 'embed.mjs')])
buildNative()
for (const [, name] of PARTS) report(name)
if (process.argv.includes('--cross')) buildCross()

run(bun, [
  ...COMPILE,
  // What is in C are files inside it (`imports` of package.json).
  '--conditions=rampart-native',
  '--outfile',
  join(dist, '.rampart.new'),
  'src/cli.ts',
])
// One that runs meanwhile keeps its file.
renameSync(join(dist, '.rampart.new'), join(dist, 'rampart'))
report('rampart')

for (const [entry, name] of [['src/cli.ts', 'rampart.mjs'], ['src/mod.ts', 'rampart-lib.mjs']]) {
  if (!existsSync(join(root, entry))) continue
  // One file: what the commands load lazily stays lazy, as functions inside it.
  run(bun, [
    'build',
    '--target=node',
    '--format=esm',
    '--minify-syntax',
    '--minify-whitespace',
    '--outfile',
    join(dist, name),
    entry,
  ])
  report(name)
}
const cli = join(dist, 'rampart.mjs')
const text = readFileSync(cli, 'utf8')
if (!text.startsWith('#!')) writeFileSync(cli, `#!/usr/bin/env node\n${text}`)
chmodSync(cli, 0o755)

// Types of the library, from the sources; in declarations a relative import names the `.js` file.
const types = join(dist, 'types')
rmSync(types, { recursive: true, force: true })
run(join(root, 'node_modules', '.bin', 'tsc'), [
  '-p',
  'tsconfig.json',
  '--noEmit',
  'false',
  '--declaration',
  '--emitDeclarationOnly',
  '--rootDir',
  '.',
  '--outDir',
  types,
])
for (const name of globSync('**/*.d.ts', { cwd: join(types, 'src') })) {
  const declaration = readFileSync(join(types, 'src', name), 'utf8')
  const target = join(types, name)
  mkdirSync(join(target, '..'), { recursive: true })
  writeFileSync(target, declaration.replace(/((?:from|import\() ?'\.[^']*)\.ts'/g, "$1.js'"))
}
for (const name of ['src', 'test', 'scripts', 'bench']) {
  rmSync(join(types, name), { recursive: true, force: true })
}
