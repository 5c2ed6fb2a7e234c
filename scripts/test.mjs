// The whole suite: types, format, lint, and the same test files on Node, Bun and Deno, so many at a time
// as there are cores. `npm test -- node test/engine` narrows it to one runtime and the files whose path
// holds the word; `npm test -- --slowest` runs each file alone and says which took longest, and with
// `--keep-going` the first failure is not the last word.
import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { CHECKS, countOf, jobsOf, root, RUNTIMES } from './test-jobs.ts'
import { makePlace } from './test-place.ts'

/** Longest that one job may take. */
const JOB_MINUTES = 8
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const alone = process.argv.includes('--slowest')
const goesOn = process.argv.includes('--keep-going')
const chosen = RUNTIMES.filter((name) => words.includes(name))
const runtimes = chosen.length > 0 ? chosen : RUNTIMES
const filter = words.filter((word) => !RUNTIMES.includes(word))

const files = globSync('test/**/*.test.ts', { cwd: root })
  .filter((file) => filter.length === 0 || filter.some((word) => file.includes(word)))
  .sort()

/** What still runs, each the leader of a group with all that it started: a failure ends them all. */
const children = new Set()
const place = makePlace(process.env)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(130))

if (files.length === 0) fail(`no test file matches ${filter.join(' ')}`)

const jobs = jobsOf(runtimes, files, alone)
const ran = []
const failed = []
const waiting = [...(words.length === 0 ? CHECKS : []), ...jobs]
await Promise.all(Array.from({ length: availableParallelism() }, async () => {
  for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await run(job)
}))
if (failed.length > 0) fail(failed.join('\nnot ok: '))
report()
end(0)

async function run(job) {
  const { status, output, seconds } = await finished(job)
  const counts = job.tests && countOf(job.tests.runtime, output)
  // An empty file exits 0 on all three runtimes: a count is the proof that something ran.
  const none = status === 0 && counts !== undefined && counts.passed + counts.skipped === 0
  if (status !== 0 || none) {
    process.stdout.write(output)
    const how = none ? 'ran no test' : `${status}, ${seconds.toFixed(1)} s`
    if (!goesOn) fail(`${job.label} (${how})`)
    failed.push(`${job.label} (${how})`)
    return
  }
  if (counts === undefined) process.stdout.write(`ok ${job.label} (${seconds.toFixed(1)} s)\n`)
  else {
    ran.push({ ...job.tests, passed: counts.passed, seconds })
    tellOf(job.tests.runtime)
  }
}

/** The exit code of a job, what it printed, and how long it took. */
async function finished({ command, argv, tests }) {
  const started = performance.now()
  const env = place.envOf(tests?.quick === true)
  const options = { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true }
  const child = spawn(command, argv, options)
  children.add(child)
  // What a test left running ends with it, and holds no pipe open.
  child.on('exit', () => killGroup(child))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => output += text)
  }
  // What hangs is told, with all that it printed, and does not keep everybody waiting.
  const hung = setTimeout(() => {
    output += `\nStopped: it takes longer than ${JOB_MINUTES} minutes\n`
    killGroup(child)
  }, JOB_MINUTES * 60_000)
  const status = await new Promise((resolve, reject) =>
    child.on('error', reject).on('close', (code, signal) => resolve(signal ?? code))
  )
  clearTimeout(hung)
  children.delete(child)
  return { status, output, seconds: (performance.now() - started) / 1000 }
}

/** A line once a runtime has run all its files. */
function tellOf(name) {
  const own = ran.filter(({ runtime }) => runtime === name)
  if (own.length < jobs.filter(({ tests }) => tests.runtime === name).length) return
  const seconds = own.reduce((sum, one) => sum + one.seconds, 0)
  process.stdout.write(`ok ${name} (${seconds.toFixed(1)} s in ${own.length} processes)\n`)
}

function report() {
  const counts = runtimes.map((name) => {
    const own = ran.filter(({ runtime }) => runtime === name)
    if (alone) tellSlowest(name, own)
    const count = own.reduce((sum, { passed }) => sum + passed, 0)
    if (count === 0) fail(`${name} ran no test`)
    return { name, count }
  })
  const total = counts.reduce((sum, { count }) => sum + count, 0)
  const each = counts.map(({ name, count }) => `${name} ${count}`).join(', ')
  const seconds = (performance.now() / 1000).toFixed(0)
  process.stdout.write(`\n${files.length} files: ${each} (${seconds} s)\n`)
  process.stdout.write(`${total} passed, 0 failed\n`)
}

function tellSlowest(name, own) {
  process.stdout.write(`\nslowest on ${name}:\n`)
  for (const { seconds, files } of own.toSorted((a, b) => b.seconds - a.seconds).slice(0, 10)) {
    process.stdout.write(`  ${seconds.toFixed(1).padStart(6)} s  ${files[0]}\n`)
  }
}

function fail(what) {
  process.stdout.write(`\nnot ok: ${what}\n0 passed, 1 failed\n`)
  end(1)
}

function end(code) {
  for (const child of children) killGroup(child)
  place.remove()
  process.exit(code)
}

function killGroup({ pid }) {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Gone by itself.
  }
}
