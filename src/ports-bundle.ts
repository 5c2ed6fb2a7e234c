/** What `/healthz`, `status` and `doctor` say of the policy bundle that is followed. */
export interface BundleState {
  /** Without credentials, query and fragment. */
  readonly source: string
  /** In force; null while there is none. */
  readonly current: {
    readonly name: string
    readonly version: number
    readonly digest: string
    /** When it was built, as it says itself. */
    readonly created: string
    /** The key that signed it. */
    readonly key: string
    /** Milliseconds since the epoch; undefined where nobody remembers. */
    readonly activatedAt: number | undefined
  } | null
  /** When the source last answered, in milliseconds since the epoch. */
  readonly checkedAt: number | undefined
  /** Why the last look brought nothing, or what it brought was refused; undefined when all is well. */
  readonly lastError: string | undefined
  /** Whether that is because of what the source holds, and not because it cannot be reached. */
  readonly refused: boolean
  /** A bundle that was given up, and why. */
  readonly givenUp: { readonly version: number; readonly reason: string } | undefined
  /** The version that this node's turn has not come for. */
  readonly waiting: number | undefined
}

export type BundleChange = {
  readonly kind: 'bundle_activated' | 'bundle_refused' | 'bundle_given_up'
  readonly name: string | null
  readonly version: number | null
  readonly digest: string | null
  readonly reason: string | null
  /** The version in force behind it. */
  readonly in_force: number | null
}

/** Follows a bundle. What it does becomes known to the policies by the file it keeps. */
export interface BundleFollower {
  state(): BundleState
  /** Called after each change, and once for each reason of a refusal. Returns an unsubscribe function. */
  onChange(listener: (change: BundleChange) => void): () => void
}
