// The whole suite: types, format, lint, then the same test files on Node, Bun and Deno.
// `npm test -- node test/engine` narrows it to one runtime and the files whose path holds the word.
import { spawn } from 'node:child_process'
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = (name) => join(root, 'node_modules', '.bin', name)
const words = process.argv.slice(2)
const all = ['node', 'bun', 'deno']
const chosen = all.filter((name) => words.includes(name))
const filter = words.filter((word) => !all.includes(word))

const files = globSync('test/**/*.test.ts', { cwd: root })
  .filter((file) => filter.length === 0 || filter.some((word) => file.includes(word)))
  .sort()
// A HOME of its own: no test may read or write the person's.
const home = mkdtempSync(join(tmpdir(), 'rampart-test-'))
const env = { ...process.env, HOME: home, RAMPART_HOME: join(home, '.rampart'), NO_COLOR: '1' }
for (const name of Object.keys(env)) {
  if (name.startsWith('RAMPART_') && name !== 'RAMPART_HOME') delete env[name]
}

const commands = {
  node: [bin('node'), ['--test', '--test-concurrency=2', '--test-reporter=dot', ...files]],
  bun: [bin('bun'), ['test', '--timeout=120000', '--only-failures', ...files.map((f) => `./${f}`)]],
  deno: [join(root, 'node_modules/deno/deno'), ['test', '-A', '--no-check', '--quiet', ...files]],
}

/** What still runs: a failure ends them all. */
const children = new Set()

if (files.length === 0) fail(`no test file matches ${filter.join(' ')}`)

try {
  if (words.length === 0) {
    await run('types', bin('tsc'), ['-p', '.'])
    await run('format', join(root, 'node_modules/deno/deno'), ['fmt', '--check', '--quiet'])
    await run('lint', join(root, 'node_modules/deno/deno'), ['lint', '--quiet'])
  }
  const runtimes = chosen.length > 0 ? chosen : all
  // Node runs two files at a time by itself; the others keep one core busy each.
  const counts = []
  if (runtimes.includes('node')) counts.push(await test('node'))
  counts.push(...await Promise.all(runtimes.filter((name) => name !== 'node').map(test)))
  const total = counts.reduce((sum, { count }) => sum + count, 0)
  const each = counts.map(({ name, count }) => `${name} ${count}`).join(', ')
  process.stdout.write(`\n${files.length} files: ${each}\n${total} passed, 0 failed\n`)
} finally {
  rmSync(home, { recursive: true, force: true })
}

async function test(name) {
  const count = countOf(name, await run(name, ...commands[name]))
  // An empty file exits 0 on all three runtimes: a count is the proof that something ran.
  if (!(count > 0)) fail(`${name} ran no test`)
  return { name, count }
}

async function run(label, command, argv) {
  const started = performance.now()
  const child = spawn(command, argv, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  children.add(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => output += text)
  }
  const status = await new Promise((resolve, reject) =>
    child.on('error', reject).on('close', resolve)
  )
  children.delete(child)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  if (status !== 0) {
    process.stdout.write(output)
    fail(`${label} (${seconds} s)`)
  }
  process.stdout.write(`ok ${label} (${seconds} s)\n`)
  return output
}

function countOf(name, output) {
  // The `dot` reporter prints a dot a test and no summary; the other two print one.
  if (name === 'node') return output.split('\n').filter((l) => /^[.X]+$/.test(l)).join('').length
  const match = name === 'bun' ? /(\d+) pass/.exec(output) : /(\d+) passed/.exec(output)
  return match ? Number(match[1]) : 0
}

function fail(what) {
  process.stdout.write(`\nnot ok: ${what}\n0 passed, 1 failed\n`)
  for (const child of children) child.kill()
  rmSync(home, { recursive: true, force: true })
  process.exit(1)
}
