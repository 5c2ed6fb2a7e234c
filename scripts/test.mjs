// The whole suite: types, format, lint, and the same test files on Node, Bun and Deno, one more at a time
// than there are cores, since some wait. Without words everything runs on Node, and what costs little on
// all three; `--whole` leaves nothing out. `npm test -- node test/engine` narrows it to one runtime and the
// files whose path holds the word. `--keep-going`: the first failure is not the last word. `--times` tells
// what took longest, `--slowest` the same with each file in a process of its own; `--record` keeps it for
// the order of the next runs.
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { CHECKS, isLeftToCi, jobsOf, root, RUNTIMES } from './test-jobs.ts'
import { recordCosts } from './test-costs.ts'
import { makePlace } from './test-place.ts'
import { killAll, runJob } from './test-process.ts'
import { failuresOf, sharesOf, timesOf } from './test-report.ts'

const OPTIONS = ['--whole', '--keep-going', '--times', '--slowest', '--record']
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const given = process.argv.slice(2).filter((word) => word.startsWith('--'))
const alone = given.includes('--slowest')
const goesOn = given.includes('--keep-going')
const chosen = RUNTIMES.filter((name) => words.includes(name))
const runtimes = chosen.length > 0 ? chosen : RUNTIMES
const filter = words.filter((word) => !RUNTIMES.includes(word))
/** Who names files means them. */
const whole = given.includes('--whole') || filter.length > 0

const all = globSync('test/**/*.test.ts', { cwd: root }).sort()
const files = all.filter((file) =>
  filter.length === 0 || filter.some((word) => file.includes(word))
)
const left = (name) => whole ? [] : files.filter((file) => isLeftToCi(name, file))

const place = makePlace(process.env, given.includes('--whole'))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(130))

const wrong = given.find((word) => !OPTIONS.includes(word))
if (wrong !== undefined) fail(`unknown option ${wrong}: one of ${OPTIONS.join(', ')}`)
if (files.length === 0) fail(`no test file matches ${filter.join(' ')}`)

const filesOn = (name) => files.filter((file) => !left(name).includes(file))
const jobs = jobsOf(runtimes, filesOn, alone)
const ran = []
const failed = []
const waiting = [...(words.length === 0 ? CHECKS : []), ...jobs]
await Promise.all(Array.from({ length: availableParallelism() + 1 }, async () => {
  for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await run(job)
}))
if (given.includes('--times') || alone) process.stdout.write(timesOf(ran))
if (failed.length > 0) end(tellFailed())
if (given.includes('--record')) recordCosts(ran.flatMap(sharesOf), all)
report()
end(0)

async function run(job) {
  const done = await runJob(job, place)
  const failures = failuresOf(done)
  ran.push(done)
  if (failures.length > 0) {
    process.stdout.write(done.output)
    failed.push(...failures)
    if (!goesOn) end(tellFailed())
  } else if (job.tests === undefined) {
    process.stdout.write(`ok ${job.label} (${done.seconds.toFixed(1)} s)\n`)
  } else tellOf(job.tests.runtime)
}

function ownOf(name) {
  return ran.filter(({ job }) => job.tests?.runtime === name)
}

function sum(list, what) {
  return list.reduce((total, one) => total + what(one), 0)
}

function passedIn(list) {
  return sum(list, ({ cases }) => cases.filter(({ result }) => result === 'passed').length)
}

/** A line once a runtime has run all its files. */
function tellOf(name) {
  const own = ownOf(name)
  if (own.length < jobs.filter(({ tests }) => tests.runtime === name).length) return
  const seconds = sum(own, (one) => one.seconds).toFixed(1)
  const cpu = sum(own, (one) => one.cpu).toFixed(1)
  process.stdout.write(
    `ok ${name} (${seconds} s in ${own.length} processes, ${cpu} s of processor)\n`,
  )
}

function report() {
  const counts = runtimes.map((name) => {
    const count = passedIn(ownOf(name))
    if (count === 0) fail(`${name} ran no test`)
    return `${name} ${count}`
  })
  const seconds = (performance.now() / 1000).toFixed(0)
  const cpu = sum(ran, (one) => one.cpu).toFixed(0)
  process.stdout.write(
    `\n${files.length} files: ${counts.join(', ')} (${seconds} s, ${cpu} s of processor)\n`,
  )
  for (const name of runtimes) {
    const count = left(name).length
    if (count > 0) {
      process.stdout.write(`${count} files are left to CI on ${name}: npm test -- --whole\n`)
    }
  }
  process.stdout.write(`${passedIn(ran)} passed, 0 failed\n`)
}

/** What failed, said once more where people look, with the words that run just that. Gives an exit code. */
function tellFailed() {
  process.stdout.write('\nfailed:\n')
  for (const { what, again } of failed) {
    process.stdout.write(`not ok: ${what}\n`)
    if (again !== undefined) process.stdout.write(`        ${again}\n`)
  }
  const stopped = waiting.length > 0 ? ` (${waiting.length} jobs not run: --keep-going)` : ''
  process.stdout.write(`${passedIn(ran)} passed, ${failed.length} failed${stopped}\n`)
  return 1
}

function fail(what) {
  process.stdout.write(`\nnot ok: ${what}\n0 passed, 1 failed\n`)
  end(1)
}

function end(code) {
  killAll()
  place.remove()
  process.exit(code)
}
