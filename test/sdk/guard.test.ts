import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Hono } from 'hono'
import {
  createGuard,
  type GuardedCall,
  guardOver,
  guardRequests,
  memoryServices,
  type Question,
  RampartDenied,
  RampartError,
  readPolicies,
} from '../../src/mod.ts'

const POLICIES = `
version: "1"
default_action: allow
policies:
  - name: p
    match: {tool: exec}
    rules:
      - {action: deny, when: {command_matches: ["rm *"]}, message: no}
      - {action: require_approval, when: {command_matches: ["deploy*"]}, message: ask}
  - name: output
    match: {tool: [exec, fetch, mcp]}
    rules: [{action: deny, when: {response_matches: ["KEY[0-9]+"]}, message: a key}]
`
const exec = (command: string): GuardedCall => ({ tool: 'exec', params: { command } })

const denied = (stage: 'call' | 'output', message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof RampartDenied)
  assert.equal(error.stage, stage)
  assert.match(error.message, message)
  assert.equal(error.answer.allowed, false)
  return true
}

test('what is allowed runs, what is denied does not', async () => {
  const guard = createGuard({ policies: POLICIES })
  let ran = 0
  const work = () => Promise.resolve(++ran)
  assert.equal(await guard.run(exec('ls'), work), 1)
  await assert.rejects(guard.run(exec('rm -rf /'), work), denied('call', /no/))
  assert.equal(ran, 1)
  await assert.rejects(guard.run(exec('ls'), () => Promise.reject(new Error('mine'))), /mine/)
})

test('a wrapped function keeps its arguments and its result', async () => {
  const guard = createGuard({ policies: POLICIES })
  const run = guard.wrap(
    (command: string, _times: number) => exec(command),
    async (command, times) => ({ command, times }),
  )
  const got: { command: string; times: number } = await run('ls', 3)
  assert.deepEqual(got, { command: 'ls', times: 3 })
  await assert.rejects(run('rm x', 1), denied('call', /no/))
})

for (
  const [what, approve, runs] of [
    ['a yes', () => true, 1],
    ['a no', () => false, 0],
    ['an answer that is no yes', () => 'yes' as unknown as boolean, 0],
    ['a failure to ask', () => Promise.reject(new Error('broken')), 0],
    ['nobody to ask', undefined, 0],
  ] as const
) {
  test(`a question: ${what}`, async () => {
    const asked: Question[] = []
    const put = approve && ((question: Question) => {
      asked.push(question)
      return approve()
    })
    const guard = createGuard({ policies: POLICIES, approve: put })
    let ran = 0
    const done = guard.run(exec('deploy'), () => ++ran)
    if (runs === 1) assert.equal(await done, 1)
    else await assert.rejects(done, denied('call', /ask/))
    assert.equal(ran, runs)
    if (put !== undefined) assert.match(`${asked[0]?.tool} ${asked[0]?.message}`, /^exec ask /)
  })
}

test('a yes is for one call, and for the policies that asked', async () => {
  const services = memoryServices(readPolicies(POLICIES))
  let asked = 0
  const approve = () => {
    asked++
    if (asked === 2) use(POLICIES.replace('"rm *"', '"rm *", "deploy*"'))
    return true
  }
  const use = (text: string) =>
    (services.policies as unknown as { use(set: unknown): void }).use(readPolicies(text))
  const guard = guardOver(services, { approve })
  assert.equal(await guard.run(exec('deploy'), () => 'ran'), 'ran')
  await assert.rejects(guard.run(exec('deploy'), () => 'ran'), denied('call', /no/))
  assert.equal(asked, 2)
})

test('an output that a rule objects to comes back without that, or not at all', async () => {
  const guard = createGuard({ policies: POLICIES, approve: () => true })
  assert.equal(await guard.run(exec('ls'), () => 'a KEY12 b'), 'a [hidden by Rampart] b')
  assert.equal(await guard.run(exec('deploy'), () => 'a KEY12 b'), 'a [hidden by Rampart] b')
  assert.equal(await guard.run(exec('deploy'), () => 'fine'), 'fine')
  await assert.rejects(guard.run(exec('ls'), () => ({ deep: ['KEY12'] })), denied('output', /key/))
  const bytes = new TextEncoder().encode('KEY12')
  await assert.rejects(guard.run(exec('ls'), () => bytes), denied('output', /key/))
  for (const value of [undefined, null, 5, '', { a: 1 }]) {
    assert.deepEqual(await guard.run(exec('ls'), () => value), value)
  }
})

test('a preview has no effect', async () => {
  const guard = createGuard({ policies: POLICIES })
  const { allowed, decision, enforced } = await guard.preview(exec('rm x'))
  assert.deepEqual([allowed, decision, enforced], [false, 'deny', false])
})

test('policies that are wrong are told with every place, and profiles may be extended', async () => {
  assert.throws(() => readPolicies('version: "1"\ndefault_action: maybe\n'), (error) => {
    assert.ok(error instanceof RampartError)
    assert.equal(error.code, 'policy_invalid')
    assert.match(error.message, /policy-1\.yaml:2:/)
    return true
  })
  const guard = createGuard({
    policies: 'version: "1"\nextends: standard\ndefault_action: allow\npolicies: []\n',
  })
  await assert.rejects(guard.run(exec('rm -rf /'), () => 1), denied('call', /./))
})

test('middleware: a service of one’s own answers what policies allow', async () => {
  const guard = createGuard({ policies: POLICIES })
  const app = new Hono()
  app.use('/run', guardRequests(guard, async (request) => exec(await request.text())))
  let ran = 0
  app.post('/run', async (c) => {
    ran++
    const command = await c.req.text()
    c.header('x-own', 'kept')
    if (command === 'bytes') return c.body(new Uint8Array([0, 255]).buffer as ArrayBuffer)
    return c.text(`did ${command} KEY1`, 201)
  })
  const post = (body: string) => app.request('/run', { method: 'POST', body })
  const done = await post('ls')
  assert.deepEqual([done.status, done.headers.get('x-own'), await done.text()], [
    201,
    'kept',
    'did ls [hidden by Rampart]',
  ])
  const refused = await post('rm x')
  assert.deepEqual([refused.status, refused.headers.get('content-type')], [403, 'application/json'])
  const { allowed, rule } = await refused.json()
  assert.deepEqual([allowed, rule, ran], [false, 'p/1', 1])
  const bytes = await post('bytes')
  assert.deepEqual([...new Uint8Array(await bytes.arrayBuffer())], [0, 255])
})
