import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { parse } from 'yaml'
import { HOST_NAMES } from '../../src/hosts/host.ts'
import { HOOK_POLICY } from '../helpers/hook.ts'
import { build, run, SHIM, whyNot } from '../shim/bench.ts'
import { inHome, ownRuntime, runProgram, type Served, startServer } from './server.ts'

const skip = whyNot()
const at = (path: string) => new URL(`../fixtures/hosts/${path}`, import.meta.url)

interface Case {
  readonly name: string
  readonly first?: readonly object[]
  readonly sample?: string
  readonly event?: object
  readonly raw?: string
  readonly change?: object
}

/** Without a server a question is a denial, and with one it waits: that row is not the same by every way. */
const NAMES = new Set(
  ['allow', 'deny', 'log', 'unknown tool', 'malformed', 'empty', 'response leak'],
)

const SESSIONS = ['session_id', 'sessionId', 'sessionKey', 'session', 'conversation_id', 'taskId']

/** The events of a case, in a session of their own: what a host was told before is nothing to them. */
function eventsOf({ first = [], sample, event, raw, change }: Case, session: string): string[] {
  const own = (one: object) => {
    const named = SESSIONS.filter((key) => Object.hasOwn(one, key)).map((key) => [key, session])
    return JSON.stringify({ ...one, ...Object.fromEntries(named) })
  }
  const base = sample === undefined
    ? event ?? {}
    : JSON.parse(readFileSync(at(`samples/${sample}`), 'utf8'))
  return [...first.map(own), raw ?? own({ ...base, ...change })]
}

interface Told {
  readonly exit: number | null
  readonly text: string
}

type Way = (host: string, event: string) => Promise<Told>

/** What the trail says of the last event, without what differs from process to process. */
function trailOf(home: string, from: number): unknown[] {
  return lines(home).slice(from).map((line) => {
    const { kind, tool, request, decision, enforced, mode, agent } = JSON.parse(line)
    const { pid: _pid, parents: _parents, ...asked } = request
    const { eval_us: _us, ...said } = decision
    return { kind, tool, asked, said, enforced, mode, agent }
  }).filter(({ kind }) => ['decision', 'response', 'alert'].includes(kind))
}

function lines(home: string): string[] {
  const dir = join(home, 'audit')
  return readdirSync(dir).filter((name) => /^\d.*\.jsonl$/.test(name)).sort()
    .flatMap((name) => readFileSync(join(dir, name), 'utf8').split('\n'))
    .filter((line) => line !== '')
}

const told = ({ code, out, err }: { code: number | null; out: string; err: string }): Told => ({
  exit: code,
  text: (code === 0 ? out : err).trim(),
})

/** The server, its client in C, and the executable that decides by itself: each with its home. */
function waysOf(server: Served, served: string, alone: string): Record<string, [string, Way]> {
  return {
    post: [served, (host, event) => post(server.socket, host, event)],
    client: [served, async (host, event) => {
      const words = ['hook', host, '--bin', '/bin/false', '--home', served]
      const more = ['--socket', server.socket, '--timeout-ms', '60000']
      return told(await run(SHIM, [...words, ...more], { input: event }))
    }],
    alone: [alone, async (host, event) => {
      const words = [...ownRuntime(), 'hook', '--format', host]
      return told(await runProgram(words, { home: alone, input: event }))
    }],
  }
}

function post(socket: string, host: string, event: string): Promise<Told> {
  return new Promise((resolve, reject) => {
    const headers = { 'rampart-timeout-ms': '60000', 'content-length': Buffer.byteLength(event) }
    const sent = request({ socketPath: socket, method: 'POST', path: `/v1/hook/${host}`, headers })
    sent.on('error', reject).on('response', (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (part: string) => text += part)
      answer.on('end', () => {
        resolve({ exit: Number(answer.headers['rampart-exit']), text: text.trim() })
      })
    })
    sent.end(event)
  })
}

let ways: Record<string, [string, Way]>
let end: () => void = () => {}
let whole: Promise<unknown> | undefined

before(async () => {
  if (skip !== undefined) return
  build()
  await new Promise<void>((ready, failed) => {
    whole = inHome(async (served) => {
      const alone = join(dirname(served), 'alone')
      for (const home of [served, alone]) {
        mkdirSync(join(home, 'policies'), { recursive: true, mode: 0o700 })
        writeFileSync(join(home, 'policies', 'hosts.yaml'), HOOK_POLICY, { mode: 0o600 })
      }
      const server = await startServer(ownRuntime(), served)
      ways = waysOf(server, served, alone)
      const over = new Promise<void>((resolve) => end = resolve)
      ready()
      await over
      await server.end()
    })
    whole.catch(failed)
  })
})

after(async () => {
  end()
  await whole
})

for (const host of HOST_NAMES) {
  const cases = (parse(readFileSync(at(`${host}.yaml`), 'utf8')) as Case[])
    .filter(({ name }) => NAMES.has(name))

  test(
    `${host}: server, client in C and executable answer and record alike`,
    { skip },
    async () => {
      assert.equal(cases.length, NAMES.size)
      for (const one of cases) {
        const seen: Record<string, { answer: Told; trail: unknown[] }> = {}
        for (const [name, [home, send]] of Object.entries(ways)) {
          const events = eventsOf(one, `${one.name} by ${name}`)
          for (const event of events.slice(0, -1)) await send(host, event)
          const from = count(home)
          const answer = await send(host, events.at(-1)!)
          seen[name] = { answer, trail: trailOf(home, from) }
        }
        assert.notDeepEqual(seen['post']!.trail, [], one.name)
        assert.deepEqual(seen['client'], seen['post'], one.name)
        assert.deepEqual(seen['alone'], seen['post'], one.name)
      }
    },
  )
}

/** None before the first. */
function count(home: string): number {
  try {
    return lines(home).length
  } catch {
    return 0
  }
}
