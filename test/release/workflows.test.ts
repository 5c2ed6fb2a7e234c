import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { ROOT } from '../e2e/server.ts'

const DIR = join(ROOT, '.github', 'workflows')

interface Step {
  readonly name?: string
  readonly uses?: string
  readonly run?: string
  readonly env?: Readonly<Record<string, string>>
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>
  readonly 'timeout-minutes'?: number
  readonly steps: readonly Step[]
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, Job>>
}

const workflows = readdirSync(DIR).map((name) => {
  const text = readFileSync(join(DIR, name), 'utf8')
  return { name, text, read: parse(text) as Workflow }
})
const jobs = workflows.flatMap(({ name, read }) =>
  Object.entries(read.jobs).map(([id, job]) => ({ where: `${name} ${id}`, read, job }))
)

test('workflows may do what they need and no more', () => {
  assert.deepEqual(workflows.map(({ name }) => name).sort(), ['ci.yml', 'release.yml'])
  const granted = jobs.map(({ where, read, job }) =>
    [where, job.permissions ?? read.permissions] as const
  )
  assert.deepEqual(Object.fromEntries(granted), {
    'ci.yml check': { contents: 'read' },
    'release.yml check': { contents: 'read' },
    'release.yml archives': { contents: 'write' },
    'release.yml package': { contents: 'read', 'id-token': 'write' },
  })
  for (const { where, job } of jobs) assert.ok((job['timeout-minutes'] ?? 360) <= 60, where)
})

test('no line of a workflow is made of what somebody else may write, and there is no secret in any', () => {
  for (const { where, job } of jobs) {
    for (const { run, uses, env = {} } of job.steps) {
      // Code of others comes in by the hash of a commit or not at all.
      assert.match(uses ?? `x@${'0'.repeat(40)}`, /@[0-9a-f]{40}$/, where)
      assert.ok(!/\$\{\{/.test(run ?? ''), `${where}: ${run}`)
      assert.ok(Object.values(env).every((value) => value === '${{ github.token }}'), where)
    }
  }
  for (const { name, text } of workflows) assert.ok(!/secrets\./.test(text), name)
})

test('a release is what was checked whole: it waits for the check, and the tag is the version', () => {
  const { jobs: release } = workflows.find(({ name }) => name === 'release.yml')!.read
  for (const id of ['archives', 'package']) {
    assert.equal((release[id] as Job & { needs: string }).needs, 'check')
  }
  const ran = release['check']!.steps.map(({ run }) => run).join('\n')
  assert.match(ran, /GITHUB_REF_NAME.*package\.json.*version/)
  assert.match(ran, /bash \.ci\/run/)
})

test('what the workflows call is there', () => {
  const scripts = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts
  for (const { where, job } of jobs) {
    for (const { run = '' } of job.steps) {
      for (const [, name] of run.matchAll(/npm run (\w+)/g)) assert.ok(scripts[name!], where)
      for (const [, path] of run.matchAll(/bash (\S+)/g)) assert.ok(existsSync(join(ROOT, path!)))
    }
  }
})
