// What became of each test of a job, read from the JUnit file that each of the three runtimes writes.
import { isAbsolute, relative } from 'node:path'
import { root } from './test-jobs.ts'
import type { Measured } from './test-costs.ts'
import type { Ran } from './test-process.ts'

export interface Case {
  /** The test file; a runtime that does not know which writes another name. */
  readonly file: string
  readonly name: string
  readonly result: 'passed' | 'skipped' | 'failed'
  readonly seconds: number
}

const CASE = /<testcase((?:\s+[\w-]+="[^"]*")*)\s*(?:\/>|>([\s\S]*?)<\/testcase>)/g
const ATTRIBUTE = /([\w-]+)="([^"]*)"/g

/** The tests of a report, those that only hold others not among them where the runtime tells them apart. */
export function casesOf(xml: string): readonly Case[] {
  return [...xml.matchAll(CASE)].map(([, head = '', body = '']) => {
    const values = Object.fromEntries(
      [...head.matchAll(ATTRIBUTE)].map(([, name, value]) => [name, textOf(value!)]),
    )
    return {
      file: fileOf(values['file'] ?? values['classname'] ?? ''),
      name: values['name'] ?? '',
      result: /<failure\b/.test(body) ? 'failed' : /<skipped\b/.test(body) ? 'skipped' : 'passed',
      seconds: Number(values['time'] ?? 0),
    }
  })
}

/** Node counts a file without tests as a test of its name that passed: nothing is proved by it. */
export function proves({ file, name }: Case): boolean {
  return fileOf(name) !== file
}

function fileOf(path: string): string {
  return isAbsolute(path) ? relative(root, path) : path.replace(/^\.\//, '')
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

function textOf(value: string): string {
  // Node escapes what it has escaped already.
  const once = (text: string) =>
    text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name]!)
  return once(once(value)).replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(+code))
}

export interface Failure {
  readonly what: string
  /** The command that runs just that. */
  readonly again?: string
}

/** Everything that is wrong with a job that ended; empty where nothing is. */
export function failuresOf({ job, status, cases, seconds }: Ran): readonly Failure[] {
  const how = `${status}, ${seconds.toFixed(1)} s`
  if (job.tests === undefined) return status === 0 ? [] : [{ what: `${job.label} (${how})` }]
  const { runtime, files } = job.tests
  const again = (file: string) =>
    `npm test -- ${runtime} ${files.includes(file) ? file : files.join(' ')}`
  const told = cases.filter(({ result }) => result === 'failed')
    .map((one) => ({ what: `${runtime} ${one.file}: ${one.name}`, again: again(one.file) }))
  if (told.length === 0 && status !== 0) {
    return [{ what: `${job.label} (${how})`, again: again('') }]
  }
  // An empty file exits 0 on all three runtimes: a test is the proof that something ran.
  const empty = files.filter((file) => !cases.some((one) => one.file === file && proves(one)))
    .map((file) => ({ what: `${runtime} ${file} ran no test`, again: again(file) }))
  return [...told, ...empty]
}

/** What each file of a job cost, by the time that its tests took. */
export function sharesOf({ job, cases, cpu, seconds }: Ran): readonly Measured[] {
  if (job.tests === undefined) return []
  const { runtime, files } = job.tests
  const taken = (file: string) =>
    cases.reduce((sum, one) => sum + (one.file === file ? one.seconds : 0), 0)
  const all = files.reduce((sum, file) => sum + taken(file), 0)
  return files.map((file) => ({
    runtime,
    file,
    seconds: (cpu || seconds) * (all > 0 ? taken(file) / all : 1 / files.length),
  }))
}

const TOLD = 20

/** The slowest jobs, files and tests of a run, for people. */
export function timesOf(ran: readonly Ran[]): string {
  const jobs = ran.map(({ job, cpu, seconds }) => ({
    label: `${seconds.toFixed(1).padStart(6)} s by the clock  ${job.label}`,
    seconds: cpu,
  }))
  const tests = ran.flatMap(({ job, cases }) =>
    cases.map(({ file, name, seconds }) => ({
      label: `${job.tests?.runtime} ${file}: ${name}`,
      file: `${job.tests?.runtime} ${file}`,
      seconds,
    }))
  )
  const files = [...Map.groupBy(tests, ({ file }) => file)].map(([label, own]) => ({
    label,
    seconds: own.reduce((sum, one) => sum + one.seconds, 0),
  }))
  return listOf('jobs by processor time', jobs) + listOf('files by their tests', files) +
    listOf('tests', tests)
}

function listOf(
  title: string,
  rows: readonly { readonly label: string; readonly seconds: number }[],
): string {
  const lines = rows.toSorted((a, b) => b.seconds - a.seconds).slice(0, TOLD)
    .map(({ label, seconds }) => `  ${seconds.toFixed(1).padStart(6)} s  ${label}\n`)
  return `\nslowest ${title}:\n${lines.join('')}`
}
