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
  openclaw: { exitsTwo: false, refuse: (reason) => ({ block: true, reason }) },
  generic: { exitsTwo: true, refuse: (reason) => ({ decision: 'deny', reason }) },
}

/** How long hosts wait, ms. */
export interface Deadlines {
  /** What `rampart setup` writes as the host's timeout for a hook. */
  readonly timeout: number
  /** What it writes as `--timeout-ms`: the answer is out well before the host gives up, and lets the call run. */
  readonly answer: number
  /** The same where nobody said anything: below what the host gives a hook by default. */
  readonly byDefault: number
}

const settable = (byDefault: number): Deadlines => ({
  timeout: 330_000,
  answer: 310_000,
  byDefault,
})

export const DEADLINES: Readonly<Record<HostName, Deadlines>> = {
  'claude-code': settable(50_000),
  codex: settable(50_000),
  // It gives a hook 120 s, and nobody can change that.
  cline: { timeout: 120_000, answer: 105_000, byDefault: 105_000 },
  cursor: settable(50_000),
  gemini: settable(50_000),
  // 30 s where nobody says otherwise.
  copilot: settable(24_000),
  antigravity: settable(25_000),
  opencode: settable(50_000),
  // 15 s where nobody says otherwise.
  openclaw: settable(12_000),
  generic: settable(25_000),
}
