import type { Answer, Approval } from '../approval/approval.ts'
import { RampartError } from '../errors.ts'
import type { Caller } from './api.ts'
import type { Services } from './services.ts'

/** How many people answered: two credentials of one agent are one voice. */
export function voices(answers: readonly Answer[]): number {
  const heard: Answer[] = []
  for (const answer of answers) {
    if (answer.approved && !heard.some((other) => isSameVoice(other, answer))) heard.push(answer)
  }
  return heard.length
}

function isSameVoice(
  a: Pick<Answer, 'principal' | 'agent'>,
  b: Pick<Answer, 'principal' | 'agent'>,
): boolean {
  return a.principal === b.principal || (a.agent !== undefined && a.agent === b.agent)
}

export function refuseTwice(caller: Caller, answers: readonly Answer[]): void {
  if (!answers.some((answer) => isSameVoice(answer, caller))) return
  throw new RampartError(
    'forbidden',
    'This credential, or one of the same agent, said yes already: another person must',
  )
}

/** Semantics.md 26: the admin token is the person; nobody else answers what they or their agent asked. */
export function refuseOwn(caller: Caller, approval: Approval): void {
  if (!mayApprove(caller)) {
    throw new RampartError('forbidden', 'Answering an approval needs the scope approve')
  }
  if (caller.principal === 'admin') return
  const own = caller.principal === approval.principal ||
    (caller.agent !== undefined && caller.agent === approval.agent)
  if (own) throw new RampartError('forbidden', 'A caller never answers its own question')
}

/** The approval, where the caller may see it: others' ones do not exist for it. */
export async function visible(
  services: Services,
  caller: Caller,
  id: string,
): Promise<Approval> {
  const approval = await services.approvals.get(id)
  const seen = approval !== undefined &&
    (mayApprove(caller) || approval.principal === caller.principal)
  if (!seen) throw new RampartError('not_found', 'There is no such approval')
  return approval
}

export function mayApprove({ scopes }: Caller): boolean {
  return scopes.includes('approve') || scopes.includes('admin')
}
