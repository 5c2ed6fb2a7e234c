import assert from 'node:assert/strict'
import { mkdirSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { browse, submit } from '../helpers/browse.ts'
import { httpReceiver } from '../helpers/sinks.ts'
import { exec, get, inHome, ownRuntime, post, type Served, startServer, until } from './server.ts'

interface Sent {
  readonly id: string
  readonly type: string
  readonly link: string
  readonly event: { readonly session: string; readonly decision: { readonly message: string } }
}

interface Receiver {
  readonly sent: Sent[]
  readonly url: string
  /** Told of each request before it is answered; nothing is answered where it says so. */
  before: (sent: Sent) => 'answer' | 'hang'
  close(): Promise<void>
}

async function receiving(): Promise<Receiver> {
  const sent: Sent[] = []
  const one: Receiver = { sent, url: '', before: () => 'answer', close: () => Promise.resolve() }
  const receiver = await httpReceiver(({ body }, response) => {
    const message = JSON.parse(body) as Sent
    sent.push(message)
    if (one.before(message) === 'answer') response.end()
  })
  return Object.assign(one, { url: `http://127.0.0.1:${receiver.port}/`, close: receiver.close })
}

const POLICY = (notify: string) =>
  `version: "1"
default_action: allow
${notify}
policies:
  - name: p
    match: {tool: exec}
    rules:
      - {action: deny, when: {command_matches: ["rm -rf *"]}, message: "No."}
      - {action: require_approval, when: {command_matches: ["deploy*"]}}
`

const told = (url: string) => `notify: {url: "${url}", allow_private: true, name: mine}`

/** As editors save: a new file, then its name. */
function save(home: string, text: string): void {
  const file = join(home, 'policies', 'p.yaml')
  mkdirSync(join(home, 'policies'), { recursive: true, mode: 0o700 })
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

const call = (session: string, command: string) => ({ ...exec(command), session })

async function names(server: Served): Promise<string[]> {
  const { body } = await get(server, '/v1/status')
  return (body.notify as { name: string }[]).map(({ name }) => name)
}

test('kill -9 between sending and remembering: it comes again with its id, and nothing is left out', () =>
  inHome(async (home) => {
    const one = await receiving()
    save(home, POLICY(told(one.url)))
    let server = await startServer(ownRuntime(), home)
    for (let round = 0; round < 3; round++) {
      await until(async () => (await names(server)).length === 1 ? true : undefined)
      const running = server
      one.before = () => {
        process.kill(running.pid, 'SIGKILL')
        return 'hang'
      }
      const before = one.sent.length
      await post(server, '/v1/tool/exec', call(`r${round}`, 'rm -rf /')).catch(() => {})
      await until(() => one.sent.length > before ? true : undefined)
      await until(() => running.child.exitCode ?? running.child.signalCode ?? undefined)
      one.before = () => 'answer'
      server = await startServer(ownRuntime(), home)
      const id = one.sent.at(-1)!.id
      await until(() => one.sent.filter((sent) => sent.id === id).length > 1 ? true : undefined)
    }
    const sessions = one.sent.filter(({ type }) => type === 'deny').map(({ event }) =>
      event.session
    )
    assert.deepEqual([...new Set(sessions)], ['r0', 'r1', 'r2'])
    await server.end()
    await one.close()
  }))

test('who is notified changes with the policies, while the server runs', () =>
  inHome(async (home) => {
    const [one, other] = [await receiving(), await receiving()]
    save(home, POLICY(''))
    const server = await startServer(ownRuntime(), home)
    assert.deepEqual(await names(server), [])
    await post(server, '/v1/tool/exec', call('before', 'rm -rf /'))
    save(home, POLICY(told(one.url)))
    await until(async () => (await names(server)).length === 1 ? true : undefined)
    await post(server, '/v1/tool/exec', call('first', 'rm -rf /'))
    await until(() => one.sent.length === 1 ? true : undefined)
    assert.equal(one.sent[0]!.event.session, 'first')
    save(home, POLICY(told(other.url)))
    let turn = 0
    await until(async () => {
      await post(server, '/v1/tool/exec', call(`s${++turn}`, 'rm -rf /'))
      return other.sent.length > 0 ? true : undefined
    })
    // A file that is no good changes nothing, and is told itself.
    save(home, 'version: "1"\n')
    const refused = await until(() => other.sent.find(({ type }) => type === 'error'))
    assert.match(refused.link, /\/dashboard#\/audit\/event\/[0-9A-Z]{26}$/)
    await server.end()
    await one.close()
    await other.close()
  }))

test('a question, its link, the page, an answer, and the call that waited: the whole way', () =>
  inHome(async (home) => {
    const one = await receiving()
    save(home, POLICY(told(one.url)))
    const server = await startServer(ownRuntime(), home)
    const waiting = post(server, '/v1/tool/exec', call('s', 'deploy --to production'))
    waiting.catch(() => {})
    const { link } = await until(() => one.sent.find(({ type }) => type === 'require_approval'))
    assert.ok(link.startsWith(`${server.url}/approve/`))
    assert.equal((await browse(link, { method: 'HEAD' })).status, 200)
    const { text, form } = await browse(link)
    assert.match(text, /deploy --to production/)
    assert.equal((await submit(link, form, 'approve')).status, 200)
    const { status, body } = await waiting
    assert.deepEqual([status, body.allowed, body.approval_status], [200, true, 'approved'])
    assert.equal((await submit(link, form, 'deny')).status, 410)
    const id = String(body.approval_id)
    const { body: approval } = await get(server, `/v1/approvals/${id}`)
    assert.deepEqual([approval.resolved_by, approval.channel], ['link:mine', 'link'])
    for (const name of ['link.key', 'webhook.key']) {
      assert.equal(statSync(join(home, 'keys', name)).mode & 0o777, 0o600)
    }
    await server.end()
    await one.close()
  }))

test('notify of config.yaml is followed; a broken or lost file ends no alert', () =>
  inHome(async (home) => {
    const [one, two] = [await receiving(), await receiving()]
    save(home, POLICY(''))
    const config = join(home, 'config.yaml')
    const write = (text: string) => {
      writeFileSync(`${config}.new`, text, { mode: 0o600 })
      renameSync(`${config}.new`, config)
    }
    const entry = ({ url }: Receiver, name: string) =>
      `notify: {url: "${url}", allow_private: true, name: ${name}, on: [deny]}\n`
    write('mode: enforce\n')
    const server = await startServer(ownRuntime(), home)
    const becomes = (wanted: string) =>
      until(async () => (await names(server)).join() === wanted ? true : undefined)
    try {
      assert.deepEqual(await names(server), [])
      write(entry(one, 'first'))
      await becomes('first')
      write('notify: {url: 7}\n')
      await until(() => /config\.yaml is broken/.test(server.printed()) ? true : undefined)
      unlinkSync(config)
      await post(server, '/v1/tool/exec', call('s1', 'rm -rf /w/x'))
      await until(() => one.sent.length > 0 ? true : undefined)
      write(entry(two, 'second'))
      await becomes('second')
      await post(server, '/v1/tool/exec', call('s2', 'rm -rf /w/x'))
      await until(() => two.sent.some(({ event }) => event.session === 's2') ? true : undefined)
      write('mode: enforce\n')
      await becomes('')
    } finally {
      await server.end()
      await Promise.all([one.close(), two.close()])
    }
  }))
