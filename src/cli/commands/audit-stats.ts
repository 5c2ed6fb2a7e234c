import { statsNow } from '../../adapters/audit-index-now.ts'
import { systemClock } from '../../adapters/clock.ts'
import type { Named, TrailStats } from '../../audit/stats.ts'
import type { Invocation } from '../command.ts'
import { type Output, safe } from '../output.ts'
import { indexing, shownAction, spanFlags, trailOf } from '../trail.ts'

const SHOWN = 10
const HOURS = 24
const WIDTH = 40

/** What was decided, how often, by what, and how long it took. */
export async function run(invocation: Invocation): Promise<number> {
  const { out } = invocation
  const span = spanFlags(invocation, systemClock().now())
  const progress = indexing(out)
  const dir = await trailOf(invocation)
  const stats = await statsNow(dir, span, progress.show).finally(progress.end)
  if (out.json) out.data(stats)
  else show(stats, out)
  return 0
}

function show({ since, until, events, decisions, latency }: TrailStats, out: Output): void {
  const { total, enforced } = decisions
  const when = [since && `from ${since}`, until && `until ${until}`].filter(Boolean).join(' ')
  out.line(
    safe`${events} events${when && `, ${when}`}: ${total} decisions, ${enforced} of them enforced`,
  )
  for (const { name, count } of decisions.by_action) {
    out.line(safe`  ${String(count).padStart(9)}  ${shownAction(name, out)}`)
  }
  for (
    const [title, list, more] of [
      ['policies', decisions.by_policy, decisions.unlisted.policies],
      ['tools', decisions.by_tool, decisions.unlisted.tools],
      ['agents', decisions.by_agent, decisions.unlisted.agents],
    ] as const
  ) {
    showNames(title, list, more, out)
  }
  const hours = decisions.by_hour.slice(-HOURS)
  const most = Math.max(1, ...hours.map(({ count }) => count))
  if (hours.length > 0) out.line(safe`hours (UTC), denied`)
  for (const { hour, count, denied } of hours) {
    const bar = '█'.repeat(Math.max(1, Math.round(WIDTH * count / most)))
    out.line(safe`  ${hour.slice(0, 13)}  ${String(count).padStart(9)}  ${denied}  ${bar}`)
  }
  if (latency.p50_us !== null) {
    out.line(safe`evaluation: p50 ${latency.p50_us} µs, p99 ${latency.p99_us!} µs`)
  }
}

function showNames(title: string, list: readonly Named[], unlisted: number, out: Output): void {
  if (list.length === 0) return
  out.line(safe`${title}, denied`)
  for (const { name, count, denied } of list.slice(0, SHOWN)) {
    out.line(safe`  ${String(count).padStart(9)}  ${denied}  ${name === '' ? '(none)' : name}`)
  }
  const more = Math.max(0, list.length - SHOWN) + unlisted
  if (more > 0) out.line(safe`  … ${more} more`)
}
