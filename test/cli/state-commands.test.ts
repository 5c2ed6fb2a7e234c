import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { inTemp, rampart } from './run.ts'

interface Event {
  readonly kind: string
  readonly decision: { readonly action: string }
  readonly via: string
}

function trail(home: string): Event[] {
  const dir = join(home, 'audit')
  return readdirSync(dir).filter((name) => /^\d.*\.jsonl$/.test(name)).sort()
    .flatMap((name) => readFileSync(join(dir, name), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line))
}

test('token create, list, show, revoke: shown once, found by a start of its id, all in the trail', () =>
  inTemp(async (home) => {
    const made = await rampart(
      ['token', 'create', '--agent', 'ci', '--scope', 'eval,audit', '--expires', '30d', '--json'],
      { home },
    )
    assert.equal(made.code, 0, made.err)
    const created = JSON.parse(made.out)
    assert.deepEqual(Object.keys(created).sort(), ['agent', 'expires_at', 'id', 'scopes', 'token'])
    assert.deepEqual([created.agent, created.scopes], ['ci', ['eval', 'audit']])

    const list = await rampart(['token', 'list', '--json'], { home })
    assert.ok(!list.out.includes(created.token))
    assert.deepEqual(JSON.parse(list.out).tokens[0].status, 'valid')
    const shown = await rampart(['token', 'show', created.id.slice(0, 12)], { home })
    assert.match(shown.out, new RegExp(`${created.id} {2}valid {2}ci {2}eval,audit`))

    assert.equal((await rampart(['token', 'revoke', created.id], { home })).code, 0)
    assert.equal((await rampart(['token', 'revoke', created.id], { home })).code, 3)
    const after = await rampart(['token', 'list', '--json'], { home })
    assert.equal(JSON.parse(after.out).tokens[0].status, 'revoked')

    const events = trail(home)
    assert.deepEqual(events.map(({ kind, decision, via }) => [kind, decision.action, via]), [
      ['token', 'created', 'cli'],
      ['token', 'revoked', 'cli'],
    ])
    assert.ok(!JSON.stringify(events).includes(created.token))
    const verified = await rampart(['audit', 'verify'], { home })
    assert.equal(verified.code, 0, verified.out + verified.err)
  }))

const WRONG: readonly (readonly [readonly string[], RegExp])[] = [
  [['token', 'create'], /needs --agent/],
  [['token', 'create', '--agent', 'a', '--scope', 'evil'], /Unknown scope "evil"/],
  [['token', 'create', '--agent', 'a', '--expires', 'soon'], /expected a time with its unit/],
  [['token', 'create', '--agent', ''], /agent/],
  [['token', 'show', 'ZZ'], /No token starts with "ZZ"/],
  [['off'], /--for 10m/],
  [['off', '--for', '2d'], /24 hours/],
  [['off', '--for', 'ever'], /expected a time with its unit/],
]

for (const [argv, message] of WRONG) {
  test(`refused with exit 3: ${argv.join(' ')}`, () =>
    inTemp(async (home) => {
      const { code, err } = await rampart(argv, { home })
      assert.equal(code, 3)
      assert.match(err, message)
    }))
}

test('off --for and on are recorded; on says whether it was off', () =>
  inTemp(async (home) => {
    const off = await rampart(['off', '--for', '10m', '--json'], { home })
    assert.equal(off.code, 0, off.err)
    assert.match(JSON.parse(off.out).off_until, /^\d{4}-/)
    assert.deepEqual(JSON.parse((await rampart(['on', '--json'], { home })).out), { was_off: true })
    assert.deepEqual(JSON.parse((await rampart(['on', '--json'], { home })).out), {
      was_off: false,
    })
    const events = trail(home).filter(({ kind }) => kind === 'mode')
    assert.deepEqual(events.map(({ decision }) => decision.action), ['off', 'on'])
  }))

test('audit tail shows the newest events, oldest first, as text and as JSON lines', () =>
  inTemp(async (home) => {
    for (const agent of ['a', 'b', 'c']) {
      await rampart(['token', 'create', '--agent', agent], { home })
    }
    const { code, out } = await rampart(['audit', 'tail', '--n', '2', '--json'], { home })
    assert.equal(code, 0)
    const events = out.trim().split('\n').map((line) => JSON.parse(line))
    assert.deepEqual(events.map(({ seq, agent }) => [seq, agent]), [[2, 'b'], [3, 'c']])
    const text = await rampart(['audit', 'tail'], { home })
    assert.equal(text.out.trim().split('\n').length, 3)
    assert.match(text.out, /token {2}created/)
    assert.equal((await rampart(['audit', 'tail', '--n', 'x'], { home })).code, 3)
  }))

test('audit verify: 1 for a changed line, 3 for a directory that is not there', () =>
  inTemp(async (home) => {
    await rampart(['token', 'create', '--agent', 'a'], { home })
    await rampart(['token', 'create', '--agent', 'b'], { home })
    const dir = join(home, 'audit')
    const name = readdirSync(dir).find((one) => /^\d.*\.jsonl$/.test(one))!
    const { writeFileSync } = await import('node:fs')
    const text = readFileSync(join(dir, name), 'utf8')
    writeFileSync(join(dir, name), text.replace('"agent":"a"', '"agent":"x"'))
    const { code, out } = await rampart(['audit', 'verify', '--json'], { home })
    assert.equal(code, 1, out)
    assert.equal((await rampart(['audit', 'verify', join(home, 'absent')], { home })).code, 3)
  }))

test('init makes the state directory and a policy that lints; a second one keeps the file', () =>
  inTemp(async (home) => {
    const first = await rampart(['init', '--profile', 'ci', '--json'], { home })
    assert.equal(first.code, 0, first.err)
    const { policy, created } = JSON.parse(first.out)
    assert.equal(created, true)
    assert.match(readFileSync(policy, 'utf8'), /^extends: ci$/m)
    assert.equal((await rampart(['policy', 'lint', policy], { home })).code, 0)
    const second = await rampart(['init', '--json'], { home })
    assert.equal(JSON.parse(second.out).created, false)
    assert.match(readFileSync(policy, 'utf8'), /^extends: ci$/m)
  }))

test('status without a server says so and names the level', () =>
  inTemp(async (home) => {
    const { code, out } = await rampart(['status'], { home })
    assert.equal(code, 0)
    assert.match(out, /No server runs on/)
    assert.match(out, /L0/)
  }))
