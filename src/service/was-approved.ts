import { redact } from '../audit/redact.ts'
import { canonical } from './digest.ts'
import type { Judged } from './judge.ts'
import type { Services } from './services.ts'

/** Tool calls of a principal among which the one that ran is looked for. */
const RAN = 50

/** The call may have changed what its digest holds, a script for one: then it is known by its id and text. */
export async function wasApproved(
  { call }: Judged,
  digest: string,
  services: Services,
): Promise<boolean> {
  const { principal } = call.identity
  const filter = { principal, status: 'used' } as const
  if ((await services.approvals.list({ ...filter, digest, limit: 1 })).length > 0) return true
  if (call.toolCallId === undefined) return false
  const ran = await services.approvals.list({ ...filter, limit: RAN })
  // What is settled is kept without its secrets.
  const params = canonical(redact(call.params))
  return ran.some((row) =>
    row.toolCallId === call.toolCallId && row.tool === call.tool && row.cwd === call.cwd &&
    canonical(redact(row.params)) === params
  )
}
