import type { FailurePosture, Mode } from './services.ts'

/**
 * What happens when something fails (design.md, Failure posture), as data: every edge, the service and
 * the documentation read this one table.
 *
 * - `allow`: the call goes through, said once on stderr and recorded as soon as there is a trail.
 * - `as_decided`: what the policies said stands, a denial included; the missing record is counted.
 * - `decide_locally`: the executable decides by itself, and denies if it cannot.
 * - `deny`: refused with the reason.
 * - `refuse_start`: no server; every fault is told. A hook denies.
 * - `keep_last_good`: the policies in force stay, and health says why.
 * - `strictest`: restrictive rules that need the fact hold, permissive ones do not.
 */
export const STANCES = [
  'allow',
  'as_decided',
  'decide_locally',
  'deny',
  'refuse_start',
  'keep_last_good',
  'strictest',
] as const
export type Stance = (typeof STANCES)[number]

interface Row {
  readonly what: string
  readonly open: Stance
  readonly closed: Stance
  readonly monitor: Stance
}

/** A defect is the one row that monitor mode does not soften: nobody could judge self-protection. */
export const POSTURES = {
  absent: {
    what: 'Rampart is not there',
    open: 'allow',
    closed: 'deny',
    monitor: 'allow',
  },
  failing: {
    what: 'Rampart is there but fails, is overloaded or late',
    open: 'decide_locally',
    closed: 'decide_locally',
    monitor: 'decide_locally',
  },
  local_failed: {
    what: 'The executable could not decide either',
    open: 'deny',
    closed: 'deny',
    monitor: 'allow',
  },
  input_unreadable: {
    what: 'The input is unreadable, empty, over a limit or ambiguous',
    open: 'deny',
    closed: 'deny',
    monitor: 'allow',
  },
  policies_invalid_at_start: {
    what: 'The policies are invalid at start',
    open: 'refuse_start',
    closed: 'refuse_start',
    monitor: 'refuse_start',
  },
  policies_invalid_at_reload: {
    what: 'The policies are invalid at reload',
    open: 'keep_last_good',
    closed: 'keep_last_good',
    monitor: 'keep_last_good',
  },
  fact_missing: {
    what: 'A fact cannot be had',
    open: 'strictest',
    closed: 'strictest',
    monitor: 'strictest',
  },
  audit_unwritable: {
    what: 'The decision cannot be recorded',
    open: 'as_decided',
    closed: 'deny',
    monitor: 'as_decided',
  },
  approval_expired: {
    what: 'Nobody answered an approval in time',
    open: 'deny',
    closed: 'deny',
    monitor: 'allow',
  },
  defect: {
    what: 'A defect in Rampart',
    open: 'deny',
    closed: 'deny',
    monitor: 'deny',
  },
} as const satisfies Record<string, Row>

export type Failure = keyof typeof POSTURES

/** What a failure means under these settings. Self-protection denies in any mode but `disabled`. */
export function postureFor(
  failure: Failure,
  settings: { readonly mode: Mode; readonly failure: FailurePosture },
): Stance {
  const row = POSTURES[failure]
  return settings.mode === 'enforce' ? row[settings.failure] : row.monitor
}

/**
 * What an edge could not connect for (security.md F6). Only these two say that nobody is there;
 * whatever an agent can provoke by limits, stopped processes or full queues says the opposite.
 */
const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ECONNREFUSED'])

/** Whether an errno of the connection means that Rampart is absent, or present but failing. */
export function connectionFailure(code: string | undefined): 'absent' | 'failing' {
  return code !== undefined && ABSENT.has(code) ? 'absent' : 'failing'
}
