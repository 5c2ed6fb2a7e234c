import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { randomHex } from '../../src/adapters/hash.ts'
import { ownRuntime, type Ran, runProgram, type Served, startServer } from '../e2e/server.ts'
import { OWNER, SERVING, type TestPostgres } from './postgres.ts'

export const ASKING = `version: "1"
default_action: allow
policies:
  - name: asking
    match: {tool: exec}
    rules:
      - {action: require_approval, when: {command_matches: "deploy*"}}
      - {action: deny, when: {command_matches: "forbidden*"}}
      - {action: deny, when: {command_matches: "counted*", call_count: {tool: exec, gte: 3, window: 1h}}}
      - {action: allow, once: true, when: {command_matches: "single*"}}
      - {action: deny, when: {command_matches: "single*"}, message: "that was the once"}
`

/** One server with a state directory of its own. */
export interface Replica {
  readonly home: string
  readonly server: Served
  run(argv: readonly string[]): Promise<Ran>
}

/** Make the schema as a person does, and hand over what was printed. */
export async function migrateByCommand(postgres: TestPostgres): Promise<Ran> {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-migrate-'))
  const argv = ['store', 'migrate', '--store', postgres.url(OWNER), '--serving-role', SERVING.user]
  try {
    const env = { PGPASSWORD: OWNER.password }
    return await runProgram([...ownRuntime(), ...argv], { home: join(dir, 'home'), env })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** A state directory that names the store, ready to be served from. */
export function replicaHome(
  dir: string,
  store: string,
  { tenant, policy = ASKING }: { readonly tenant: string; readonly policy?: string },
): string {
  const home = join(dir, `home-${randomHex(3)}`)
  mkdirSync(join(home, 'policies'), { recursive: true, mode: 0o700 })
  mkdirSync(join(home, 'keys'), { mode: 0o700 })
  const config = `store: ${store}\nstore_tenant: ${tenant}\napproval_timeout: 60s\n`
  writeFileSync(join(home, 'config.yaml'), config, { mode: 0o600 })
  writeFileSync(join(home, 'keys', 'store.password'), `${SERVING.password}\n`, { mode: 0o600 })
  writeFileSync(join(home, 'policies', 'p.yaml'), policy, { mode: 0o600 })
  return home
}

/** So many servers of one tenant that no other test has; all gone afterwards. */
export async function withReplicas(
  postgres: TestPostgres,
  count: number,
  body: (replicas: readonly Replica[]) => Promise<void>,
): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-replicas-'))
  const tenant = `t-${randomHex(8)}`
  const servers: Served[] = []
  const start = async (): Promise<Replica> => {
    const home = replicaHome(dir, postgres.url(SERVING), { tenant })
    const server = await startServer(ownRuntime(), home)
    servers.push(server)
    return { home, server, run: (argv) => runProgram([...ownRuntime(), ...argv], { home }) }
  }
  try {
    await body(await Promise.all(Array.from({ length: count }, start)))
  } finally {
    for (const { child } of servers) {
      if (child.exitCode === null && child.signalCode === null) process.kill(child.pid!, 'SIGKILL')
    }
    rmSync(dir, { recursive: true, force: true })
  }
}

/** The output of a command that must succeed, as JSON. */
export async function jsonOf(running: Promise<Ran>): Promise<Record<string, unknown>> {
  const { code, out, err } = await running
  assert.equal(code, 0, err)
  return JSON.parse(out)
}
