/** How much of what is settled a store of approvals keeps. */
export interface Kept {
  /** Settled approvals, and granted ones past their deadline; the oldest beyond them go. The audit trail keeps what was asked and answered. */
  readonly settled: number
  /** Looked at with the first new approval of a process, and then after so many. */
  readonly every: number
}

export const KEPT: Kept = { settled: 10_000, every: 64 }
