import type { Caller } from '../../src/service/api.ts'
import { resolveApproval } from '../../src/service/approve.ts'
import { decide } from '../../src/service/decide.ts'
import { deskOf } from '../../src/service/desk.ts'
import type { DecideRequest, Outcome } from '../../src/service/services.ts'
import { type Bench, call, idle } from '../helpers/service.ts'

export const POLICY = `version: "1"
default_action: allow
policies:
  - name: p
    match: {tool: exec}
    rules:
      - {action: require_approval, when: {command_matches: ["deploy*"]}, message: "Ask first"}
      - {action: require_approval, once: true, when: {command_matches: ["first*"]}}
`
export const STRICTER = POLICY.replace('require_approval', 'deny')
export const PERSON: Caller = { principal: 'admin', scopes: ['eval', 'approve', 'audit', 'admin'] }

export function ask(
  one: Bench,
  change: Partial<DecideRequest> = {},
  command = 'deploy',
): Promise<Outcome> {
  return decide(call(command, { waitMs: undefined, ...change }), one.services)
}

/** Until so many questions are open, and who waits for them is held. */
export async function asked(one: Bench, count = 1, held = count): Promise<void> {
  for (let turn = 0; turn < 10_000; turn++) {
    const pending = [...one.approvals.values()].filter(({ status }) => status === 'pending')
    const waiting = [...deskOf(one.services).waiting.values()].flatMap((each) => [...each])
    if (pending.length >= count && waiting.length >= held) return
    await idle()
  }
  throw new Error('nobody asks')
}

export async function answer(one: Bench, approved: boolean): Promise<void> {
  await asked(one, 1, 0)
  const [row] = [...one.approvals.values()].filter(({ status }) => status === 'pending')
  await resolveApproval(one.services, PERSON, row!.id, { approved }, 'http')
}

export function steps(one: Bench): string[] {
  return one.trail.map(({ kind, decision }) => `${kind} ${decision.action}`)
}
