import type { ApprovalStats, RuleStats } from '../service/approval-stats.ts'
import { connect } from './client.ts'
import type { Invocation } from './command.ts'
import { type Output, safe } from './output.ts'

/** How often people are asked, how fast they answer, and which rules are always answered yes. */
export async function showStats(invocation: Invocation): Promise<number> {
  const { out } = invocation
  const stats = await (await connect(invocation)).get('/v1/approvals/stats') as ApprovalStats
  if (out.json) {
    out.data(stats)
    return 0
  }
  const { since, asked, answered, asks_per_hour, median_answer_ms } = stats
  const median = median_answer_ms === null
    ? ''
    : `, half of them within ${seconds(median_answer_ms)}`
  out.line(
    safe`Since ${since}: ${asked} asked (${asks_per_hour} an hour), ${answered} answered${median}`,
  )
  for (const rule of stats.rules) showRule(rule, out)
  return 0
}

function showRule(stats: RuleStats, out: Output): void {
  const { rule, asked, approved, denied, expired, hint } = stats
  const name = rule ?? 'default_action'
  out.line(
    safe`  ${name}: ${asked} asked, ${approved} approved, ${denied} denied, ${expired} not answered`,
  )
  if (hint !== null) out.line(safe`    ${out.paint('yellow', hint)}`)
}

function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`
}
