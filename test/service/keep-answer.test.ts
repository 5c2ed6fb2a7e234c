import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RampartError } from '../../src/errors.ts'
import type { Caller, Resolution } from '../../src/service/api.ts'
import { resolveApproval } from '../../src/service/approve.ts'
import { decide } from '../../src/service/decide.ts'
import { sweepGrants } from '../../src/service/grant-sweep.ts'
import { choicesFor } from '../../src/service/grants.ts'
import { rulesApi } from '../../src/service/rules-api.ts'
import { listRules, removeRule } from '../../src/service/rules.ts'
import type { DecideRequest } from '../../src/service/services.ts'
import { ADMIN, BY, type RulesBench, rulesBench } from '../helpers/rules.ts'
import { call, identityOf } from '../helpers/service.ts'

const POLICY = `version: "1"
default_action: allow
policies:
  - name: guard
    match: {tool: exec}
    rules:
      - {action: deny, when: {command_matches: "*evil*"}}
      - {action: require_approval, when: {program: {name: [shipctl]}}, message: Ask first}
  - name: two
    match: {tool: exec}
    rules:
      - {action: require_approval, when: {program: {name: [launch]}}, approvers: 2}
`

const APPROVER: Caller = { principal: 'token:9', scopes: ['approve'], agent: 'other' }

async function ask(
  one: RulesBench,
  command: string,
  change: Partial<DecideRequest> = {},
): Promise<string> {
  const { answer } = await decide(call(command, { cwd: '/w', ...change }), one.services)
  assert.equal(answer.decision, 'require_approval', answer.message)
  return answer.approval_id!
}

async function keep(
  one: RulesBench,
  command: string,
  resolution: Partial<Resolution>,
  caller: Caller = ADMIN,
  change: Partial<DecideRequest> = {},
) {
  const id = await ask(one, command, change)
  return await resolveApproval(one.services, caller, id, { approved: true, ...resolution }, 'http')
}

async function told(
  one: RulesBench,
  command: string,
  change: Partial<DecideRequest> = {},
): Promise<string> {
  const { answer } = await decide(call(command, { cwd: '/w', ...change }), one.services)
  return answer.decision
}

const PROGRAM = { generalisation: 'program' } as const
const run = (name: string) => ({ identity: identityOf({ run: name }) })

const REFUSED: readonly (readonly [
  what: string,
  command: string,
  resolution: Partial<Resolution>,
  says: RegExp,
  caller?: Caller,
])[] = [
  ['always by a link', 'shipctl a', { scope: 'always', channel: 'link' }, /forbidden: .*link/],
  ['a session by a link', 'shipctl a', { scope: 'session', channel: 'link' }, /forbidden/],
  ['always without scope admin', 'shipctl a', { scope: 'always' }, /forbidden: .*admin/, APPROVER],
  ['a run of a call that names none', 'shipctl a', { scope: 'run' }, /request_invalid: .*no run/],
  ['calls of always', 'shipctl a', { scope: 'always', calls: 2 }, /request_invalid/],
  ['a time of once', 'shipctl a', { for: '1h' }, /request_invalid/],
  ['a time that is none', 'shipctl a', { scope: 'session', for: '1y' }, /request_invalid/],
  ['a time without end', 'shipctl a', { scope: 'session', for: '31d' }, /request_invalid/],
  [
    'a directory of a command',
    'shipctl a',
    { scope: 'session', generalisation: 'directory' },
    /rule_refused/,
  ],
  [
    'what runs code by its program',
    './shipctl a',
    { scope: 'session', ...PROGRAM },
    /rule_refused: .*file of code/,
  ],
  [
    'what two people must answer',
    'launch x',
    { scope: 'always' },
    /rule_refused: .*not answered for good/,
  ],
]

for (const [what, command, resolution, says, caller] of REFUSED) {
  test(`not kept: ${what}; the question stays open`, async () => {
    const one = rulesBench(POLICY)
    const id = await ask(one, command)
    await assert.rejects(
      resolveApproval(one.services, caller ?? ADMIN, id, { approved: true, ...resolution }, 'http'),
      (error) => {
        assert.ok(error instanceof RampartError)
        assert.match(`${error.code}: ${error.message}`, says)
        return true
      },
    )
    assert.equal(one.approvals.get(id)?.status, 'pending')
    assert.deepEqual(await listRules(one.services), [])
  })
}

test('a session grant holds for that principal, agent and session alone, until its deadline', async () => {
  const one = rulesBench(POLICY)
  const kept = await keep(one, 'shipctl a', { scope: 'session', for: '10m', ...PROGRAM }, APPROVER)
  assert.equal(kept.ruleIds?.length, 1)
  assert.equal(await told(one, 'shipctl b'), 'allow')
  for (const other of [{ principal: 'token:2' }, { agent: 'b' }, { session: 't' }]) {
    assert.equal(await told(one, 'shipctl b', { identity: identityOf(other) }), 'require_approval')
  }
  assert.equal(await told(one, 'shipctl --to evil'), 'deny')
  await one.clock.advance(10 * 60_000)
  assert.equal(await told(one, 'shipctl b'), 'require_approval')
  await sweepGrants(one.services)
  const steps = one.trail.filter(({ kind }) => kind === 'rule').map(({ decision }) =>
    decision.action
  )
  assert.deepEqual(steps, ['created', 'expired'])
})

test('F29 a dry run of a granted call counts nothing; of racing calls as many pass as are left', async () => {
  const one = rulesBench(POLICY)
  await keep(one, 'shipctl a', { scope: 'run', calls: 4, ...PROGRAM }, ADMIN, run('r'))
  for (let i = 0; i < 5; i++) {
    assert.equal(await told(one, 'shipctl b', { ...run('r'), intent: 'preview' }), 'allow')
  }
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) => told(one, `shipctl b${i}`, run('r'))),
  )
  assert.equal(answers.filter((one) => one === 'allow').length, 3)
  const steps = one.trail.filter(({ kind }) => kind === 'rule').map(({ decision }) =>
    decision.action
  )
  assert.deepEqual(steps, ['created', 'used_up'])
})

test('a yes for so many calls lets exactly so many pass, the one that was asked about among them', async () => {
  for (const calls of [1, 2, 5]) {
    const one = rulesBench(POLICY)
    const said = await keep(one, 'shipctl a', { scope: 'run', calls, ...PROGRAM }, ADMIN, run('r'))
    assert.equal(said.ruleIds?.length, calls === 1 ? 0 : 1)
    const all = ['shipctl a', ...Array.from({ length: 20 }, (_, i) => `shipctl b${i}`)]
    const answers = await Promise.all(
      all.map((line) => decide(call(line, { cwd: '/w', ...run('r') }), one.services)),
    )
    // The call that was asked about takes its yes once the grant is used up, if it comes that late.
    const again = await decide(call('shipctl a', { cwd: '/w', ...run('r') }), one.services)
    const passed = [...answers, again].filter(({ answer }) => answer.allowed)
    assert.equal(passed.length, calls)
  }
})

test('the output of the last counted call passes too', async () => {
  const one = rulesBench(POLICY)
  await keep(one, 'shipctl a', { scope: 'run', calls: 2, ...PROGRAM }, ADMIN, run('r'))
  assert.equal(await told(one, 'shipctl b', run('r')), 'allow')
  assert.equal(await told(one, 'shipctl b', { ...run('r'), response: 'done' }), 'allow')
  assert.equal(await told(one, 'shipctl b', run('r')), 'require_approval')
})

test('F25 a grant that is only in the store, or was changed there, grants nothing', async () => {
  const one = rulesBench(POLICY)
  const { grants } = one.services
  await keep(one, 'shipctl a', { scope: 'session', ...PROGRAM })
  const [real] = await grants.list(one.clock.now())
  await grants.remove(real!.id)
  await grants.add([{ ...real!, expiresAt: real!.expiresAt + 1 }])
  assert.equal(await told(one, 'shipctl b'), 'require_approval')
  await grants.remove(real!.id)
  await grants.add([{ ...real!, id: 'forged', rule: { ...real!.rule, id: 'forged' } }])
  assert.equal(await told(one, 'shipctl b'), 'require_approval')
  await grants.remove('forged')
  await grants.add([real!])
  assert.equal(await told(one, 'shipctl b'), 'allow')
})

test('once is for one call, whoever is faster, and then it is gone', async () => {
  const one = rulesBench(POLICY)
  const api = rulesApi(one.services)
  const wanted = { action: 'allow', pattern: 'shipctl a', once: true, ...PROGRAM } as const
  const [rule] = await api.create(ADMIN, wanted, 'http')
  assert.equal(rule?.calls_left, 1)
  const answers = await Promise.all(Array.from({ length: 5 }, (_, i) => told(one, `shipctl ${i}`)))
  assert.equal(answers.filter((one) => one === 'allow').length, 1)
  assert.deepEqual((await api.list()).map(({ in_force }) => in_force), [false])
  await api.create(ADMIN, { action: 'block', pattern: 'frob' }, 'http')
  assert.deepEqual((await api.list()).map(({ action }) => action), ['block'])
})

test('what cannot be written is not in force, and the answer stands and says so', async () => {
  const one = rulesBench(POLICY)
  one.failWrite()
  const kept = await keep(one, 'shipctl a', { scope: 'always' })
  assert.deepEqual([kept.status, kept.ruleIds, kept.ruleRefused], [
    'approved',
    [],
    'the rule could not be written',
  ])
  const steps = one.trail.filter(({ kind }) => kind === 'rule').map(({ decision }) =>
    decision.action
  )
  assert.deepEqual(steps, ['created', 'refused'])
})

test('a trail that cannot be written keeps no rule', async () => {
  const one = rulesBench(POLICY)
  const create = rulesApi(one.services).create
  one.fail('audit.append')
  await assert.rejects(create(ADMIN, { action: 'block', pattern: 'frob' }, 'http'), /recorded/)
  assert.deepEqual(one.kept, [])
})

test('of a question about what is no call nothing can be kept, and that is no error', async () => {
  const one = rulesBench(POLICY)
  const row = one.approvals.get(await ask(one, 'shipctl a', { toolCallId: 't8' }))!
  assert.deepEqual(await choicesFor(one.services, { ...row, params: {} }), [])
})

test('choices show what each would have met, and are refused where they let in what must be stopped', async () => {
  const one = rulesBench(POLICY, {
    mustStop: [{
      id: 'ms-1',
      tool: 'exec',
      params: { command: 'shipctl --wipe all' },
      command: 'shipctl --wipe all',
    }],
  })
  for (const command of ['shipctl a', 'shipctl b', 'ls']) await told(one, command)
  const row = one.approvals.get(await ask(one, 'shipctl a', { toolCallId: 't9' }))!
  const choices = await choicesFor(one.services, row)
  const shown = choices.map(({ generalisation, available, matched, admits }) =>
    `${generalisation} ${available} ${matched.count} of ${matched.of} ${admits.map(({ id }) => id)}`
  )
  assert.deepEqual(shown, ['exact true 2 of 4 ', 'flags true 2 of 4 ', 'program false 3 of 4 ms-1'])
  assert.match(choices[2]!.refused!, /1 calls that must be stopped, such as shipctl --wipe all/)
  assert.deepEqual(
    choices[0]!.matched.examples.map(({ text, action }) => `${action} ${text}`),
    ['require_approval shipctl a', 'require_approval shipctl a'],
  )
})

test('"always" of a call that waits does not make another call of it', async () => {
  const one = rulesBench(POLICY)
  const waiting = decide(call('shipctl a', { cwd: '/w', waitMs: undefined }), one.services)
  let id: string | undefined
  while (id === undefined) {
    await new Promise((resolve) => setImmediate(resolve))
    id = [...one.approvals.keys()][0]
  }
  await resolveApproval(one.services, ADMIN, id, { approved: true, scope: 'always' }, 'http')
  const { answer } = await waiting
  assert.deepEqual([answer.allowed, answer.approval_status], [true, 'approved'])
})

test('removing takes back at once, and says who did it', async () => {
  const one = rulesBench(POLICY)
  const kept = await keep(one, 'shipctl a', { scope: 'always', ...PROGRAM })
  assert.equal(await told(one, 'shipctl b'), 'allow')
  await removeRule(one.services, kept.ruleIds![0]!, BY)
  assert.equal(await told(one, 'shipctl b'), 'require_approval')
  await assert.rejects(removeRule(one.services, kept.ruleIds![0]!, BY), /no such rule/)
  const event = one.trail.findLast(({ kind }) => kind === 'rule')!
  assert.equal(`${event.decision.action} ${event.principal} ${event.via}`, 'removed admin http')
})

test('peer what is kept of a call by a tool of another name is read as that tool reads it', async () => {
  const one = rulesBench(POLICY)
  const tool = { tool: 'powershell' }
  const command = 'shipctl "a b" `"c'
  await keep(one, command, { scope: 'always' }, ADMIN, tool)
  assert.equal(await told(one, command, tool), 'allow')
})

test('of a thousand who keep the answer at once one does, and it is kept once', async () => {
  const one = rulesBench(POLICY)
  const id = await ask(one, 'shipctl a')
  const answers = await Promise.allSettled(
    Array.from(
      { length: 1000 },
      () => resolveApproval(one.services, ADMIN, id, { approved: true, scope: 'always' }, 'http'),
    ),
  )
  assert.equal(answers.filter(({ status }) => status === 'fulfilled').length, 1)
  const lost = answers.flatMap((one) => one.status === 'rejected' ? [one.reason.code] : [])
  assert.deepEqual([...new Set(lost)], ['approval_settled'])
  assert.equal(one.kept.length, 1)
})
