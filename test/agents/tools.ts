import { HOST_TOOLS } from '../../src/intercept/host-tools.ts'
import { TOOLS } from '../../src/intercept/tools.ts'
import type { Agent } from './agent.ts'
import type { Result } from './cases.ts'

/**
 * Tools that no row says anything of: they start agents or work of their own whose calls are events again, or
 * are the agent's words for what its arguments name. Judged by name and by the commands, paths and URLs in them.
 */
const BY_ARGUMENTS: Readonly<Record<string, string>> = {
  claude:
    'Agent CronCreate CronDelete EnterWorktree ExitWorktree ScheduleWakeup SendMessage Skill ' +
    'Workflow',
  codex: 'followup_task interrupt_agent send_message spawn_agent',
  gemini: 'activate_skill invoke_agent',
  cline: 'spawn_agent team_attach_outcome_fragment team_broadcast team_cancel_run team_cleanup ' +
    'team_create_outcome team_finalize_outcome team_mission_log team_review_outcome_fragment ' +
    'team_run_task team_send_message team_shutdown_teammate team_spawn_teammate team_task',
  opencode: 'skill task',
  copilot: 'session_store_sql skill sql task write_agent',
}

/** How what an agent offers its model differs from the one table of names. */
export function toolsOf({ name, host }: Agent, declared: ReadonlySet<string>, row: string): Result {
  const { internal, as } = HOST_TOOLS[host]!
  const isKnown = (tool: string) => {
    const folded = tool.toLowerCase()
    return internal.has(folded) || as.has(folded) || TOOLS.has(folded)
  }
  const others = [...declared].filter((tool) => !isKnown(tool)).sort()
  const expected = (BY_ARGUMENTS[name] ?? '').split(' ').filter((word) => word !== '')
  const fresh = others.filter((tool) => !expected.includes(tool))
  const gone = expected.filter((tool) => !declared.has(tool))
  const ok = declared.size > 0 && fresh.length === 0 && gone.length === 0
  const said = [
    `${declared.size}, ${declared.size - others.length} in the table`,
    ...(fresh.length === 0 ? [] : [`NEW: ${fresh.join(' ')}`]),
    ...(gone.length === 0 ? [] : [`GONE: ${gone.join(' ')}`]),
  ].join('; ')
  return { row, ok, said, more: [...declared].sort().join(' ') }
}
