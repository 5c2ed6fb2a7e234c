import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { RampartError } from '../../src/errors.ts'
import { resolveApproval } from '../../src/service/approve.ts'
import { decide } from '../../src/service/decide.ts'
import type { DecideRequest, FailurePosture, Mode, Services } from '../../src/service/services.ts'
import { type Bench, bench, call, idle } from '../helpers/service.ts'

interface Row {
  readonly port: string
  readonly command: string
  readonly answer: boolean | string
  readonly trail: readonly string[]
  readonly unasked?: boolean
  readonly failure?: FailurePosture
  readonly mode?: Mode
  readonly intent?: DecideRequest['intent']
}

const fixture = parse(
  readFileSync(new URL('../fixtures/service/faults.yaml', import.meta.url), 'utf8'),
) as { policies: string; cases: Row[] }

async function outcomeOf(request: DecideRequest, services: Services): Promise<boolean | string> {
  try {
    return (await decide(request, services)).answer.allowed
  } catch (error) {
    assert.ok(error instanceof RampartError, String(error))
    assert.ok(!error.message.includes('injected'), 'no detail to the caller')
    return error.code
  }
}

function steps(one: Bench): string[] {
  return one.trail.map(({ kind, decision }) => `${kind} ${decision.action}`)
}

for (const row of fixture.cases) {
  const { port, command, answer, trail, failure, mode, intent } = row
  const how = [mode, failure, intent].filter((word) => word !== undefined).join(' ')
  test(`F6 posture: ${port} fails for "${command}" ${how}: ${answer}`, async () => {
    const one = bench(fixture.policies, {
      settings: { failure: failure ?? 'closed', mode: mode ?? 'enforce' },
      verdicts: { 'http://yes.example/': 'allow' },
    })
    one.fail(port)
    const request = call(command, { intent: intent ?? 'enforce' })
    assert.equal(await outcomeOf(request, one.services), answer)
    assert.equal(one.logged.some((line) => line.includes(port)), row.unasked !== true)
    one.mend()
    assert.equal(await outcomeOf(call('true'), one.services), true)
    assert.deepEqual(steps(one), [...trail, 'decision allow'])
  })
}

test('F6 posture: whatever call of whatever port fails, a denied command is never allowed', async () => {
  const ports = [...new Set(fixture.cases.map(({ port }) => port))]
  for (const failure of ['open', 'closed'] as const) {
    for (const port of ports) {
      for (let nth = 1; nth <= 4; nth++) {
        const one = bench(fixture.policies, { settings: { failure } })
        one.fail(port, nth)
        for (const command of ['rm x', 'true; rm x', 'cat /secret/a', 'hook', 'deploy']) {
          assert.notEqual(await outcomeOf(call(command), one.services), true, `${port} ${command}`)
        }
      }
    }
  }
})

test('F6 posture: missed records are written with the next one, said first, and counted', async () => {
  const one = bench(fixture.policies, { settings: { failure: 'open' } })
  one.fail('audit.append')
  const missed = []
  for (let turn = 0; turn < 3; turn++) {
    missed.push((await decide(call('true'), one.services)).answer.audit_id)
  }
  assert.equal(one.trail.length, 0)
  one.mend()
  await decide(call('true'), one.services)
  assert.deepEqual(one.trail[0]?.request, {
    unrecorded: 3,
    repaired: 3,
    since: one.trail[1]!.time,
  })
  assert.deepEqual(one.trail.slice(1, 4).map(({ id }) => id), missed)
  await decide(call('true'), one.services)
  assert.equal(one.trail.length, 6)
})

test('an outage of the trail takes one line of the log, however many calls it refuses', async () => {
  const one = bench(fixture.policies)
  const said = () => one.logged.filter((line) => line.includes('The audit trail'))
  one.fail('audit.append')
  for (let turn = 0; turn < 5; turn++) await outcomeOf(call('true'), one.services)
  assert.equal(said().length, 1)
  one.mend()
  for (let turn = 0; turn < 2; turn++) await outcomeOf(call('true'), one.services)
  assert.equal(said()[1], 'info: The audit trail can be written again')
  one.fail('audit.append')
  await outcomeOf(call('true'), one.services)
  assert.equal(said().length, 3)
})

test('F6 posture: an approval whose use cannot be recorded lets nothing through', async () => {
  const one = bench(fixture.policies)
  const { answer } = await decide(call('deploy'), one.services)
  const person = { principal: 'admin', scopes: ['approve'] } as const
  await resolveApproval(one.services, person, answer.approval_id!, { approved: true }, 'http')
  one.fail('audit.append')
  assert.equal(await outcomeOf(call('deploy'), one.services), 'audit_unavailable')
  one.mend()
  assert.equal(await outcomeOf(call('deploy'), one.services), false)
})

test('F29 of parallel calls exactly one gets a once grant, the others the next rule', async () => {
  const one = bench(fixture.policies)
  const outcomes = await Promise.all(
    Array.from({ length: 100 }, () => decide(call('grant'), one.services)),
  )
  assert.equal(outcomes.filter(({ answer }) => answer.allowed).length, 1)
  assert.deepEqual([...one.claimed], ['p/4'])
})

test('F29 a dry run claims nothing, a refusal that could not be recorded neither', async () => {
  const one = bench(fixture.policies)
  await decide(call('grant', { intent: 'preview' }), one.services)
  await decide(call('burn', { intent: 'preview' }), one.services)
  assert.equal(one.claimed.size + one.counted.length, 0)
  one.fail('audit.append')
  assert.equal(await outcomeOf(call('burn'), one.services), 'audit_unavailable')
  assert.equal(one.claimed.size, 0)
  one.mend()
  assert.equal(await outcomeOf(call('burn'), one.services), false)
  assert.equal(await outcomeOf(call('burn'), one.services), true)
})

test('semantics 15 of parallel calls none is missed in the count', async () => {
  const one = bench(fixture.policies)
  const outcomes = await Promise.all(
    Array.from({ length: 120 }, () => decide(call('ping a'), one.services)),
  )
  await idle()
  assert.ok(outcomes.filter(({ answer }) => answer.allowed).length <= 99)
  assert.equal(one.counted.length, 120)
})
