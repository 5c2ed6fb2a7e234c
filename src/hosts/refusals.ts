import type { Json } from '../engine/types.ts'
import type { HostName } from './host.ts'

/** How a host takes a denial when nothing else is left to be said. Needs nothing, so that it never fails. */
export interface LastWord {
  /** Exit code 2 with a reason on stderr denies there; where it does not, only JSON with code 0 does. */
  readonly exitsTwo: boolean
  readonly refuse: (reason: string) => Json
}

const hookSpecific = (reason: string): Json => ({
  hookSpecificOutput: {
    hookEventName: 'PreToolUse',
    permissionDecision: 'deny',
    permissionDecisionReason: reason,
  },
})

export const LAST_WORDS: Readonly<Record<HostName, LastWord>> = {
  'claude-code': { exitsTwo: true, refuse: hookSpecific },
  codex: { exitsTwo: true, refuse: hookSpecific },
  cline: { exitsTwo: false, refuse: (reason) => ({ cancel: true, errorMessage: reason }) },
  cursor: {
    exitsTwo: true,
    refuse: (reason) => ({ permission: 'deny', user_message: reason, agent_message: reason }),
  },
  gemini: { exitsTwo: true, refuse: (reason) => ({ decision: 'deny', reason }) },
  copilot: {
    exitsTwo: true,
    refuse: (reason) => ({
      permissionDecision: 'deny',
      permissionDecisionReason: reason,
      ...hookSpecific(reason) as Readonly<Record<string, Json>>,
    }),
  },
  antigravity: { exitsTwo: false, refuse: (reason) => ({ decision: 'deny', reason }) },
  opencode: { exitsTwo: false, refuse: (reason) => ({ block: true, reason }) },
  generic: { exitsTwo: true, refuse: (reason) => ({ decision: 'deny', reason }) },
}
