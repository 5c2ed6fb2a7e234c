import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { inHome, ownRuntime, runProgram as runCli, startServer } from '../e2e/server.ts'
import { live } from '../helpers/http-live.ts'
import { onlyOn } from '../helpers/runtime.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const openapi = `${root}/openapi`

test('the clients were generated from this description: node scripts/clients.mjs', () => {
  const hash = createHash('sha256').update(readFileSync(`${openapi}/openapi.json`)).digest('hex')
  assert.equal(readFileSync(`${openapi}/clients.sha256`, 'utf8'), `${hash}  openapi.json\n`)
})

/** What the generators' programs need to find what is installed; nothing is fetched. */
const env = {
  ...process.env,
  HOME: userInfo().homedir,
  PYTHONPATH: `${openapi}/python`,
  PYTHONDONTWRITEBYTECODE: '1',
  GOPROXY: 'off',
  GOFLAGS: '-mod=readonly',
  GOTOOLCHAIN: 'local',
}

interface Program {
  readonly cwd: string
  /** Exits 0 when the program can be run here. */
  readonly probe: readonly string[]
  readonly command: readonly string[]
  readonly needs: string
}

const CLIENTS: readonly (Program & { readonly name: string })[] = [
  {
    name: 'Python',
    cwd: root,
    probe: ['python3', '-c', 'import httpx, attrs'],
    command: ['python3', 'test/clients/smoke.py'],
    needs: 'python3 with httpx and attrs',
  },
  {
    name: 'Go',
    cwd: `${openapi}/go`,
    probe: ['go', 'list', '-deps', '.'],
    command: ['go', 'test', '-count=1', './...'],
    needs: 'go with the modules of openapi/go (cd openapi/go && go mod download)',
  },
]

/** Why it is not run here; CI has what every program needs. */
function missing({ cwd, probe, needs }: Program): string | undefined {
  const elsewhere = onlyOn('node', 'a client asks any server of this description')
  if (elsewhere) return elsewhere
  const found = spawnSync(probe[0]!, probe.slice(1), { cwd, env })
  if (found.status === 0) return undefined
  assert.equal(process.env['CI'], undefined, `CI needs ${needs}`)
  return `needs ${needs}`
}

for (const client of CLIENTS) {
  test(`the ${client.name} client gets a typed denial, a typed problem and a date`, (t) => {
    const why = missing(client)
    if (why !== undefined) return t.skip(why)
    return live(async ({ url, api }) => {
      const where = { SMOKE_URL: url, SMOKE_TOKEN: 'eval-token' }
      const ran = await runProgram(client.command, client.cwd, where)
      assert.equal(ran.code, 0, ran.output)
      assert.equal(api.decided.length, 1)
      assert.deepEqual(api.decided[0]?.params, { command: 'rm -rf /' })
    })
  })
}

const GUARD: Program = {
  cwd: root,
  probe: ['python3', '-c', 'import httpx'],
  command: ['python3', 'test/clients/guard.py'],
  needs: 'python3 with httpx',
}

const POLICY = `version: "1"
default_action: allow
policies:
  - name: shell
    match: {tool: exec}
    rules:
      - {action: deny, when: {command_matches: ["rm -rf *"]}, message: Not that}
      - {action: require_approval, when: {command_matches: ["deploy *"]}, message: A person looks}
  - name: files
    match: {tool: [read, write]}
    rules:
      - {action: deny, when: {path_matches: ["/secret/**"]}, message: Secrets stay}
  - name: net
    match: {tool: fetch}
    rules:
      - {action: deny, when: {domain_matches: [evil.example]}, message: Not there}
  - name: moves
    match: {tool: mcp__files__move}
    rules:
      - {action: deny, when: {tool_param_matches: {path: "/tmp/*", force: "true"}}, message: Not by force}
  - name: outputs
    match: {tool: [exec, read]}
    rules:
      - {action: deny, when: {response_matches: ["sk-[a-z0-9]{8,}"]}, message: A key}
`

/** A server on that policy, and what programs are told of it. */
async function guardServer(home: string): Promise<Record<string, string>> {
  mkdirSync(join(home, 'policies'), { recursive: true, mode: 0o700 })
  writeFileSync(join(home, 'policies', 'guard.yaml'), POLICY)
  const served = await startServer(ownRuntime(), home)
  const created = await runCli(
    [...ownRuntime(), 'token', 'create', '--agent', 'tester', '--scope', 'eval', '--json'],
    { home },
  )
  assert.equal(created.code, 0, created.err)
  const { token } = JSON.parse(created.out) as { token: string }
  return { GUARD_HOME: home, GUARD_URL: served.url, GUARD_TOKEN: token }
}

test('rampart.guard for Python asks, waits, denies and fails closed', (t) => {
  const why = missing(GUARD)
  if (why !== undefined) return t.skip(why)
  return inHome(async (home) => {
    const served = await guardServer(home)
    const ran = await runProgram(GUARD.command, GUARD.cwd, served)
    assert.equal(ran.code, 0, ran.output)
    // A file that runs none of its tests ends with 0, too.
    const tests = readFileSync(`${root}/test/clients/guard.py`, 'utf8').match(/^def test_/gm)
    assert.equal(ran.output.match(/^ok test_/gm)?.length, tests?.length, ran.output)
  })
})

const GO: Program = {
  cwd: `${openapi}/go`,
  probe: ['go', 'list', '-deps', './...'],
  command: ['go', 'test', '-count=1', '-timeout=120s', '-v', '-run', '^Test', '.'],
  needs: 'go with the modules of openapi/go (cd openapi/go && go mod download)',
}

test('Guard for Go asks, waits, denies and fails closed; without races', (t) => {
  const why = missing(GO)
  if (why !== undefined) return t.skip(why)
  return inHome(async (home) => {
    const served = await guardServer(home)
    const race = process.env['CI'] === undefined ? [] : ['-race']
    const ran = await runProgram([...GO.command, ...race], GO.cwd, served)
    assert.equal(ran.code, 0, ran.output)
    assert.doesNotMatch(ran.output, /--- SKIP: TestLive/)
    assert.match(ran.output, /--- PASS: TestLiveWaitsForAPerson/)
  })
})

test('the client for Go is vetted, and staticcheck finds nothing', async (t) => {
  const why = missing(GO)
  if (why !== undefined) return t.skip(why)
  const vetted = await runProgram(['go', 'vet', './...'], GO.cwd, {})
  assert.equal(vetted.code, 0, vetted.output)
  const strict = { ...GO, probe: ['staticcheck', '-version'], needs: 'staticcheck' }
  const none = missing(strict)
  if (none !== undefined) return t.skip(none)
  const checked = await runProgram(['staticcheck', './...'], GO.cwd, {})
  assert.equal(checked.code, 0, checked.output)
})

test('the example for Go prints the denial', (t) => {
  const why = missing(GO)
  if (why !== undefined) return t.skip(why)
  return inHome(async (home) => {
    await startServer(ownRuntime(), home, { args: ['--profile', 'standard'] })
    const where = { RAMPART_HOME: home }
    const ran = await runProgram(['go', 'run', './examples/denied'], GO.cwd, where)
    assert.equal(ran.code, 0, ran.output)
    assert.match(ran.output, /^denied by \S+: \S/)
  })
})

test('the example for Python prints the denial', (t) => {
  const why = missing(GUARD)
  if (why !== undefined) return t.skip(why)
  return inHome(async (home) => {
    await startServer(ownRuntime(), home, { args: ['--profile', 'standard'] })
    const ran = await runProgram(['python3', `${openapi}/python/examples/denied.py`], root, {
      RAMPART_HOME: home,
    })
    assert.equal(ran.code, 0, ran.output)
    assert.match(ran.output, /^denied by \S+: \S/)
    assert.doesNotMatch(ran.output, /nobody has answered/)
  })
})

const TYPES: Program = {
  cwd: `${openapi}/python`,
  probe: ['python3', '-c', 'import mypy, httpx'],
  command: ['python3', '-m', 'mypy', '--strict', '--python-version', '3.10'],
  needs: 'python3 with mypy and httpx',
}

test('rampart.guard, its example and its tests are typed: mypy --strict', async (t) => {
  const why = missing(TYPES)
  if (why !== undefined) return t.skip(why)
  const cache = mkdtempSync(join(tmpdir(), 'rampart-mypy-'))
  try {
    const files = ['rampart', 'examples/denied.py', `${root}/test/clients/guard.py`]
    const command = [...TYPES.command, '--cache-dir', cache, ...files]
    const ran = await runProgram(command, TYPES.cwd, {})
    assert.equal(ran.code, 0, ran.output)
  } finally {
    rmSync(cache, { recursive: true, force: true })
  }
})

function runProgram(
  command: readonly string[],
  cwd: string,
  more: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0]!, command.slice(1), { cwd, env: { ...env, ...more } })
    let output = ''
    child.stdout.on('data', (chunk) => output += String(chunk))
    child.stderr.on('data', (chunk) => output += String(chunk))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}
