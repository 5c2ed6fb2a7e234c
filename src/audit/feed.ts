import type { TrailLine } from './format/said.ts'

/** The trail as it grows, whoever appends to it: this process or another. */
export interface TrailFeed {
  /**
   * Begin behind the last event that the trail holds now. `heard` is called in the order of the chain, after
   * this has resolved, and has to return at once; at least `restMs` lie between two calls, as far as the feed
   * rests at all. Rejects where the trail cannot be read.
   */
  follow(heard: (news: TrailNews) => void, restMs?: () => number): Promise<Following>
}

export interface TrailNews {
  readonly lines: readonly TrailLine[]
  /** Events that should have come and cannot be read, by their numbers. */
  readonly lost: readonly { readonly from: number; readonly to: number }[]
}

export interface Following {
  /** The event behind which it began, 0 at the beginning. */
  readonly seq: number
  /** Resolves once everything was told that the trail held when this was called; at once when it is closed. */
  caughtUp(): Promise<void>
  close(): Promise<void>
}
