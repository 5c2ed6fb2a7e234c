import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
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

const python = (file: string): Program => ({
  cwd: root,
  probe: ['python3', '-c', 'import sys, httpx; assert sys.version_info >= (3, 11)'],
  command: ['python3', '-X', 'dev', `test/clients/${file}.py`],
  needs: 'python3.11 with httpx',
})
const GUARD = python('guard')

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
  - name: selves
    match: {tool: mcp__files__move}
    rules:
      - {action: deny, when: {tool_param_matches: {self: "rm"}}, message: Not by that name}
  - name: outputs
    match: {tool: [exec, read]}
    rules:
      - {action: deny, when: {response_matches: ["sk-[a-z0-9]{8,}"]}, message: A key}
`

/** Programs of tests for rampart.guard, and what each is about. */
const GUARDS: readonly (Program & { readonly file: string; readonly promise: string })[] = [
  { ...GUARD, file: 'guard', promise: 'rampart.guard asks, waits, denies and fails closed' },
  {
    ...python('hostile'),
    file: 'hostile',
    promise:
      'rampart.guard permits nothing by what it cannot understand, nor by who is not the server',
  },
  {
    ...python('frameworks'),
    // CI has them; the modules for those that are not there are left out elsewhere.
    probe: ['python3', '-c', 'import langchain_core, agents, pydantic_ai'],
    needs: 'python3 with openapi/python/requirements-frameworks.txt',
    file: 'frameworks',
    promise: 'tools of LangChain, the OpenAI Agents SDK and Pydantic AI ask first',
  },
]

for (const program of GUARDS) {
  test(program.promise, (t) => {
    const why = missing(program)
    if (why !== undefined) return t.skip(why)
    return inHome((home) => runTests(program, home))
  })
}

async function runTests(program: (typeof GUARDS)[number], home: string): Promise<void> {
  mkdirSync(join(home, 'policies'), { recursive: true, mode: 0o700 })
  writeFileSync(join(home, 'policies', 'guard.yaml'), POLICY)
  const served = await startServer(ownRuntime(), home)
  const created = await runCli(
    [...ownRuntime(), 'token', 'create', '--agent', 'tester', '--scope', 'eval', '--json'],
    { home },
  )
  assert.equal(created.code, 0, created.err)
  const ran = await runProgram(program.command, program.cwd, {
    GUARD_HOME: home,
    GUARD_URL: served.url,
    GUARD_TOKEN: JSON.parse(created.out).token,
  })
  assert.equal(ran.code, 0, ran.output)
  // A file that runs none of its tests ends with 0, too.
  const text = readFileSync(`${root}/test/clients/${program.file}.py`, 'utf8')
  const tests = text.match(/^def test_/gm)
  assert.equal(ran.output.match(/^ok test_/gm)?.length, tests?.length, ran.output)
}

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

const OURS = ['rampart', 'rampart_client', 'examples', `${root}/test/clients`]
const checked = (tool: string, argv: readonly string[], needs: string): Program => ({
  cwd: `${openapi}/python`,
  probe: ['python3', '-c', `import ${tool}, httpx`],
  command: ['python3', '-m', tool, ...argv, ...OURS],
  needs: `python3 with ${needs}`,
})
const TYPES = ['--strict', '--python-version', '3.11', '--cache-dir']
/** With the frameworks, so that the modules for them are held to the frameworks' own types. */
const CHECKS: readonly (Program & { readonly name: string })[] = [
  {
    name: 'typed: mypy --strict',
    ...checked('mypy', [...TYPES, '/dev/null'], 'mypy, httpx and requirements-frameworks.txt'),
    probe: ['python3', '-c', 'import mypy, httpx, langchain_core, agents, pydantic_ai'],
  },
  { name: 'clean: ruff check', ...checked('ruff', ['check', '--no-cache'], 'ruff') },
  { name: 'in form: ruff format', ...checked('ruff', ['format', '--check', '--no-cache'], 'ruff') },
]

for (const check of CHECKS) {
  test(`both packages for Python, the example and the tests are ${check.name}`, async (t) => {
    const why = missing(check)
    if (why !== undefined) return t.skip(why)
    const ran = await runProgram(check.command, check.cwd, {})
    assert.equal(ran.code, 0, ran.output)
  })
}

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
