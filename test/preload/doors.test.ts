import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { allow, type Bench, build, deny, HAS_VFORK, json, skipped, withBench } from './bench.ts'

const skip = skipped()

/** Doors that hand a line to a shell: the line is asked about, then what the shell starts. */
const LINES = new Set(['system', 'popen', 'old_popen', 'wordexp'])
/** Doors that answer an error where the others answer -1. */
const EPERM = 1

interface Row {
  readonly name: string
  readonly runs: boolean
  readonly err?: RegExp
  readonly env?: Record<string, string>
  set(bench: Bench): void | Promise<void>
}

const late: Bench['reply'] = () => {}

const approval = (status: string): Bench['reply'] => {
  let answered = false
  return (response, { url }) => {
    if (url.startsWith('/v1/approvals/')) {
      answered = true
      return json(response, { id: 'A1', status, message: 'x' })
    }
    const allowed = answered && status === 'approved'
    json(response, {
      allowed,
      decision: 'require_approval',
      message: 'a person has to say',
      policy: 'ask',
      approval_id: 'A1',
    })
  }
}

const ROWS: readonly Row[] = [
  { name: 'allow', runs: true, set: (bench) => void (bench.reply = allow) },
  {
    name: 'deny',
    runs: false,
    err: /^rampart: blocked: not that one \(no-touch\)\n/,
    set: (bench) => void (bench.reply = deny),
  },
  { name: 'ask, approved', runs: true, set: (bench) => void (bench.reply = approval('approved')) },
  {
    name: 'ask, denied',
    runs: false,
    err: /^rampart: blocked: a person has to say \(denied\)\n/,
    set: (bench) => void (bench.reply = approval('denied')),
  },
  {
    name: 'late',
    runs: false,
    err: /cannot decide \(the server did not answer in time\)/,
    env: { RAMPART_TIMEOUT_MS: '60' },
    set: (bench) => void (bench.reply = late),
  },
  {
    name: 'garbage',
    runs: false,
    err: /cannot decide \(the server's answer is unreadable\)/,
    set: (bench) =>
      void (bench.reply = (response) => response.end('{"allowed":true,"allowed":true}')),
  },
  {
    name: 'huge answer',
    runs: false,
    err: /cannot decide \(the server's answer is unreadable\)/,
    set: (bench) =>
      void (bench.reply = (response) =>
        response.end(`{"allowed":true,"decision":"allow","message":"${'x'.repeat(1 << 16)}"}`)),
  },
  {
    name: '503',
    runs: false,
    err: /cannot decide \(the server fails\)/,
    set: (bench) => void (bench.reply = (response) => json(response, { allowed: true }, 503)),
  },
  {
    name: 'down, closed',
    runs: false,
    err: /not running, and calls are closed/,
    env: { RAMPART_FAIL_OPEN: '0' },
    set: (bench) => bench.close(),
  },
  { name: 'down, open', runs: true, set: (bench) => bench.close() },
]

const doors = skip
  ? []
  : spawnSync(join(build('all', 'probes'), 'probe'), { encoding: 'utf8' }).stdout.trim().split('\n')

for (const row of ROWS) {
  test(`every door, ${row.name}`, { skip }, async () => {
    assert.ok(doors.length >= 20)
    await withBench(async (bench) => {
      await row.set(bench)
      const probe = join(build('all', 'probes'), 'probe')
      for (const door of doors) await through(bench, probe, door, row)
    })
  })
}

async function through(bench: Bench, probe: string, door: string, row: Row): Promise<void> {
  bench.asked.length = 0
  if (row.name.startsWith('ask')) row.set(bench)
  const marker = join(bench.dir, `${door}.marker`)
  const { out, err } = await bench.run([probe, door, marker], row.env)
  const what = `${door}, ${row.name}: ${out}${err}`
  assert.equal(existsSync(marker), row.runs, what)
  if (row.err !== undefined) assert.match(err, row.err, what)
  const told = HAS_VFORK || !door.startsWith('vfork')
  if (!row.runs && told) assert.match(out, refusalOf(door), what)
  if (row.name === 'allow') checkAsked(bench, door, marker, out)
}

function refusalOf(door: string): RegExp {
  if (/spawn/.test(door)) return new RegExp(`^${EPERM} `)
  return door === 'wordexp' ? /^4 1$/m : /^-1 1$/m
}

function checkAsked(bench: Bench, door: string, marker: string, out: string): void {
  const programs = bench.asked.map(({ body }) => body.params.program)
  const argv = bench.asked.map(({ body }) => body.params.argv)
  if (LINES.has(door)) {
    assert.deepEqual(programs, ['/bin/sh', '/usr/bin/touch'], door)
    const line = `touch ${marker}`
    assert.deepEqual(argv[0], ['sh', '-c', door === 'wordexp' ? `$(${line})` : line])
    return
  }
  assert.deepEqual(programs, ['/usr/bin/touch'], door)
  assert.deepEqual(argv, [['ls', marker]], door)
  const { url, body } = bench.asked[0]!
  assert.equal(url, '/v1/preflight/exec')
  assert.equal(body.enforce, true)
  assert.equal(body.layer, 'preload')
  assert.equal(body.cwd, join(bench.dir, 'work'))
  assert.ok(Number(body.pid) > 1)
  assert.equal((body.parents as number[]).includes(process.pid), true, door)
  // Doors that come back leave errno as it was.
  if (/spawn/.test(door)) assert.match(out, /^0 4242$/m, door)
}
