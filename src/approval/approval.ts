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

/** Which way an answer came; what a token claims is recorded as claimed. */
export const CHANNELS = ['cli', 'watch', 'dashboard', 'http', 'link', 'chat'] as const
export type Channel = (typeof CHANNELS)[number]

/** How long a yes holds: for this call, or for what is kept of it. */
export const SCOPES_OF_ANSWERS = ['once', 'session', 'run', 'always'] as const
export type AnswerScope = (typeof SCOPES_OF_ANSWERS)[number]

/** One person's answer. It counts only with its event in the trail (security.md F25). */
export interface Answer {
  readonly principal: string
  /** Of the answering credential: two tokens of one agent are one voice. */
  readonly agent?: string | undefined
  /** As the caller gave it; a claim. */
  readonly name?: string | undefined
  readonly channel: Channel
  readonly approved: boolean
  readonly at: number
  readonly eventId: string
  /** Of an answer by a link: which one, for it decides once. */
  readonly link?: string | undefined
}

/** A part of the call as it was read, `of` the part it belongs to, with what the policies say of it. */
export interface ShownPart {
  readonly kind: string
  readonly text: string
  readonly of?: number | undefined
  readonly action?: string | undefined
}

export interface ShownEffect {
  readonly tool: string
  readonly path?: string | undefined
  readonly url?: string | undefined
  readonly by: string
}

/** What the approver was shown of the call when it was asked: secrets hidden, bounded. */
export interface Shown {
  readonly parts: readonly ShownPart[]
  readonly effects: readonly ShownEffect[]
  /** False when the call may touch more than `effects` says (security.md F32). */
  readonly effectsComplete: boolean
  /** Parts that were left out. */
  readonly omitted: number
}

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
  /** The name that it was asked for by, where that is another: it says how the call is read. */
  readonly called?: string | undefined
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
  /** The agent's name is the credential's, not a claim (security.md F15). */
  readonly agentBound?: boolean | undefined
  /** How long a person has; the shortest of the rules that ask (semantics.md 27). */
  readonly timeoutMs?: number | undefined
  /** People who must say yes; one where it is not said. The largest of the rules that ask. */
  readonly approvers?: number | undefined
  /** In the order they came. */
  readonly answers?: readonly Answer[] | undefined
  readonly shown?: Shown | undefined
  /** Of all it would touch, where that is known to be all and to be something (security.md F31). */
  readonly effectsDigest?: string | undefined
  /** Of the answer that settled it. */
  readonly channel?: Channel | undefined
  readonly scope?: AnswerScope | undefined
  /** Why a person said no. */
  readonly reason?: string | undefined
  /** The event of its use, as long as nobody is let go without that event. */
  readonly useId?: string | undefined
  /** A process that starts looks whether the trail has what the row says: until then it counts for nobody new. */
  readonly doubted?: boolean | undefined
  /** A denial that a person took back: the same call may be asked again. */
  readonly lifted?: boolean | undefined
  /** Counts the changes. The store keeps it, so that of two who change one state one is told. */
  readonly revision?: number | undefined
}

/** People who must say yes. */
export function approversOf({ approvers }: Pick<Approval, 'approvers'>): number {
  return approvers ?? 1
}

/**
 * Who the limit of open questions counts them for (security.md F30): the agent that a credential is bound
 * to, over all its credentials; else the claimed name, within its principal alone.
 */
export function ownerOf({ principal, agent, agentBound }: Approval): string {
  return agentBound === true ? JSON.stringify([agent]) : JSON.stringify([principal, agent])
}

const CODE_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * Fifty bits of the digest in ten letters that no one mistakes for another, for a person who compares two
 * screens (security.md F13): `7KQ2M-X0B4T`.
 */
export function codeOf({ digest }: Pick<Approval, 'digest'>): string {
  const hex = /^[0-9a-f]{13}/.exec(digest)?.[0]
  if (hex === undefined) return '00000-00000'
  let bits = BigInt(`0x${hex}`) >> 2n
  let code = ''
  for (let i = 0; i < 10; i++, bits >>= 5n) code = CODE_ALPHABET[Number(bits & 31n)] + code
  return `${code.slice(0, 5)}-${code.slice(5)}`
}

/** Settled for good: such an approval is only history, and the trail has it too. */
export const FINAL_STATUSES: readonly ApprovalStatus[] = ['denied', 'expired', 'cancelled', 'used']

/** The legal moves; everything else is refused. */
const MOVES: Readonly<Record<ApprovalStatus, readonly ApprovalStatus[]>> = {
  pending: ['approved', 'denied', 'expired', 'cancelled'],
  approved: ['used', 'expired', 'cancelled'],
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
      | 'useId'
      | 'answers'
      | 'channel'
      | 'scope'
      | 'reason'
    >
  >,
): Approval | undefined {
  if (!MOVES[approval.status].includes(status)) return undefined
  return { ...approval, doubted: undefined, ...change, status }
}

/** What the approval is at `now`: a pending or approved one past its deadline is expired. */
export function statusAt(
  approval: Pick<Approval, 'status' | 'expiresAt'>,
  now: number,
): ApprovalStatus {
  const open = approval.status === 'pending' || approval.status === 'approved'
  return open && now >= approval.expiresAt ? 'expired' : approval.status
}
