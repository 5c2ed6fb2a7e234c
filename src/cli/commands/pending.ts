import { showStats } from '../approval-stats.ts'
import { pendingApprovals, showApproval } from '../approvals.ts'
import { connect } from '../client.ts'
import type { Invocation } from '../command.ts'
import { safe } from '../output.ts'

export async function run(invocation: Invocation): Promise<number> {
  const { out } = invocation
  if (invocation.flags.has('stats')) return await showStats(invocation)
  const approvals = await pendingApprovals(await connect(invocation))
  if (out.json) out.data({ approvals })
  else if (approvals.length === 0) out.line(safe`Nothing waits for you`)
  else for (const approval of approvals) showApproval(approval, out)
  return 0
}
