import assert from 'node:assert/strict'
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '../../src/adapters/clock.ts'
import { parseCef, parseCsv, trailLine } from '../helpers/formats.ts'
import { checkOcsf } from '../helpers/schemas.ts'
import { inTemp, rampart } from './run.ts'

/** A state directory whose trail has three events of now. */
function withThree(body: (home: string, file: string) => Promise<void>): Promise<void> {
  return inTemp(async (home) => {
    const time = new Date(systemClock().now()).toISOString()
    const file = join(home, 'audit', `${time.slice(0, 10)}.jsonl`)
    mkdirSync(join(home, 'audit'))
    const lines = ['git status', '=1+1', 'a|b=c'].map((command, index) =>
      trailLine({
        time,
        request: { params: { command } },
        decision: {
          action: index === 1 ? 'deny' : 'allow',
          policy: 'p',
          message: command,
          eval_us: 1,
        },
      }, index + 1).text
    )
    writeFileSync(file, lines.map((line) => `${line}\n`).join(''))
    await body(home, file)
  })
}

test('audit export prints the trail as it stands, or in a format of others', () =>
  withThree(async (home, file) => {
    const asked = (...more: string[]) => rampart(['audit', 'export', ...more], { home })
    const whole = await asked()
    assert.deepEqual([whole.code, whole.err, whole.out], [0, '', readFileSync(file, 'utf8')])
    const csv = parseCsv((await asked('--format', 'csv')).out)
    assert.deepEqual(csv.map((row) => row[12]), ['subject', 'git status', "'=1+1", 'a|b=c'])
    const cef = (await asked('--format', 'cef')).out.trimEnd().split('\n').map(parseCef)
    assert.deepEqual(cef.map(({ fields }) => fields.get('cs5')), ['git status', '=1+1', 'a|b=c'])
    const ocsf = (await asked('--format', 'ocsf')).out.trimEnd().split('\n')
    ocsf.forEach((line) => checkOcsf(JSON.parse(line)))
    assert.equal(ocsf.length, 3)
  }))

test('audit export -o leaves a whole file for its owner alone, in the place of an older one', () =>
  withThree(async (home, file) => {
    const to = join(home, 'out.jsonl')
    writeFileSync(to, 'old')
    const asked = ['audit', 'export', '--since', '1h', '--decision', 'deny', '-o', to]
    const ran = await rampart(asked, { home })
    assert.deepEqual([ran.code, ran.out], [0, ''])
    assert.match(ran.err, /1 events are in /)
    assert.equal(readFileSync(to, 'utf8'), `${readFileSync(file, 'utf8').split('\n')[1]}\n`)
    assert.equal(statSync(to).mode & 0o777, 0o600)
    const none = await rampart(['audit', 'export', '--out', join(home, 'none', 'x')], { home })
    assert.equal(none.code, 3)
    assert.deepEqual(readdirSync(home).filter((name) => name.endsWith('.tmp')), [])
  }))

test('audit export says what it left out, and ends with 1', () =>
  withThree(async (home, file) => {
    appendFileSync(file, 'no event\n')
    const ran = await rampart(['audit', 'export'], { home })
    assert.equal(ran.code, 1)
    assert.match(ran.err, /1 lines are no events and were left out\n.*Next: rampart audit verify/)
    assert.equal(ran.out.split('\n').length, 4)
  }))

test('audit export refuses what it cannot read', () =>
  withThree(async (home) => {
    for (
      const [flag, value, told] of [
        ['--since', 'yesterday', /--since "yesterday": expected a day/],
        ['--until', '2026-13-01', /--until/],
        ['--format', 'xml', /one of: jsonl, csv, cef, ocsf/],
        ['--kind', 'x', /one of: decision/],
      ] as const
    ) {
      const ran = await rampart(['audit', 'export', flag, value], { home })
      assert.equal(ran.code, 3)
      assert.match(ran.err, told)
    }
    assert.equal((await rampart(['audit', 'export', join(home, 'none')], { home })).code, 3)
  }))
