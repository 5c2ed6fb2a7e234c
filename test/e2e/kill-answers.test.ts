import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { exec, get, inHome, ownRuntime, post, type Served, startServer, until } from './server.ts'

const ASKING = `version: "1"
default_action: allow
policies:
  - name: asking
    match: {tool: exec}
    rules:
      - {action: require_approval, when: {command_matches: "deploy*"}}
`
/** `.ci/run` asks for 20. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 2)
const CALLERS = 12
/** Answers that are waited for until the server is killed, in the middle of others. */
const ENOUGH = 20

/** What reached the outside: whose answer was confirmed, and which calls were let go. */
interface Told {
  readonly answered: Set<string>
  readonly released: Set<string>
  /** The command of each question that was seen. */
  readonly commands: Map<string, string>
}

async function caller(server: Served, name: string, { released }: Told): Promise<void> {
  for (let n = 0;; n++) {
    const command = `deploy ${name} ${n}`
    try {
      const { status } = await post(server, '/v1/tool/exec', exec(command))
      if (status === 200) released.add(command)
    } catch {
      return
    }
  }
}

/** Answers whatever is open, each question once and all at the same time. */
async function person(server: Served, { answered, commands }: Told): Promise<void> {
  const seen = new Set<string>()
  const answer = async (id: string) => {
    const { status } = await post(server, `/v1/approvals/${id}/resolve`, { approved: true })
    if (status === 200) answered.add(id)
  }
  try {
    for (;;) {
      const { body } = await get(server, '/v1/approvals?status=pending&limit=100')
      const open = body.approvals as { id: string; params: { command: string } }[]
      const fresh = open.filter(({ id }) => !seen.has(id))
      for (const { id, params } of fresh) {
        seen.add(id)
        commands.set(id, params.command)
      }
      await Promise.all(fresh.map(({ id }) => answer(id)))
    }
  } catch {
    // The server is gone.
  }
}

async function killed(home: string, round: number, told: Told): Promise<void> {
  const server = await startServer(ownRuntime(), home)
  const before = told.answered.size
  const work = Array.from({ length: CALLERS }, (_, n) => caller(server, `r${round}c${n}`, told))
  work.push(person(server, told))
  await until(() => told.answered.size - before >= ENOUGH ? true : undefined, 60_000)
  await server.end('SIGKILL')
  await Promise.all(work)
}

/** How often the trail has each approval approved and used. */
async function stepsIn(server: Served): Promise<Map<string, string[]>> {
  const steps = new Map<string, string[]>()
  for (let after = '';;) {
    const { body } = await get(server, `/v1/audit/events?kind=approval&limit=1000${after}`)
    for (const event of body.events as { links: string[]; decision: { action: string } }[]) {
      const [id = ''] = event.links
      steps.set(id, [...steps.get(id) ?? [], event.decision.action])
    }
    if (body.next === null) return steps
    after = `&after=${body.next}`
  }
}

/** A start looks through what was given beside taking calls. */
async function becomes(server: Served, id: string, wanted: string): Promise<void> {
  let status: unknown
  const isSo = async () => {
    const { body } = await get(server, `/v1/approvals/${id}`)
    status = body.status
    return status === wanted || undefined
  }
  await until(isSo, 20_000).catch(() => assert.equal(status, wanted, id))
}

test(`kill -9 while people answer, ${ROUNDS} times: no confirmed answer is lost, none is used twice`, () =>
  inHome(async (home) => {
    mkdirSync(join(home, 'policies'), { recursive: true, mode: 0o700 })
    writeFileSync(join(home, 'policies', 'p.yaml'), ASKING, { mode: 0o600 })
    const told: Told = { answered: new Set(), released: new Set(), commands: new Map() }
    for (let round = 0; round < ROUNDS; round++) await killed(home, round, told)
    const server = await startServer(ownRuntime(), home)
    const steps = await stepsIn(server)
    for (const id of told.answered) {
      const command = told.commands.get(id)!
      assert.equal(steps.get(id)?.filter((step) => step === 'approved').length, 1, command)
      const used = steps.get(id)!.filter((step) => step === 'used').length
      assert.ok(used <= 1, `${command}: used ${used} times`)
      await becomes(server, id, used === 1 ? 'used' : 'approved')
    }
    const twice = [...steps.values()].filter((all) =>
      all.filter((one) => one === 'used').length > 1
    )
    assert.deepEqual(twice, [])
    // Who was let go is not let go again for the same yes.
    for (const command of [...told.released].slice(-5)) {
      const again = await post(server, '/v1/tool/exec', exec(command), { prefer: 'respond-async' })
      assert.equal(again.status, 202, command)
    }
    await server.end()
  }))
