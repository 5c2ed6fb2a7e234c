// The one entry of the npm scripts. It runs on the Node that is there (20 or newer), installs what is
// missing, and hands over to the runtimes that the lock file pins.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'node_modules', '.bin')
const [task = '', ...args] = process.argv.slice(2)

/** Run a command in the repository; end with its exit code when it fails. */
function run(command, argv, options = {}) {
  const { status, signal, error } = spawnSync(command, argv, {
    cwd: root,
    stdio: 'inherit',
    ...options,
  })
  if (error) throw error
  if (signal) process.exit(128)
  if (status !== 0) process.exit(status ?? 1)
}

/** The packages of the lock file, installed once and again when the lock file names others. */
function install() {
  if (!isInstalled()) run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
}

/** Asked of what is there, not of times: git gives every file of a new worktree the time of the checkout. */
function isInstalled() {
  const mark = join(root, 'node_modules', '.package-lock.json')
  const programs = ['node', 'bun', 'deno'].map((name) => join(bin, name))
  if (![mark, ...programs].every((file) => existsSync(file))) return false
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages
  const there = packagesOf(mark)
  const wanted = Object.entries(packagesOf(join(root, 'package-lock.json')))
  return wanted.every(([path, { version, integrity, optional }]) => {
    const found = there[path]
    // The root is not in it, and what is made for other systems need not be.
    if (found === undefined) return path === '' || optional === true
    return found.version === version && found.integrity === integrity
  })
}

const runtimes = {
  node: (argv) => run(join(bin, 'node'), argv),
  bun: (argv) => run(join(bin, 'bun'), argv),
  deno: (argv) => run(join(root, 'node_modules', 'deno', 'deno'), argv),
}

const tasks = {
  start: () => runtimes.node(['src/cli.ts', 'serve', ...args]),
  test: () => runtimes.node(['scripts/test.mjs', ...args]),
  'test:agents': () => runtimes.node(['test/agents/run.ts', ...args]),
  build: () => runtimes.node(['scripts/build.mjs', ...args]),
  conformance: () => runtimes.node(['scripts/conformance.mjs', ...args]),
  release: () => runtimes.node(['scripts/release.mjs', ...args]),
  bench: () =>
    args[0] === 'misses'
      ? runtimes.node(['bench/misses.ts', ...args.slice(1)])
      : runtimes.node(['bench/all.ts', ...args]),
  check: () => {
    run(join(bin, 'tsc'), ['-p', '.'])
    runtimes.deno(['fmt', '--check', '--quiet'])
    runtimes.deno(['lint', '--quiet'])
  },
  fmt: () => runtimes.deno(['fmt', '--quiet']),
}

if (!tasks[task]) {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  process.stderr.write(`Unknown task "${task}": one of ${Object.keys(scripts).join(', ')}\n`)
  process.exit(64)
}
install()
tasks[task]()
