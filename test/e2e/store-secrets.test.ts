import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import {
  OWNER,
  SERVING,
  SKIP_POSTGRES,
  startPostgres,
  type TestPostgres,
} from '../helpers/postgres.ts'
import { migrateByCommand, replicaHome } from '../helpers/replicas.ts'
import { exec, executable, get, ownRuntime, post, runProgram, startServer } from './server.ts'

const skip = SKIP_POSTGRES
let postgres: TestPostgres
let dir = ''

before(async () => {
  if (skip !== false) return
  dir = mkdtempSync(join(tmpdir(), 'rampart-store-'))
  postgres = await startPostgres()
  const { code, err } = await migrateByCommand(postgres)
  assert.equal(code, 0, err)
})
after(() => {
  postgres?.close()
  if (dir !== '') rmSync(dir, { recursive: true, force: true })
})

const self = ownRuntime()
const homeFor = (tenant: string) => replicaHome(dir, postgres.url(SERVING), { tenant })
const withPassword = () => postgres.url(SERVING).replace('rampart@', `rampart:${SERVING.password}@`)

/** Every file of a state directory but the ones that hold the password on purpose. */
function writtenIn(home: string): string {
  const files = readdirSync(home, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/store\.password$|config\.yaml$/.test(name))
    .map((name) => join(home, name))
    .filter((path) => statSync(path).isFile())
  return files.map((path) => readFileSync(path, 'latin1')).join('\n')
}

test('the password is in no output, no log, no trail and no answer, wherever it came from', {
  skip,
}, async () => {
  for (
    const [tenant, config, env] of [
      ['in-file', undefined, {}],
      ['in-url', `store: ${withPassword()}\nstore_tenant: in-url\n`, {}],
      ['in-env', undefined, { RAMPART_STORE: withPassword(), PGPASSWORD: SERVING.password }],
    ] as const
  ) {
    const home = homeFor(tenant)
    if (config !== undefined) writeFileSync(join(home, 'config.yaml'), config, { mode: 0o600 })
    if (tenant !== 'in-file') rmSync(join(home, 'keys', 'store.password'))
    const server = await startServer(self, home, { env: { ...env, RAMPART_DEBUG: '1' } })
    const answers = [
      await get(server, '/v1/status'),
      await post(server, '/v1/tool/exec', exec('deploy it'), { prefer: 'respond-async' }),
    ]
    const ran = await Promise.all(
      [['config', 'show'], ['config', 'show', '--json'], ['doctor', '--json'], ['status']]
        .map((argv) => runProgram([...self, ...argv], { home, env })),
    )
    assert.equal((await server.end()).code, 0)
    const said = [JSON.stringify(answers), ...ran.flatMap(({ out, err }) => [out, err])]
    said.push(server.printed(), writtenIn(home))
    assert.ok(!said.join('\n').includes(SERVING.password), tenant)
    assert.match(ran[0]!.out, /store +postgres:\/\/rampart@127/)
  }
})

test(
  'a password on the command line, or in a file that others can read, is refused',
  { skip },
  async () => {
    const home = homeFor('refused')
    const serve = (...argv: string[]) => runProgram([...self, 'serve', ...argv], { home })
    const inPs = await serve('--store', withPassword())
    assert.equal(inPs.code, 3)
    assert.match(inPs.err, /everybody sees it in `ps`/)
    const open = join(dir, 'open-password')
    writeFileSync(open, SERVING.password, { mode: 0o644 })
    const readable = await serve('--store-password-file', open)
    assert.match(readable.err, /others can read the password.*chmod 600/)
    for (
      const url of ['postgres://r:s3cret@/x', 'mysql://r:s3cret@h/x', 'postgres://r:s3cret@h/x?a=b']
    ) {
      const { code, err } = await serve('--store', url)
      assert.equal(code, 3)
      assert.ok(!err.includes('s3cret'), err)
    }
  },
)

test('a server refuses to start as the owner, and where nobody answers', { skip }, async () => {
  const home = homeFor('starts')
  const env = { PGPASSWORD: OWNER.password }
  rmSync(join(home, 'keys', 'store.password'))
  const owner = await runProgram([...self, 'serve', '--store', postgres.url(OWNER)], { home, env })
  assert.equal(owner.code, 3)
  assert.match(owner.err, /rampart_owner may change its schema/)
  const nowhere = ['serve', '--store', 'postgres://rampart@127.0.0.1:1/rampart']
  const nobody = await runProgram([...self, ...nowhere], { home, env })
  assert.equal(nobody.code, 3)
  assert.match(nobody.err, /The store failed: .*ECONNREFUSED/)
})

test('doctor says whether the store can be had; who decides without its server spends nothing', {
  skip,
}, async () => {
  const home = homeFor('doctor')
  const storeOf = async () => {
    const { out } = await runProgram([...self, 'doctor', '--json'], { home })
    const { checks } = JSON.parse(out) as {
      checks: { name: string; status: string; detail: string }[]
    }
    return checks.find(({ name }) => name === 'store')
  }
  assert.equal((await storeOf())?.status, 'ok')
  const config = join(home, 'config.yaml')
  const hook = (command: string) =>
    runProgram([...self, 'hook', '--format', 'generic'], {
      home,
      input: JSON.stringify({ event: 'before', tool: 'exec', session: 's', params: { command } }),
    })
  assert.match((await hook('ls')).out, /"decision":"defer"/)
  assert.match((await hook('single')).out, /"decision":"deny"/)
  // A server ran here with a store that config.yaml does not name.
  const server = await startServer(self, home, { args: ['--store', postgres.url(SERVING)] })
  await server.end()
  writeFileSync(config, 'addr: 127.0.0.1:0\n')
  assert.equal((await storeOf())?.status, 'warn')
  const { code, err } = await runProgram([...self, 'token', 'create', '--agent', 'x'], { home })
  assert.equal(code, 3)
  assert.match(err, /is in rampart on 127\.0\.0\.1.*name it as `store`/)
  assert.match((await hook('single')).out, /"decision":"deny"/)
})

const built = executable()

test(
  'the executable migrates and serves from a store',
  { skip: skip || built.why || false },
  async () => {
    const { command = [] } = built
    const home = homeFor('executable')
    const migrate = [
      'store',
      'migrate',
      '--store',
      postgres.url(OWNER),
      '--serving-role',
      SERVING.user,
    ]
    const env = { PGPASSWORD: OWNER.password }
    const { code, err } = await runProgram([...command, ...migrate], { home: `${home}-owner`, env })
    assert.equal(code, 0, err)
    const server = await startServer(command, home)
    assert.equal((await get(server, '/v1/approvals')).status, 200)
    const asked = await post(server, '/v1/tool/exec', exec('deploy it'), {
      prefer: 'respond-async',
    })
    assert.equal(asked.status, 202)
    assert.equal((await server.end()).code, 0)
  },
)
