import { rootText } from './anchor.ts'
import { GENESIS, type Head } from './chain.ts'
import { Frontier, HASH_BYTES } from './merkle.ts'
import type { Claim } from './verify-anchors.ts'
import { Faults, type Finding, type FindingKind } from './verify-finding.ts'
import { orderFaults } from './verify-order.ts'
import type { HashTools, Segment } from './verify-types.ts'
import { toHex } from './checkpoint.ts'

export type { Finding } from './verify-finding.ts'

/** Where a trail begins whose older part is kept elsewhere: what stood before, and the tree over it. */
export interface TrailStart {
  readonly head: Head
  readonly size: number
  /** The roots of the tree's full subtrees, the largest first. */
  readonly nodes: readonly Uint8Array[]
}

/** Everything that a look at a trail found. */
export interface Verified {
  readonly events: number
  readonly head: { readonly seq: number; readonly hash: string }
  readonly findings: readonly Finding[]
  readonly anchors: {
    readonly count: number
    readonly last_seq: number
    readonly key_ids: readonly string[]
  }
  /** The Merkle root over all events; null where only a part was looked at. */
  readonly root: string | null
  readonly duration_ms: number
}

export interface TrailCheckOptions {
  readonly tools: HashTools
  readonly start?: TrailStart | undefined
  /** Only a later part is looked at: what stood before it is taken as it is, and there is no tree. */
  readonly isPart?: boolean | undefined
}

/**
 * Puts the parts of a trail together in order: that they link, and that anchors say of them what is so. Of
 * anchors that do not fit only the first is told, for all behind it follow from it.
 */
export class TrailCheck {
  readonly #tree: Frontier | undefined
  readonly #faults = new Faults<Finding>()
  /** Claims to come, by who makes them. */
  readonly #queues: Claim[][] = []
  readonly #unfit = new Map<string, number>()
  #file = ''
  #line = 0
  #events = 0
  /** The first event that was looked at. */
  #from = 0
  #head: Head | undefined

  constructor({ tools, start, isPart = false }: TrailCheckOptions) {
    this.#tree = isPart
      ? undefined
      : start === undefined
      ? new Frontier(tools.into)
      : Frontier.from(start.size, start.nodes, tools.into)
    this.#head = start?.head ?? (isPart ? undefined : GENESIS)
  }

  get head(): Head {
    return this.#head ?? GENESIS
  }

  /** Claims that somebody makes, in the order of their events; more may be pushed as they are read. */
  claims(claims: Claim[]): void {
    this.#queues.push(claims)
  }

  /** The parts that follow stand in this file. */
  file(name: string): void {
    this.#file = name
    this.#line = 0
  }

  /** The next part of the file. */
  segment(segment: Segment): void {
    const { first, last, faults, untold, lines } = segment
    const edge = first === undefined || this.#head === undefined
      ? []
      : orderFaults(first, this.#head, first.line)
    // The first event's own faults, then how it follows, then the rest.
    for (const fault of [...faults, ...edge].sort((a, b) => a.line - b.line)) this.#add(fault)
    this.#faults.untold += untold
    this.#grow(segment)
    this.#line += lines
    if (last !== undefined) this.#head = last
  }

  /** Something about the file as a whole. */
  finding(kind: FindingKind, message: string): void {
    this.#faults.add({ kind, file: this.#file, line: 0, message })
  }

  end(): Pick<Verified, 'events' | 'head' | 'findings' | 'root'> {
    const { seq, hash } = this.head
    for (const queue of this.#queues) {
      for (const { where, seq: claimed } of queue.splice(0)) {
        this.#unfits({
          kind: 'cut',
          ...where,
          message: `The trail ends at event ${seq}, but had ${claimed} when this was signed`,
          expected: `at least ${claimed} events`,
          found: `${seq}`,
        })
      }
    }
    const findings = [...this.#faults.list]
    for (const [file, count] of this.#unfit) {
      const message = `${count - 1} later anchors do not fit the trail either`
      if (count > 1) findings.push({ kind: 'anchor_root', file, line: 0, message })
    }
    if (this.#faults.untold > 0) {
      const message = `${this.#faults.untold} more findings are not listed`
      findings.push({ kind: 'unlisted', file: this.#file, line: 0, message })
    }
    const root = this.#tree === undefined ? null : rootText(this.#tree.root())
    return { events: this.#events, head: { seq, hash }, findings, root }
  }

  #add(fault: Omit<Finding, 'file'>): void {
    this.#faults.add({ ...fault, file: this.#file, line: this.#line + fault.line })
  }

  #grow(segment: Segment): void {
    const { events, first, seqs, leaves } = segment
    this.#events += events
    if (first === undefined) return
    if (this.#events === events) this.#from = first.seq
    let next = this.#nextClaim()
    for (let i = 0; i < events; i++) {
      const seq = seqs === undefined ? first.seq + i : seqs[i]!
      this.#tree?.append(leaves, i * HASH_BYTES)
      if (seq < next) continue
      this.#reach(seq, segment.hashes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES))
      next = this.#nextClaim()
    }
  }

  #nextClaim(): number {
    return Math.min(...this.#queues.map((queue) => queue[0]?.seq ?? Infinity), Infinity)
  }

  #reach(seq: number, hash: Uint8Array): void {
    for (const queue of this.#queues) {
      while (queue.length > 0 && queue[0]!.seq <= seq) this.#compare(queue.shift()!, seq, hash)
    }
  }

  #compare(claim: Claim, seq: number, hash: Uint8Array): void {
    const { where, file } = claim
    if (claim.seq < seq) {
      // What comes before the part that is looked at is not looked at.
      if (this.#tree === undefined && claim.seq < this.#from) return
      return this.#unfits({
        kind: 'anchor_hash',
        ...where,
        message: `Event ${claim.seq}, of which this was signed, is not where it was`,
      })
    }
    const found = `sha256:${toHex(hash)}`
    if (claim.hash !== undefined && claim.hash !== found) {
      return this.#unfits({
        kind: 'anchor_hash',
        ...where,
        message: `Event ${seq} is not the one of which this was signed`,
        expected: claim.hash,
        found,
      })
    }
    const root = this.#tree === undefined ? claim.root : rootText(this.#tree.root())
    if (root !== claim.root) {
      return this.#unfits({
        kind: 'anchor_root',
        ...where,
        message: `The events up to ${seq} are not those of which this was signed`,
        expected: claim.root,
        found: root,
      })
    }
    if (file !== undefined && file !== plainName(this.#file)) {
      const message = `Event ${seq} stands in another file than when this was signed`
      this.#unfits({ kind: 'anchor_file', ...where, message, expected: file, found: this.#file })
    }
  }

  #unfits(finding: Finding): void {
    const count = (this.#unfit.get(finding.file) ?? 0) + 1
    this.#unfit.set(finding.file, count)
    if (count === 1) this.#faults.add(finding)
  }
}

/** A file that was packed later keeps its name but for this. */
function plainName(name: string): string {
  return name.endsWith('.gz') ? name.slice(0, -3) : name
}
