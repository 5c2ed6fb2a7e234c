import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import {
  exec,
  inHome,
  ownRuntime,
  post,
  runProgram,
  type Served,
  startServer,
  until,
} from './server.ts'

/** `.ci/run` asks for 20. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 2)
const CLIENTS = 50
const ENOUGH = 150

/** Ask until the server is gone; every answer that came back whole is kept. */
async function client(server: Served, name: string, kept: Set<string>): Promise<void> {
  for (let n = 0;; n++) {
    try {
      const path = n % 2 === 0 ? '/v1/tool/exec' : '/v1/preflight/exec'
      const { status, body } = await post(server, path, exec('git status', { session: name }))
      if (status === 200) kept.add(String(body.audit_id))
      else if (status !== 429) return
    } catch {
      return
    }
  }
}

function recorded(home: string): Set<string> {
  const dir = join(home, 'audit')
  const lines = readdirSync(dir).filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(dir, name), 'utf8').split('\n'))
  const ids = new Set<string>()
  for (const line of lines) {
    const id = /"id":"([0-9A-Z]{26})"/.exec(line)?.[1]
    if (id !== undefined) ids.add(id)
  }
  return ids
}

test(`kill -9 under ${CLIENTS} clients, ${ROUNDS} times: every acknowledged decision is in the trail`, () =>
  inHome(async (home) => {
    const kept = new Set<string>()
    for (let round = 0; round < ROUNDS; round++) {
      const server = await startServer(ownRuntime(), home)
      const before = kept.size
      const clients = Array.from(
        { length: CLIENTS },
        (_, n) => client(server, `r${round}c${n}`, kept),
      )
      await until(() => kept.size - before >= ENOUGH ? true : undefined, 30_000)
      await server.end('SIGKILL')
      await Promise.all(clients)
    }
    assert.ok(kept.size >= ROUNDS * ENOUGH)
    const server = await startServer(ownRuntime(), home)
    await server.end()
    const ids = recorded(home)
    assert.deepEqual([...kept].filter((id) => !ids.has(id)), [])
    const verified = await runProgram([...ownRuntime(), 'audit', 'verify', '--json'], { home })
    assert.equal(verified.code, 0, verified.out + verified.err)
  }))
