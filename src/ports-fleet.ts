/** Ports for the nodes of an upstream; `ports.ts` hands them on. */
import type { Head } from './audit/chain.ts'

/** A code by which one machine may enrol, once. */
export interface FleetCode {
  /** SHA-256, hex: the code itself is kept nowhere. */
  readonly hash: string
  readonly expiresAt: number
  /** What the node is called, where the code says so. */
  readonly name?: string | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly createdBy: string
}

/** What a node says of itself with each beat. */
export interface NodeReport {
  readonly version: string
  readonly mode: string
  /** Of the policies in force. */
  readonly policyHash: string
  readonly policyFaults: number
  /** Calls that nobody judged, since its start. */
  readonly passedUnasked: number
  /** The end of its own trail. */
  readonly head: { readonly seq: number; readonly hash: string }
}

export interface FleetNode {
  readonly id: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** Ed25519, raw, base64: by it the node signs what it sends. */
  readonly publicKey: string
  /** The same of its trail's anchors when it enrolled, old ones too; a later one is signed by the one before it. */
  readonly trailKeys: readonly string[]
  readonly enrolledAt: number
  readonly seenAt?: number | undefined
  readonly report?: NodeReport | undefined
  readonly revokedAt?: number | undefined
  /** The event from which on its trail is another than the one that it shipped. */
  readonly fork?: { readonly seq: number; readonly at: number } | undefined
  /** Events that never came. */
  readonly missing?: number | undefined
}

export type NodeChange = Partial<Omit<FleetNode, 'id' | 'publicKey' | 'enrolledAt'>>

/** Nodes and codes, over all processes of an upstream. */
export interface FleetStore {
  addCode(code: FleetCode): Promise<void>
  /** Take a code that holds at `now`: of several who try one gets it, for good. */
  takeCode(hash: string, now: number): Promise<FleetCode | undefined>
  add(node: FleetNode): Promise<void>
  node(id: string): Promise<FleetNode | undefined>
  /** In the order of enrolment. */
  list(): Promise<readonly FleetNode[]>
  /** Whether a node's count is beyond all before it; it is the last one then. Atomic. */
  count(id: string, count: number): Promise<boolean>
  lastCount(id: string): Promise<number>
  /** Undefined where there is no such node. */
  change(id: string, change: NodeChange): Promise<FleetNode | undefined>
}

/** Lines of one file of a node's trail, and those of its anchors that go with them. */
export interface ShippedBatch {
  readonly file: string
  readonly lines: readonly string[]
  readonly anchors: readonly string[]
}

/** The copies of nodes' trails. */
export interface NodeTrails {
  /** Of what the copy holds, after a kill too. */
  head(id: string): Promise<Head>
  /** Number of the last event that an anchor of the copy covers; 0 where there is none. */
  anchored(id: string): Promise<number>
  /** Durable when it resolves; `head` is what it ends with then. */
  append(id: string, batch: ShippedBatch, head: Head): Promise<void>
  hash(text: string): string
  /** One at a time for each node. */
  exclusively<T>(id: string, work: () => Promise<T>): Promise<T>
}

/** The key of an upstream. */
export interface FleetKey {
  /** Ed25519, raw. */
  readonly publicKey: Uint8Array
  sign(message: Uint8Array): Uint8Array
}

/** What an upstream has for its nodes. */
export interface FleetParts {
  readonly store: FleetStore
  readonly trails: NodeTrails
  readonly key: () => Promise<FleetKey>
  verifies(key: string, message: Uint8Array, signature: string): boolean
}
