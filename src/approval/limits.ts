/**
 * Open questions there may be at once (security.md F30), and what they may keep. Names are claims, so what an
 * agent cannot make up counts first: its principal. Of all of them the last `reserve` are kept for
 * principals that have fewer than `few` open, and of their bytes a principal may have a quarter, so that
 * whoever fills the rest shuts out nobody else.
 */
export interface ApprovalLimits {
  readonly principal: number
  /** Of one agent's name within its principal, or of all credentials that are bound to the agent. */
  readonly owner: number
  readonly all: number
  readonly reserve: number
  readonly few: number
  /** UTF-8 bytes of the parameters of one call. */
  readonly callBytes: number
  /** Of all that is kept of open questions. */
  readonly allBytes: number
}

export const PENDING: ApprovalLimits = {
  principal: 100,
  owner: 50,
  all: 10_000,
  reserve: 1000,
  few: 10,
  // As much as a call may have at all.
  callBytes: 2 ** 20,
  allBytes: 128 * 2 ** 20,
}
