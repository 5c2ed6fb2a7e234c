import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ORIGIN, type Page, page } from '../helpers/dashboard.ts'

type Headers = Record<string, string>

const ADMIN: Headers = { authorization: 'Bearer admin-token' }

async function post(one: Page, path: string, body: unknown, headers: Headers) {
  const answer = await one.send(path, {
    method: 'POST',
    headers: { origin: ORIGIN, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: answer.status, body: await answer.json() as Record<string, string> }
}

async function newCode(one: Page): Promise<string> {
  const { status, body } = await post(one, '/v1/dashboard/step-ups', {}, ADMIN)
  assert.equal(status, 201)
  assert.match(body.code!, /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/)
  return body.code!
}

const enter = (one: Page, session: Headers, code: string) =>
  post(one, '/v1/dashboard/step-up', { code }, session)

/** What the server says of keeping a rule; it has no place for one here, so it never makes it. */
async function keeps(one: Page, session: Headers): Promise<boolean> {
  const rule = { action: 'allow', pattern: 'deploy' }
  const { body } = await post(one, '/v1/rules', rule, session)
  return body.code !== 'step_up_required'
}

test('F19 the dashboard keeps no rule and removes none without a code of the terminal', async () => {
  const one = await page()
  const session = await one.login()
  assert.equal(await keeps(one, session), false)
  for (const path of ['/v1/rules/any', '/v1/rules']) {
    const headers = { origin: ORIGIN, ...session }
    const answer = await one.send(path, { method: 'DELETE', headers })
    assert.deepEqual([answer.status, (await answer.json()).code], [403, 'step_up_required'])
  }
  assert.equal(await keeps(one, ADMIN), true)
  assert.equal((await enter(one, session, (await newCode(one)).toLowerCase())).status, 200)
  assert.equal(await keeps(one, session), true)
  // Another tab has a session of its own.
  assert.equal(await keeps(one, await one.login()), false)
  await one.bench.clock.advance(5 * 60_000)
  assert.equal(await keeps(one, session), false)
})

test('F19 an answer that is kept for good needs it, one for once does not', async () => {
  const one = await page()
  const session = await one.login()
  const call = { agent: 'a', session: 's', params: { command: 'deploy' } }
  const asked = await post(one, '/v1/tool/exec', call, { ...ADMIN, prefer: 'respond-async' })
  const path = `/v1/approvals/${asked.body.approval_id}/resolve`
  const always = { approved: true, scope: 'always' }
  assert.equal((await post(one, path, always, session)).body.code, 'step_up_required')
  assert.equal((await post(one, path, { approved: true, persist: true }, session)).status, 403)
  assert.equal((await post(one, path, { approved: true }, session)).status, 200)
})

test('F19 a code works once, for a minute, for a session alone, and a newer one makes it void', async () => {
  const one = await page()
  const session = await one.login()
  const code = await newCode(one)
  assert.equal((await enter(one, ADMIN, code)).status, 403)
  const entered = await enter(one, session, code)
  assert.equal(entered.status, 200)
  assert.equal(Date.parse(entered.body.until!) - one.bench.clock.now(), 5 * 60_000)
  assert.equal((await enter(one, session, code)).status, 403)
  const old = await newCode(one)
  const newer = await newCode(one)
  assert.equal((await enter(one, session, old)).status, 403)
  await one.bench.clock.advance(60_000)
  assert.equal((await enter(one, session, newer)).status, 403)
  // The dashboard itself makes none.
  assert.equal((await post(one, '/v1/dashboard/step-ups', {}, session)).status, 403)
})

test('F19 five wrong codes make the right one void, and each is in the trail', async () => {
  const one = await page()
  const session = await one.login()
  const code = await newCode(one)
  for (let i = 0; i < 5; i++) assert.equal((await enter(one, session, 'AAAA-AAAA')).status, 403)
  assert.equal((await enter(one, session, code)).status, 403)
  assert.equal(await keeps(one, session), false)
  const refused = one.bench.trail.filter(({ decision }) => decision.action === 'step_up_refused')
  assert.equal(refused.length, 5)
  assert.ok(!JSON.stringify(one.bench.trail).includes(code))
})

test('F19 of many who enter one code at once one has it', async () => {
  const one = await page()
  const sessions = await Promise.all(Array.from({ length: 5 }, () => one.login()))
  const code = await newCode(one)
  const answers = await Promise.all(sessions.map((session) => enter(one, session, code)))
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
})
