import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { type Answered, exec, get, post, until } from '../e2e/server.ts'
import { dashboard, findBrowser, goTo, type Opened } from './browser.ts'

const { path, why } = findBrowser()
const skip = why ?? false
const timeout = 120_000
const ASYNC = { prefer: 'respond-async' }
const POLICY = `version: "1"
default_action: allow
policies:
  - name: releases
    rules:
      - {action: require_approval, when: {command_matches: "deploy*"}, message: A release needs a person}
`

async function withPolicy(body: (opened: Opened) => Promise<void>): Promise<void> {
  const policyIn = (home: string) => {
    writeFileSync(`${home}.yaml`, POLICY)
    return `${home}.yaml`
  }
  await dashboard(path!, { policyIn }, body)
}

const approve = (page: Page) => page.getByRole('button', { name: 'Approve' }).first().click()

async function pendingIds(opened: Opened): Promise<string[]> {
  const { body } = await get(opened.server, '/v1/approvals?status=pending')
  return (body.approvals as { id: string }[]).map(({ id }) => id)
}

test(
  'always, of the same program: the rule is shown, kept and removed again',
  { skip, timeout },
  () =>
    withPolicy(async ({ server, page, complaints }) => {
      await goTo(page, 'approvals')
      const held = post(server, '/v1/tool/exec', exec('deploy --fast one', { cwd: '/w' }))
      await page.locator('.answer-bar').waitFor()
      await page.getByLabel('Always').check()
      await page.locator('.choices').waitFor()
      // Nothing is allowed for good before it is said what.
      await approve(page)
      await page.getByText('Choose first what is always allowed').waitFor()
      const choice = page.locator('.choice', { hasText: 'The same program' }).last()
      assert.match(await choice.innerText(), /deploy/)
      assert.match(await choice.innerText(), /of the last/)
      await choice.getByRole('radio').check()
      await approve(page)
      // Whoever drives the browser has no terminal (security.md F19).
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Code').waitFor()
      const { body: { code } } = await post(server, '/v1/dashboard/step-ups', {})
      await dialog.getByLabel('Code').fill(String(code).toLowerCase())
      await dialog.getByRole('button', { name: 'Go on' }).click()
      assert.equal((await held).status, 200)
      const kept = page.locator('.said', { hasText: 'Kept as rule' })
      await kept.waitFor()
      const next = await post(server, '/v1/tool/exec', exec('deploy --slow two', { cwd: '/w' }))
      assert.deepEqual([next.status, next.body.approval_id], [200, undefined])
      const { body: { rules } } = await get(server, '/v1/rules')
      const [rule] = rules as { id: string; scope: string; generalisation: string }[]
      assert.deepEqual([rule?.scope, rule?.generalisation], ['always', 'program'])
      assert.ok((await kept.innerText()).includes(rule!.id))
      assert.deepEqual(complaints, [])
    }),
)

test(
  'several are answered by their ids: what came meanwhile is not among them',
  { skip, timeout },
  () =>
    withPolicy(async (opened) => {
      const { server, page } = opened
      for (const name of ['one', 'two']) {
        await post(server, '/v1/tool/exec', exec(`deploy ${name}`), ASYNC)
      }
      await goTo(page, 'approvals')
      await page.locator('.asks li').nth(1).waitFor()
      await page.getByLabel('Select all that are listed').check()
      await post(server, '/v1/tool/exec', exec('deploy late'), ASYNC)
      await page.locator('.asks', { hasText: 'deploy late' }).waitFor()
      await page.getByRole('button', { name: 'Deny 2' }).click()
      await page.getByText('Denied 2 of 2').waitFor()
      const left = await pendingIds(opened)
      assert.equal(left.length, 1)
      const one: Answered = await get(server, `/v1/approvals/${left[0]}`)
      assert.deepEqual(one.body.params, { command: 'deploy late' })
    }),
)

test(
  'a no says why, and the caller is told',
  { skip, timeout },
  () =>
    withPolicy(async ({ server, page }) => {
      await goTo(page, 'approvals')
      const held = post(server, '/v1/tool/exec', exec('deploy now'))
      await page.locator('.answer-bar').waitFor()
      await page.getByLabel('Reason, of a no').fill('Not on a Friday')
      await page.getByRole('button', { name: 'Deny' }).first().click()
      const { status, body } = await held
      assert.equal(status, 403)
      assert.match(String(body.message), /Not on a Friday/)
    }),
)

test(
  'a letter typed into the reason answers nothing',
  { skip, timeout },
  () =>
    withPolicy(async (opened) => {
      const { server, page } = opened
      await post(server, '/v1/tool/exec', exec('deploy now'), ASYNC)
      await goTo(page, 'approvals')
      await page.locator('.answer-bar').waitFor()
      await page.getByLabel('Reason, of a no').pressSequentially('add a day', { delay: 90 })
      assert.equal((await pendingIds(opened)).length, 1)
    }),
)

test('a question that another answers is said to be settled, and none takes its place unasked', {
  skip,
  timeout,
}, () =>
  withPolicy(async (opened) => {
    const { server, page } = opened
    await post(server, '/v1/tool/exec', exec('deploy one'), ASYNC)
    const [id] = await pendingIds(opened)
    await goTo(page, `approvals/${id}`)
    await page.locator('.answer-bar').waitFor()
    await post(server, '/v1/tool/exec', exec('deploy two'), ASYNC)
    await post(server, `/v1/approvals/${id}/resolve`, { approved: false })
    await page.getByText('This question is settled').waitFor()
    assert.equal(await page.locator('.answer-bar').count(), 0)
    assert.ok((await page.locator('.detail').innerText()).includes('deploy one'))
    await page.keyboard.press('a')
    await until(async () => (await pendingIds(opened)).length === 1 || undefined)
  }))
