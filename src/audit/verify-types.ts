import type { Head } from './chain.ts'
import type { HashInto } from './merkle.ts'
import type { Linked } from './verify-order.ts'
import type { Fault } from './verify-finding.ts'

export interface HashTools {
  readonly into: HashInto
  /** SHA-256 in hex. */
  readonly hex: (bytes: Uint8Array) => string
}

/** What the lines of one part of a file hold. Of plain data, so that it can cross threads. */
export interface Segment {
  readonly lines: number
  readonly events: number
  /** The first event and its line. */
  readonly first: (Linked & { readonly line: number }) | undefined
  readonly last: Head | undefined
  /** Merkle leaf hashes of the events, and the hashes they claim, 32 bytes each. */
  readonly leaves: Uint8Array
  readonly hashes: Uint8Array
  /** The numbers of the events where they do not simply go up by one. */
  readonly seqs: readonly number[] | undefined
  readonly faults: readonly Fault[]
  readonly untold: number
}

/** From where on a trail is looked at. */
export interface Since {
  readonly seq?: number | undefined
  readonly time?: string | undefined
}
