import assert from 'node:assert/strict'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { exec, get, inHome, ownRuntime, post, type Served, startServer, until } from './server.ts'

const DENYING = (word: string) =>
  `version: "1"
default_action: allow
policies:
  - name: stop
    match: {tool: exec}
    rules: [{action: deny, when: {command_matches: "${word}*"}}]
`

async function decisionOf(server: Served, command: string): Promise<unknown> {
  return (await post(server, '/v1/preflight/exec', exec(command))).body.decision
}

/** Resolves once /healthz tells of a fault. */
async function degraded(server: Served): Promise<string> {
  return await until(async () => {
    const { body } = await get(server, '/healthz')
    const { faults } = body.policy as { faults: readonly unknown[] }
    return faults.length > 0 ? JSON.stringify(faults) : undefined
  })
}

const SPOILT: readonly (readonly [string, (file: string) => void])[] = [
  ['removed', (file) => rmSync(file)],
  ['replaced by a directory', (file) => {
    rmSync(file)
    mkdirSync(file)
  }],
  ['5 MB large', (file) => writeFileSync(file, `${DENYING('make')}${'#'.repeat(5_000_000)}`)],
  ['broken YAML', (file) => writeFileSync(file, 'version: "1"\ndefault_action: [\n')],
  ['empty', (file) => writeFileSync(file, '')],
]

for (const [what, spoil] of SPOILT) {
  test(`a policy ${what} while running: the last good stays, healthz says so, a good one is taken`, () =>
    inHome(async (home) => {
      const file = join(home, 'policies', 'p.yaml')
      mkdirSync(join(home, 'policies'), { recursive: true, mode: 0o700 })
      writeFileSync(file, DENYING('make'), { mode: 0o600 })
      const server = await startServer(ownRuntime(), home)
      assert.equal(await decisionOf(server, 'make all'), 'deny')
      spoil(file)
      await degraded(server)
      assert.equal(await decisionOf(server, 'make all'), 'deny')
      rmSync(file, { recursive: true, force: true })
      writeFileSync(`${file}.new`, DENYING('ninja'), { mode: 0o600 })
      renameSync(`${file}.new`, file)
      await until(async () => await decisionOf(server, 'ninja') === 'deny' ? true : undefined)
      assert.equal((await get(server, '/healthz')).body.status, 'ok')
      await server.end()
    }))
}
