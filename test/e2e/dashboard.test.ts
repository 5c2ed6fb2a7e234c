import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import {
  cleanEnv,
  executable,
  get,
  inHome,
  ownRuntime,
  runProgram,
  startServer,
  until,
} from './server.ts'

interface Sent {
  readonly status: number | undefined
  readonly cookie: string
  readonly text: string
}

/** A request with the headers that are said, as no `fetch` sends them. */
function send(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Sent> {
  const { method = 'GET', headers = {}, body } = options
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Uint8Array) => text += String(chunk))
      answer.on('end', () => {
        const cookie = /^[^;]*/.exec(answer.headers['set-cookie']?.[0] ?? '')![0]
        resolve({ status: answer.statusCode, cookie, text })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const FORM = { origin: 'null', 'content-type': 'application/x-www-form-urlencoded' }

/** What the page would do: the form, and then the dashboard with what it got. */
async function openedBy(
  page: string,
): Promise<{ origin: string; headers: Record<string, string> }> {
  const html = readFileSync(page, 'utf8')
  const [, action] = /action="([^"]+)"/.exec(html)!
  const [, code] = /name="code" value="([0-9a-f]{64})"/.exec(html)!
  const login = await send(action!, { method: 'POST', headers: FORM, body: `code=${code}` })
  assert.equal(login.status, 200)
  const [, secret] = /content="([0-9a-f.]{81})"/.exec(login.text)!
  const headers = { cookie: login.cookie, 'x-rampart-session': secret! }
  return { origin: new URL(action!).origin, headers }
}

const commands = [['this runtime', ownRuntime(), undefined], [
  'the executable',
  executable().command ?? [],
  executable().why,
]] as const

for (const [name, command, why] of commands) {
  test(`${name} serves the dashboard and opens it by a page that is gone when it was used`, {
    skip: why ?? false,
    timeout: 120_000,
  }, () =>
    inHome(async (home) => {
      const server = await startServer(command, home)
      const [program, ...argv] = [...command, 'dashboard', '--print', '--json']
      const child = spawn(program!, argv, {
        env: cleanEnv(home),
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      let printed = ''
      child.stdout.on('data', (chunk: Uint8Array) => printed += String(chunk))
      const exit = new Promise<number | null>((resolve) => child.on('exit', resolve))
      const told = await until(() => printed.endsWith('\n') ? JSON.parse(printed) : undefined)
      assert.deepEqual([told.url, told.opened], [`${server.url}/dashboard`, false])
      const { origin, headers } = await openedBy(told.page)
      assert.equal(await exit, 0)
      assert.equal(existsSync(told.page), false)
      assert.equal((await send(`${origin}/v1/status`, { headers })).status, 200)
      for (const file of ['', '/app.js', '/app.css', '/icon.svg']) {
        assert.equal((await send(`${origin}/dashboard${file}`)).status, 200, file)
      }
      const listed = await runProgram([...command, 'dashboard', 'sessions', '--json'], { home })
      assert.equal(JSON.parse(listed.out).sessions.length, 1)
      const ended = await runProgram([...command, 'dashboard', 'logout'], { home })
      assert.match(ended.out, /Ended 1 session\n/)
      assert.equal((await send(`${origin}/v1/status`, { headers })).status, 401)
      assert.equal((await server.end()).code, 0)
    }))
}

test(
  'F40 the browser is told of the page, and no argument holds the code',
  { timeout: 120_000 },
  () =>
    inHome(async (home) => {
      if (process.platform !== 'linux') return
      const server = await startServer(ownRuntime(), home)
      const bin = join(home, 'bin')
      mkdirSync(bin)
      const opener = join(bin, 'xdg-open')
      writeFileSync(opener, `#!/bin/sh\nprintf '%s\\n' "$@" > "${home}/opened"\n`)
      chmodSync(opener, 0o755)
      const [program, ...argv] = [...ownRuntime(), 'dashboard']
      const child = spawn(program!, argv, {
        env: cleanEnv(home, { PATH: `${bin}:${process.env.PATH}` }),
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      let printed = ''
      child.stdout.on('data', (chunk: Uint8Array) => printed += String(chunk))
      const exit = new Promise<number | null>((resolve) => child.on('exit', resolve))
      await until(() => printed.includes('\n') || undefined)
      assert.equal(printed, `Opening ${server.url}/dashboard\n`)
      const page = readFileSync(join(home, 'opened'), 'utf8').trim()
      const code = /value="([0-9a-f]{64})"/.exec(readFileSync(page, 'utf8'))![1]!
      assert.ok(!page.includes(code) && !printed.includes(code))
      await openedBy(page)
      assert.equal(await exit, 0)
      await server.end()
    }),
)

test(
  'an interrupted command leaves no page behind, a page left by a killed one goes with the next',
  {
    timeout: 120_000,
  },
  () =>
    inHome(async (home) => {
      const server = await startServer(ownRuntime(), home)
      const pages = () =>
        readdirSync(join(home, 'run')).filter((name) => /^dashboard-\w+\.html$/.test(name))
      const left = join(home, 'run', `dashboard-${'0'.repeat(16)}.html`)
      writeFileSync(left, 'of a killed one')
      const [program, ...argv] = [...ownRuntime(), 'dashboard', '--print']
      const child = spawn(program!, argv, {
        env: cleanEnv(home),
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      let printed = ''
      child.stdout.on('data', (chunk: Uint8Array) => printed += String(chunk))
      const gone = new Promise((resolve) => child.on('exit', resolve))
      await until(() => printed.includes('copy the page') || undefined)
      assert.equal(existsSync(left), false)
      assert.equal(pages().length, 1)
      process.kill(child.pid!, 'SIGINT')
      await gone
      assert.deepEqual(pages(), [])
      const { body } = await get(server, '/v1/dashboard/sessions')
      assert.deepEqual(body, { sessions: [] })
      await server.end()
    }),
)

test('without a server the command says so', () =>
  inHome(async (home) => {
    const { code, err } = await runProgram([...ownRuntime(), 'dashboard'], { home })
    assert.equal(code, 3)
    assert.match(err, /No server runs on/)
  }))
