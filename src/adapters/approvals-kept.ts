/** How much of what is settled a store of approvals keeps. */
export interface Kept {
  /** Settled approvals; the oldest beyond them go. The audit trail keeps what was asked and answered. */
  readonly settled: number
  /** Looked at after so many new approvals. */
  readonly every: number
}

export const KEPT: Kept = { settled: 10_000, every: 64 }
