import type { Json } from '../engine/types.ts'

export const APPROVAL_STATUSES = [
  'pending',
  'approved',
  'denied',
  'expired',
  'cancelled',
  'used',
] as const
export type ApprovalStatus = (typeof APPROVAL_STATUSES)[number]

/** One question to a person, bound to the whole call by `digest` (semantics.md 22). */
export interface Approval {
  readonly id: string
  readonly status: ApprovalStatus
  readonly digest: string
  /** Who asked; the same credential, or one of the same agent, never answers (semantics.md 26). */
  readonly principal: string
  readonly agent: string
  readonly session: string
  readonly runId?: string | undefined
  readonly toolCallId?: string | undefined
  readonly tool: string
  readonly params: Readonly<Record<string, Json>>
  readonly cwd?: string | undefined
  readonly policy?: string | undefined
  readonly rule?: string | undefined
  readonly message: string
  /** The audit event of the decision that asked. */
  readonly auditId?: string | undefined
  readonly createdAt: number
  readonly expiresAt: number
  readonly resolvedAt?: number | undefined
  /** The credential that answered, and the name it gave. */
  readonly resolvedBy?: string | undefined
  readonly resolvedName?: string | undefined
  /** The audit event of the answer: without it, or this process's memory, `approved` counts for nothing (F25). */
  readonly resolutionId?: string | undefined
  /** Asked with `Prefer: respond-async`: a lost connection does not cancel it (semantics.md 21). */
  readonly detached: boolean
}

/** Settled for good: such an approval is only history, and the trail has it too. */
export const FINAL_STATUSES: readonly ApprovalStatus[] = ['denied', 'expired', 'cancelled', 'used']

/** The legal moves; everything else is refused. */
const MOVES: Readonly<Record<ApprovalStatus, readonly ApprovalStatus[]>> = {
  pending: ['approved', 'denied', 'expired', 'cancelled'],
  approved: ['used', 'expired'],
  denied: [],
  expired: [],
  cancelled: [],
  used: [],
}

/** The approval after a legal move, or undefined when the move is not legal from its status. */
export function move(
  approval: Approval,
  status: ApprovalStatus,
  change: Partial<
    Pick<
      Approval,
      | 'resolvedAt'
      | 'resolvedBy'
      | 'resolvedName'
      | 'resolutionId'
      | 'expiresAt'
      | 'toolCallId'
    >
  >,
): Approval | undefined {
  if (!MOVES[approval.status].includes(status)) return undefined
  return { ...approval, ...change, status }
}

/** What the approval is at `now`: a pending or approved one past its deadline is expired. */
export function statusAt(approval: Approval, now: number): ApprovalStatus {
  const open = approval.status === 'pending' || approval.status === 'approved'
  return open && now >= approval.expiresAt ? 'expired' : approval.status
}
