import { statusAt } from '../approval/approval.ts'
import type { Via } from '../audit/event.ts'
import { RampartError } from '../errors.ts'
import type { Caller, Resolution, SeenApproval } from './api.ts'
import { choicesFor, keepAnswer, type Keeping } from './grants.ts'
import { deskOf, serially } from './desk.ts'
import { createRule, type NewRule, previewRule } from './rule-request.ts'
import type { Choice } from './rule-preview.ts'
import { listRules, removeRule, resetRules, type ShownRule } from './rules.ts'
import type { Services } from './services.ts'
import { checkStepped } from './step-up.ts'
import { refuseOwn, visible } from './who-answers.ts'

/** What an edge may do with the person's own rules. */
export interface RulesApi {
  list(): Promise<readonly ShownRule[]>
  /** `rule_refused` with the reason where it cannot be made. */
  create(caller: Caller, wanted: NewRule, via: Via): Promise<readonly ShownRule[]>
  preview(caller: Caller, wanted: NewRule): Promise<Choice>
  /** `not_found` where there is none of that id. */
  remove(caller: Caller, id: string, via: Via): Promise<void>
  reset(caller: Caller, via: Via): Promise<number>
  /** What may be kept of the answer to an approval. */
  choices(caller: Caller, id: string): Promise<readonly Choice[]>
}

/** The use cases of rules bound to their services. */
export function rulesApi(services: Services): RulesApi {
  // Each reads thousands of audited calls: one at a time, so that many cannot hold up the others.
  const inTurn = <T>(work: () => Promise<T>) => serially(deskOf(services), 'choices', work)
  return {
    list: () => listRules(services),
    async create(caller, wanted, via) {
      checkStepped(caller)
      const by = { principal: caller.principal, via }
      const ids = await createRule(services, caller, wanted, by)
      return (await listRules(services)).filter(({ id }) => ids.includes(id))
    },
    preview: (caller, wanted) => inTurn(() => previewRule(services, caller, wanted)),
    async remove(caller, id, via) {
      checkStepped(caller)
      await removeRule(services, id, { principal: caller.principal, via })
    },
    async reset(caller, via) {
      checkStepped(caller)
      return await resetRules(services, { principal: caller.principal, via })
    },
    choices: (caller, id) =>
      inTurn(async () => await choicesFor(services, await visible(services, caller, id))),
  }
}

/** What is to be kept of an answer, checked before the answer counts. */
export async function keepingFor(
  services: Services,
  caller: Caller,
  id: string,
  { approved, channel, scope = 'once', ...rest }: Resolution,
  via: Via,
): Promise<Keeping | undefined> {
  if (!approved && scope !== 'once') {
    throw new RampartError('request_invalid', '/scope only a yes is kept', {
      errors: [{ pointer: '/scope', detail: 'a no holds in its run by itself' }],
    })
  }
  const wanted = {
    scope,
    channel,
    generalisation: rest.generalisation,
    for: rest.for,
    calls: rest.calls,
  }
  if (!approved) return undefined
  const approval = await visible(services, caller, id)
  refuseOwn(caller, approval)
  // What is settled is refused by the answer itself.
  if (statusAt(approval, services.clock.now()) !== 'pending') return undefined
  return await keepAnswer(services, caller, approval, wanted, via)
}

/** Keep it, once the answer is durable; a failure is told beside the answer, which stands. */
export async function kept(
  keeping: Keeping | undefined,
  approval: SeenApproval,
  { log }: Pick<Services, 'log'>,
): Promise<SeenApproval> {
  if (keeping === undefined || approval.status === 'pending') return approval
  try {
    return { ...approval, ruleIds: await keeping.keep() }
  } catch (error) {
    log.error('An answer was given and could not be kept', error)
    const why = error instanceof RampartError ? error.message : 'the rule could not be written'
    return { ...approval, ruleIds: [], ruleRefused: why }
  }
}
