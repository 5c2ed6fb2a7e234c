import type { Explanation } from './api.ts'
import { decideCall } from './decide.ts'
import type { DecideRequest, Services } from './services.ts'

/** A dry run with its trace and everything the call was read as. Audited as any preview. */
export async function explain(request: DecideRequest, services: Services): Promise<Explanation> {
  const { outcome, call } = await decideCall(
    { ...request, intent: 'preview', explain: true },
    services,
  )
  return {
    answer: outcome.answer,
    subjects: call.subjects.map(({ kind, label, of, parts }) => ({ kind, label, of, parts })),
  }
}
