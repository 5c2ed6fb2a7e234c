import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RampartError } from '../../src/errors.ts'
import type { Services } from '../../src/service/services.ts'
import { beginExecution } from '../../src/service/execution.ts'
import { stopExecutions } from '../../src/service/execution-kept.ts'
import { resolveApproval } from '../../src/service/approve.ts'
import { executionBench, fakeExecutor, ranWith } from '../helpers/execution.ts'
import { call, identityOf, idle } from '../helpers/service.ts'

const POLICIES = `
version: "1"
default_action: allow
policies:
  - name: p
    match: {tool: [exec, fetch]}
    rules:
      - {action: deny, when: {command_matches: ["rm *"]}, message: no}
      - {action: require_approval, when: {command_matches: ["deploy*"]}, message: ask}
      - {action: deny, when: {domain_matches: ["evil.example"]}, message: evil}
  - name: output
    match: {tool: [exec, read, fetch]}
    rules:
      - {action: deny, when: {response_matches: ["KEY[0-9]+"]}, message: a key}
`
const CHANGED = POLICIES.replace('"rm *"', '"rm *", "ls*"')
const LOOSER = POLICIES.replace('message: evil', 'message: worse')

const at = (command: string, more = {}) => call(command, { cwd: '/w', ...more })
const code = (error: unknown) => (error as RampartError).code

test('an allowed call is intended, done, told and judged, in this order', async () => {
  const { execute, executor, told, trail } = executionBench(POLICIES)
  executor.answer = () => {
    assert.deepEqual(told(), ['decision allow', 'execution execution_begun'])
    return ranWith('hello')
  }
  const { outcome, done } = await execute(at('ls'))
  assert.deepEqual(executor.ran, [{ kind: 'exec', cwd: '/w', line: 'ls' }])
  assert.deepEqual([outcome.answer.allowed, done?.answer.allowed], [true, true])
  assert.deepEqual([done?.execution.stdout?.text, done?.execution.withheld], ['hello', false])
  assert.deepEqual(told().slice(2), ['execution execution_ended', 'response allow'])
  const [decision, begun, ended] = trail
  assert.deepEqual([begun?.links, ended?.links], [[decision!.id], [begun!.id]])
  assert.equal(done?.execution.audit_id, begun?.id)
  assert.ok(!JSON.stringify(trail).includes('hello'))
})

test('what is denied, asked about or a dry mode would let pass is not done', async () => {
  const { execute, executor } = executionBench(POLICIES)
  const denied = await execute(at('rm x'))
  assert.deepEqual([denied.done, denied.outcome.answer.allowed], [undefined, false])
  const asked = await execute(at('deploy'))
  assert.deepEqual([asked.done, asked.outcome.state], [undefined, 'waiting'])
  for (const mode of ['monitor', 'disabled'] as const) {
    const other = executionBench(POLICIES, { settings: { mode } })
    const passed = await other.execute(at('rm x'))
    assert.deepEqual([passed.done, passed.outcome.answer.allowed], [undefined, true])
    assert.equal((await other.execute(at('ls'))).done?.execution.state, 'exited')
    assert.equal(other.executor.ran.length, 1)
  }
  assert.deepEqual(executor.ran, [])
})

test('a yes of a person lets it be done once', async () => {
  const { execute, executor, executing, approvals } = executionBench(POLICIES)
  await execute(at('deploy'))
  const [id] = approvals.keys()
  const admin = { principal: 'admin', scopes: ['admin'] } as const
  await resolveApproval(executing, admin, id!, { approved: true }, 'http')
  const { done } = await execute(at('deploy'))
  assert.deepEqual([done?.execution.state, done?.execution.withheld], ['exited', false])
  const again = await execute(at('deploy'))
  assert.deepEqual([again.done, executor.ran.length], [undefined, 1])
})

for (const failure of ['open', 'closed'] as const) {
  test(`nothing is done that is not on record, also where the posture is ${failure}`, async () => {
    const { execute, executor, fail } = executionBench(POLICIES, { settings: { failure } })
    // The decision is written, the intent is not.
    fail('audit.append', 2)
    await assert.rejects(execute(at('ls')), (error) => code(error) === 'audit_unavailable')
    assert.deepEqual(executor.ran, [])
  })
}

test('an outcome that cannot be written keeps the output, and is told later', async () => {
  const { execute, executor, fail, mend, told } = executionBench(POLICIES)
  executor.answer = () => {
    fail('audit.append')
    return ranWith('secret')
  }
  await assert.rejects(execute(at('ls')), (error) => code(error) === 'audit_unavailable')
  mend()
  executor.answer = () => ranWith('')
  await execute(at('true'))
  assert.ok(told().includes('execution execution_ended'), told().join())
})

for (
  const [what, policies, message] of [
    ['denies it by now', CHANGED, /no/],
    ['is another one by now', LOOSER, /changed/],
  ] as const
) {
  test(`F39 a policy that ${what} is heeded at release`, async () => {
    const one = executionBench(POLICIES)
    const append: Services['audit']['append'] = async (drafts) => {
      if (drafts.some(({ kind }) => kind === 'execution')) one.usePolicies(policies)
      return await one.services.audit.append(drafts)
    }
    const services = { ...one.executing, audit: { ...one.services.audit, append } }
    const { run } = await beginExecution(at('ls'), {}, services)
    const done = await run!({})
    assert.deepEqual([done.answer.allowed, done.execution.state], [false, 'refused'])
    assert.match(done.answer.message, message)
    assert.deepEqual(one.executor.ran, [])
  })
}

test('F39 a script that changed between the question and the release is another call', async () => {
  const scripts: Record<string, string> = { '/w/x.sh': 'echo good' }
  const one = executionBench(POLICIES, { scripts })
  const { run } = await beginExecution(at('bash ./x.sh'), {}, one.executing)
  scripts['/w/x.sh'] = 'echo changed'
  assert.equal((await run!({})).execution.state, 'refused')
  assert.deepEqual(one.executor.ran, [])
})

test('F39 no byte of an output that a rule objects to leaves', async () => {
  const { execute, executor, trail } = executionBench(POLICIES)
  executor.answer = () => ({
    ...ranWith('a KEY123 b'),
    outputs: [
      { name: 'stdout', text: 'a KEY123 b', bytes: 10, sha256: 'x', truncated: true, lossy: false },
      { name: 'stderr', text: 'fine', bytes: 4, sha256: 'x', truncated: false, lossy: false },
    ],
  })
  const { done } = await execute(at('ls'))
  assert.deepEqual(
    [done?.answer.allowed, done?.execution.withheld, done?.execution.rule],
    [true, true, 'output/1'],
  )
  assert.equal(done?.execution.stdout?.text, 'a [hidden by Rampart] b')
  assert.equal(done?.execution.stderr?.text, 'fine')
  assert.equal(done?.execution.stdout?.truncated, true)
  assert.ok(!JSON.stringify([done, trail]).includes('KEY123'))
})

test('F39 what stands across two outputs is seen, and then nothing is shown', async () => {
  const { execute, executor } = executionBench(POLICIES.replace('KEY[0-9]+', 'left\\nright'))
  executor.answer = () => ({
    ...ranWith(''),
    outputs: ['left', 'right'].map((text, i) => ({
      name: i === 0 ? 'stdout' as const : 'stderr' as const,
      text,
      bytes: 5,
      sha256: 'x',
      truncated: false,
      lossy: false,
    })),
  })
  const { done } = await execute(at('ls'))
  assert.deepEqual([done?.execution.stdout?.text, done?.execution.stderr?.text], [null, null])
})

test('semantics 22 the same tool call runs once, whoever comes while it runs or after', async () => {
  const { execute, executor, executing } = executionBench(POLICIES)
  const { promise, resolve } = Promise.withResolvers<void>()
  executor.answer = async () => {
    await promise
    return ranWith('once')
  }
  const request = at('ls', { toolCallId: 'T' })
  const both = [execute(request), execute(request)]
  await idle()
  resolve()
  for (const { done } of await Promise.all(both)) assert.equal(done?.execution.stdout?.text, 'once')
  assert.equal((await execute(request)).done?.execution.stdout?.text, 'once')
  assert.equal(executor.ran.length, 1)
  // Another principal, another session and another command are other calls.
  await execute(at('ls', { toolCallId: 'T', identity: identityOf({ principal: 'token:2' }) }))
  await execute(at('ls -l', { toolCallId: 'U' }))
  assert.equal(executor.ran.length, 3)
  // A server that started anew has no answer, and the trail.
  const anew = { ...executing, executor: fakeExecutor() }
  await assert.rejects(
    beginExecution(request, {}, anew),
    (error) => code(error) === 'already_executed',
  )
})

test('semantics 21 who leaves only leaves; the last one ends the run', async () => {
  const { execute, executor } = executionBench(POLICIES)
  let ended: AbortSignal | undefined
  executor.answer = async (_task, { signal }) => {
    ended = signal
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    return ranWith('', { state: 'cancelled' })
  }
  const request = at('ls', { toolCallId: 'T' })
  const [one, two] = [new AbortController(), new AbortController()]
  const both = [one, two].map(({ signal }) => execute(request, { signal }))
  await idle()
  one.abort()
  await idle()
  assert.equal(ended?.aborted, false)
  two.abort()
  for (const { done } of await Promise.all(both)) assert.equal(done?.execution.state, 'cancelled')
})

test('progress tells how much came, never what', async () => {
  const { execute, executor, clock } = executionBench(POLICIES)
  const told: string[] = []
  executor.answer = async (_task, { seen }) => {
    seen?.('stdout', 5)
    seen?.('stdout', 7)
    await clock.advance(2500)
    return ranWith('KEY123')
  }
  await execute(at('ls'), { progress: (progress) => told.push(JSON.stringify(progress)) })
  assert.deepEqual(told, [
    '{"elapsedMs":0,"bytes":{}}',
    '{"elapsedMs":1000,"bytes":{"stdout":12}}',
    '{"elapsedMs":2000,"bytes":{"stdout":12}}',
  ])
})

test('so many run at once, and none once the server ends', async () => {
  const { execute, executor, executing } = executionBench(POLICIES)
  executor.answer = async (_task, { signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    return ranWith('', { state: 'cancelled' })
  }
  const running = Array.from({ length: 8 }, () => execute(at('ls')))
  await idle()
  await assert.rejects(execute(at('ls')), (error) => code(error) === 'rate_limited')
  await stopExecutions(executing)
  for (const { done } of await Promise.all(running)) {
    assert.equal(done?.execution.state, 'cancelled')
  }
  await assert.rejects(execute(at('ls')), (error) => code(error) === 'unavailable')
})

test('a defect of the executor is an outcome, and says nothing of the inside', async () => {
  const { execute, executor, logged, told } = executionBench(POLICIES)
  executor.answer = () => {
    throw new Error('inside')
  }
  const { done } = await execute(at('ls'))
  assert.deepEqual([done?.execution.state, done?.execution.message], ['failed', 'Internal error'])
  assert.ok(logged.some((line) => line.includes('inside')))
  assert.deepEqual(told().slice(1, 3), ['execution execution_begun', 'execution execution_ended'])
})

test('limits are those that were asked for, and never more than the server has', async () => {
  const { execute, executor } = executionBench(POLICIES)
  const given: unknown[] = []
  executor.answer = (_task, { limits }) => {
    given.push(limits)
    return ranWith('')
  }
  await execute(at('ls'))
  await execute(at('ls'), {}, { timeoutMs: 5, outputBytes: 6 })
  await execute(at('ls'), {}, { timeoutMs: 9e9, outputBytes: 9e9 })
  assert.deepEqual(given, [
    { timeoutMs: 120_000, outputBytes: 262_144 },
    { timeoutMs: 5, outputBytes: 6 },
    { timeoutMs: 600_000, outputBytes: 500_000 },
  ])
})
