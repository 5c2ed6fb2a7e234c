import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { exec, get, post, until } from '../e2e/server.ts'
import { AXE, violations } from './axe.ts'
import { dashboard, findBrowser, goTo, type Opened } from './browser.ts'

const { path, why } = findBrowser()
const skip = why ?? false
const PAGES = ['now', 'approvals', 'audit', 'policies', 'try', 'agents'] as const

const SCRIPT = '<script>window.pwned=1</script><img src=x onerror="window.pwned=1">'
const HIDDEN = 'deploy \u202egpj.exe\u202c \u200b\u2066x\u2069 pаypal'
const POLICY = `version: "1"
default_action: allow
policies:
  - name: releases
    description: '${SCRIPT}'
    rules:
      - {action: require_approval, when: {command_matches: "*deploy*"}, message: 'Deploying needs a person ${SCRIPT}'}
      - {action: require_approval, when: {path_matches: "/w/config/**"}, message: The configuration changes}
      - {action: deny, when: {command_matches: "rm -rf /"}, message: Not here}
`
const ASYNC = { prefer: 'respond-async' }

async function withPolicy(body: (opened: Opened) => Promise<void>): Promise<void> {
  const policyIn = (home: string) => {
    const policy = `${home}.yaml`
    writeFileSync(policy, POLICY)
    return policy
  }
  await dashboard(path!, { policyIn }, body)
}

test(
  'a person logs in by the page, sees the whole call, approves by a key, and the caller goes on',
  {
    skip,
    timeout: 120_000,
  },
  () =>
    withPolicy(async ({ server, page, complaints }) => {
      await goTo(page, 'approvals')
      await page.getByText('Nothing waits for you').waitFor()
      const command = 'cd /w && deploy --to production > /w/log'
      const held = post(server, '/v1/tool/exec', exec(command, { cwd: '/w' }))
      await page.locator('.asks-why', { hasText: 'Deploying needs a person' }).waitFor()
      const text = await page.locator('.detail').innerText()
      for (
        const part of [command, 'releases/1', 'deploy --to production', '/w/log', '/w', 'admin']
      ) {
        assert.ok(text.includes(part), part)
      }
      await page.locator('.tree').waitFor()
      await answerBy(page, 'a')
      const { status, body } = await held
      assert.deepEqual([status, body.allowed, body.approval_status], [200, true, 'approved'])
      const { body: { events } } = await get(
        server,
        '/v1/audit/events?kind=approval&action=approved',
      )
      const [{ principal, via }] = events as [{ principal: string; via: string }]
      assert.deepEqual([principal, via], ['admin', 'dashboard'])
      const again = post(server, '/v1/tool/exec', exec('deploy again'))
      await page.locator('.detail', { hasText: 'deploy again' }).waitFor()
      await answerBy(page, 'd')
      assert.equal((await again).status, 403)
      assert.deepEqual(complaints, [])
    }),
)

/** Keys count once the call has been in sight; a person presses when it is, a test until it did. */
async function answerBy(page: Page, key: string): Promise<void> {
  const said = page.locator('.said .notice', { hasText: key === 'a' ? 'Approved' : 'Denied' })
  await until(async () => {
    await page.keyboard.press(key)
    return await said.isVisible() || undefined
  })
}

test(
  'a key pressed the moment a call appears answers nothing',
  { skip, timeout: 120_000 },
  () =>
    withPolicy(async ({ server, page }) => {
      await page.clock.install()
      await goTo(page, 'approvals')
      // However long the machine takes: the page's own time stands.
      await page.clock.pauseAt(await page.evaluate(() => Date.now() + 1000))
      await post(server, '/v1/tool/exec', exec('deploy now'), ASYNC)
      const bar = page.locator('.detail .answer-bar')
      await until(async () => {
        if (await bar.isVisible()) return true
        await page.clock.runFor(50)
        return undefined
      })
      await page.keyboard.press('a')
      await page.clock.runFor(100)
      const { body } = await get(server, '/v1/approvals?status=pending')
      assert.equal((body.approvals as unknown[]).length, 1)
    }),
)

test('F13 nothing that an agent chose becomes markup or hides, on any page', {
  skip,
  timeout: 120_000,
}, () =>
  withPolicy(async ({ server, page, complaints }) => {
    const calls = [
      ['exec', { ...exec(`deploy ${SCRIPT}`), agent: SCRIPT, session: SCRIPT }],
      ['exec', exec(HIDDEN)],
      ['exec', exec(`deploy ${'A'.repeat(90_000)} rm -rf /tmp/tail`)],
      ['edit', {
        agent: 'a',
        session: 's',
        params: {
          path: `/w/config/${SCRIPT}`,
          old_string: SCRIPT,
          new_string: `${SCRIPT}\n\u202ex\n${' '.repeat(90_000)}tail`,
        },
      }],
    ] as const
    const ids: string[] = []
    for (const [tool, body] of calls) {
      const answer = await post(server, `/v1/tool/${tool}`, body, ASYNC)
      assert.equal(answer.status, 202)
      ids.push(String(answer.body.approval_id))
    }
    const texts: string[] = []
    for (const id of ids) {
      await goTo(page, `approvals/${id}`)
      await page.locator('.answer-bar').waitFor()
      texts.push(await page.locator('.detail').innerText())
    }
    assert.ok(texts[0]!.includes(`deploy ${SCRIPT}`) && texts[0]!.includes(`${SCRIPT} wants`))
    assert.ok(texts[1]!.includes('\\u{202e}gpj.exe') && texts[1]!.includes('\\u{200b}'))
    assert.ok(texts[1]!.includes('p[U+430]ypal'), 'words of mixed script are named')
    assert.ok(texts[2]!.includes('rm -rf /tmp/tail') && texts[2]!.includes('more characters'))
    assert.ok(texts[3]!.includes(SCRIPT) && texts[3]!.includes('\\u{202e}x'))
    assert.match(texts[3]!, /…\d+ more…[^]*tail/)
    assert.doesNotMatch(texts.join(''), /[\u202a-\u202e\u2066-\u2069\u200b]/)
    for (const name of PAGES) {
      await goTo(page, name)
      await settled(page, name)
      assert.equal(await page.locator('#app script, #app img, #app iframe').count(), 0, name)
    }
    await goTo(page, 'policies')
    await page.locator('summary', { hasText: 'releases' }).click()
    await page.locator('.rules').getByText(SCRIPT).first().waitFor()
    assert.equal(await page.evaluate(() => (globalThis as { pwned?: number }).pwned), undefined)
    assert.deepEqual(complaints, [])
  }))

test('axe finds nothing serious on any page, light or dark, wide or narrow', {
  skip,
  timeout: 180_000,
}, () =>
  withPolicy(async ({ server, page, context }) => {
    await context.addInitScript(AXE.source)
    await post(server, '/v1/tool/exec', exec('rm -rf /'))
    for (const call of ['deploy a', HIDDEN]) await post(server, '/v1/tool/exec', exec(call), ASYNC)
    await page.reload()
    const found: string[] = []
    for (const [width, height] of [[1280, 800], [360, 740]] as const) {
      await page.setViewportSize({ width, height })
      // What is narrow has the same colours.
      for (const colorScheme of width > 400 ? ['light', 'dark'] as const : ['dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        for (const name of PAGES) {
          await goTo(page, name)
          await settled(page, name)
          found.push(
            ...(await violations(page)).map((each) => `${name} ${colorScheme} ${width}: ${each}`),
          )
          const wide = await page.evaluate(() => document.documentElement.scrollWidth)
          if (wide > width) found.push(`${name} ${width}: it is ${wide} wide`)
        }
      }
    }
    assert.deepEqual(found, [])
  }))

async function settled(page: Page, name: string): Promise<void> {
  const ready = {
    now: '.stream tbody tr',
    approvals: '.answer-bar',
    audit: 'main table tbody tr',
    policies: '.policy',
    try: 'textarea',
    agents: 'main table',
  }
  await page.locator((ready as Record<string, string>)[name]!).first().waitFor()
  if (name !== 'try') return
  await page.fill('textarea', 'cat /etc/shadow | sh')
  await page.locator('.tree').waitFor()
}
