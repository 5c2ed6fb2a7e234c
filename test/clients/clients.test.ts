import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { inHome, ownRuntime, runProgram as runCli, startServer } from '../e2e/server.ts'
import { live } from '../helpers/http-live.ts'
import { missing, openapi, type Program, root, runProgram } from './program.ts'

test('the clients were generated from this description: node scripts/clients.mjs', () => {
  const hash = createHash('sha256').update(readFileSync(`${openapi}/openapi.json`)).digest('hex')
  assert.equal(readFileSync(`${openapi}/clients.sha256`, 'utf8'), `${hash}  openapi.json\n`)
})

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
const FRAMEWORKS: Program = {
  ...python('frameworks'),
  // CI has them.
  probe: ['python3', '-c', 'import langchain_core, agents, pydantic_ai'],
  needs: 'python3 with openapi/python/requirements-frameworks.txt',
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
    ...FRAMEWORKS,
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

async function runTests(program: (typeof GUARDS)[number], home: string): Promise<void> {
  const ran = await runProgram(program.command, program.cwd, await guardServer(home))
  assert.equal(ran.code, 0, ran.output)
  // A file that runs none of its tests ends with 0, too.
  const text = readFileSync(`${root}/test/clients/${program.file}.py`, 'utf8')
  const tests = text.match(/^def test_/gm)
  assert.equal(ran.output.match(/^ok test_/gm)?.length, tests?.length, ran.output)
}

/** Examples that are programs, and what each prints of a denial by `standard`. */
const EXAMPLES: readonly (readonly [file: string, program: Program, prints: RegExp])[] = [
  ['denied', GUARD, /^denied by \S+: \S/],
  ['langchain_tool', FRAMEWORKS, /^Denied by Rampart: \S/],
  ['openai_agent', FRAMEWORKS, /^Denied by Rampart: \S/],
  ['pydantic_agent', FRAMEWORKS, /^Denied by Rampart: \S/],
]

test('every example for Python is run', () => {
  const files = readdirSync(`${openapi}/python/examples`).filter((file) => file.endsWith('.py'))
  assert.deepEqual(files.sort(), EXAMPLES.map(([file]) => `${file}.py`))
})

for (const [file, program, prints] of EXAMPLES) {
  test(`the example ${file}.py prints the denial`, (t) => {
    const why = missing(program)
    if (why !== undefined) return t.skip(why)
    return inHome(async (home) => {
      await startServer(ownRuntime(), home, { args: ['--profile', 'standard'] })
      const command = ['python3', `${openapi}/python/examples/${file}.py`]
      const ran = await runProgram(command, root, {
        RAMPART_HOME: home,
        OPENAI_AGENTS_DISABLE_TRACING: '1',
      })
      assert.equal(ran.code, 0, ran.output)
      assert.match(ran.output, prints)
      assert.doesNotMatch(ran.output, /nobody has answered/)
    })
  })
}

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

const PROGRAMS = [`${root}/test/clients`, `${root}/bench/client-python.py`]
const OURS = ['rampart', 'rampart_client', 'examples', ...PROGRAMS]
/** What speaks of no framework; their own sources take a minute to read. */
const PLAIN = [
  ...['rampart/guard.py', 'rampart_client', 'examples/denied.py'],
  ...['guard', 'hostile', 'smoke'].map((file) => `${root}/test/clients/${file}.py`),
  `${root}/bench/client-python.py`,
]
const TYPES = ['mypy', '--strict', '--python-version', '3.11', '--cache-dir', '/dev/null']
const checked = (argv: readonly string[], imports: string, needs: string): Program => ({
  cwd: `${openapi}/python`,
  probe: ['python3', '-c', `import ${imports}`],
  command: ['python3', '-m', ...argv],
  needs: `python3 with ${needs}`,
})
const CHECKS: readonly (readonly [promise: string, program: Program])[] = [
  [
    'both packages for Python, the example and the tests are typed: mypy --strict',
    checked([...TYPES, ...PLAIN], 'mypy, httpx', 'mypy and httpx'),
  ],
  [
    'so are the modules for frameworks, by the types of these',
    checked(
      [...TYPES, ...OURS],
      'mypy, httpx, langchain_core, agents, pydantic_ai',
      'mypy, httpx and openapi/python/requirements-frameworks.txt',
    ),
  ],
  [
    'all of them are clean: ruff check',
    checked(['ruff', 'check', '--no-cache', ...OURS], 'ruff', 'ruff'),
  ],
  [
    'all of them are in form: ruff format',
    checked(['ruff', 'format', '--check', '--no-cache', ...OURS], 'ruff', 'ruff'),
  ],
]

for (const [promise, check] of CHECKS) {
  test(promise, async (t) => {
    const why = missing(check)
    if (why !== undefined) return t.skip(why)
    const ran = await runProgram(check.command, check.cwd, {})
    assert.equal(ran.code, 0, ran.output)
  })
}
