/** Ports for what a person keeps; `ports.ts` hands them on. */
import type { OwnRule } from './engine/own-rule.ts'

/** What a person lets a session or a run go on doing (semantics.md 16: keyed by principal first). */
export interface Grant {
  readonly id: string
  readonly scope: 'session' | 'run'
  readonly rule: OwnRule
  readonly principal: string
  readonly agent: string
  readonly session: string
  readonly run?: string | undefined
  /** Calls left; undefined = as many as there are until `expiresAt`. */
  readonly calls?: number | undefined
  readonly expiresAt: number
  readonly createdAt: number
  readonly createdBy: string
  /** The audit event of its making: without it the row counts for nothing (F25). */
  readonly eventId: string
}

export interface GrantStore {
  /** All or none, durable before it resolves. */
  add(grants: readonly Grant[]): Promise<void>
  /** Those of a session under one of the keys that hold at `now`; with `spent` used-up ones too. */
  find(
    who: Pick<Grant, 'principal' | 'agent' | 'session'>,
    keys: readonly string[],
    now: number,
    spent: boolean,
  ): readonly Grant[]
  /** Those that hold at `now`, oldest first. */
  list(now: number): Promise<readonly Grant[]>
  /**
   * Count one call of each, all or none, over all processes. `last` are those that it used up, `gone`
   * those that no longer hold, for which nothing was counted.
   */
  take(ids: readonly string[], now: number): Promise<{
    readonly gone: readonly string[]
    readonly last: readonly string[]
  }>
  /** What was removed; undefined when another was first or there is none. */
  remove(id: string): Promise<Grant | undefined>
  /** Remove what ended; of several who try one gets each, used-up ones left out. */
  sweep(now: number): Promise<readonly Grant[]>
}

/** The person's own file of rules, `policies/user.yaml`. */
export interface Overlay {
  /**
   * Read it, change it, write it: one at a time over all processes, whole or not at all, comments kept.
   * Durable when it resolves. `policy_invalid` with file:line:col when it is broken: then nothing is written.
   */
  edit(change: OverlayChange): Promise<void>
  /** Where it stands. */
  readonly path: string
}

export interface OverlayChange {
  readonly add?: readonly OwnRule[] | undefined
  /** By id; one that is not there is no fault. */
  readonly remove?: readonly string[] | undefined
}
