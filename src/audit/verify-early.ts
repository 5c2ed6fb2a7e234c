import { ANCHORS } from './anchor.ts'
import type { Claim } from './verify-anchors.ts'
import type { Finding } from './verify-finding.ts'

/**
 * Claims of checkpoints from elsewhere about events that were pruned. They cannot be compared with the
 * events any more, but with the trail's own anchors, which are never pruned, and where they are of the last
 * event that is gone, with the tree that stands for it.
 */
export class EarlyClaims {
  readonly #from: number
  readonly #root: string
  readonly #waiting = new Map<number, Claim[]>()
  readonly #findings: Finding[] = []

  /** Events up to `from` are gone, and the tree over them has this root. */
  constructor(from: number, root: string) {
    this.#from = from
    this.#root = root
  }

  /** The claims that are about events that are there; the others are kept. */
  split(claims: readonly Claim[]): Claim[] {
    const early = claims.filter(({ seq }) => seq <= this.#from)
    for (const claim of early) {
      if (claim.seq === this.#from) this.#compare(claim, this.#root)
      else this.#waiting.set(claim.seq, [...this.#waiting.get(claim.seq) ?? [], claim])
    }
    return claims.slice(early.length)
  }

  /** What the trail's own anchor of an event that is gone says. */
  anchored(own: Claim): void {
    const { seq, root } = own
    if (seq === this.#from) this.#compare(own, this.#root)
    for (const claim of this.#waiting.get(seq) ?? []) this.#compare(claim, root)
    this.#waiting.delete(seq)
  }

  /** No more anchors. */
  end(): readonly Finding[] {
    for (const { seq, where } of [...this.#waiting.values()].flat()) {
      const message = `Event ${seq} was pruned, and ${ANCHORS} has no anchor of it to compare with`
      this.#findings.push({ kind: 'anchor_missing', ...where, message })
    }
    return this.#findings
  }

  #compare({ seq, root, where }: Claim, found: string): void {
    if (root === found) return
    const message =
      `The events up to ${seq}, which were pruned, are not those of which this was signed`
    this.#findings.push({ kind: 'anchor_root', ...where, message, expected: root, found })
  }
}
