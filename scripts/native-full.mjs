// `npm run test:native`: what is written in C at full size, in some forty minutes. Each part can be named; what cannot
// run here says why and is no failure. RAMPART_ variables are for these tests alone, so they run without `npm test`.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const node = join(root, 'node_modules', '.bin', 'node')
const build = join(root, 'preload', 'build', 'full')
const MEMCHECK = '/usr/libexec/valgrind/memcheck-amd64-linux'
const fuzzSeconds = process.env.FUZZ_SECONDS ?? '600'

function run(program, args, env = {}) {
  process.stdout.write(`$ ${[program, ...args].join(' ')}\n`)
  const options = { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } }
  return spawnSync(program, args, options).status === 0
}

const tests = (env, ...names) =>
  run(node, ['--test', ...names.map((name) => `test/${name}.test.ts`)], env)
const has = (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0

function fuzz() {
  const corpus = join(build, 'corpus')
  mkdirSync(corpus, { recursive: true })
  const made = run('make', ['-s', '-C', 'preload', 'fuzz', 'CC=clang', `BUILD=${build}`])
  return made && run(join(build, 'fuzz'), [`-max_total_time=${fuzzSeconds}`, corpus])
}

/** Each: why it cannot run here, and what it is. */
const PARTS = {
  stress: [
    () => undefined,
    () => tests({ RAMPART_PRELOAD_STRESS: '64 1000 10000' }, 'preload/stress'),
  ],
  asan: [() => undefined, () => run('make', ['-s', '-C', 'preload', 'asan'])],
  valgrind: [
    () => existsSync(MEMCHECK) ? undefined : `no ${MEMCHECK}`,
    () =>
      // The tool itself is static, so the library is in the program alone.
      tests(
        {
          PRELOAD_UNDER: `${MEMCHECK} -q --error-exitcode=99`,
          VALGRIND_LIB: '/usr/libexec/valgrind',
          VALGRIND_LAUNCHER: '/usr/bin/valgrind',
        },
        ...['answers', 'doors', 'environment', 'hostile', 'waiting'].map((name) =>
          `preload/${name}`
        ),
      ),
  ],
  fuzz: [() => has('clang') ? undefined : 'no clang, so no libFuzzer', fuzz],
  shim: [
    () => has('zsh') ? undefined : 'no zsh to compare with',
    () => tests({ SHIM_FUZZ_ROUNDS: '5000000' }, 'shim/readers', 'shim/differential', 'shim/hook'),
  ],
  cross: [() => undefined, () => tests({ RAMPART_CROSS: 'all' }, 'preload/cross', 'preload/macos')],
}

const asked = process.argv.slice(2)
const failed = []
for (const name of asked.length > 0 ? asked : Object.keys(PARTS)) {
  const [why, part] = PARTS[name] ?? [() => 'there is no such part', () => false]
  const reason = why()
  if (reason !== undefined) process.stdout.write(`${name}: not run: ${reason}\n`)
  else if (!part()) failed.push(name)
}
if (failed.length > 0) process.stdout.write(`failed: ${failed.join(', ')}\n`)
process.exitCode = failed.length > 0 ? 1 : 0
