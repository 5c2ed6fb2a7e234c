import { type Anchor, ANCHOR_EVERY, ANCHORS, anchorText, readAnchor, rootText } from './anchor.ts'
import { type Checkpoint, fromBase64, keyIdOf } from './checkpoint.ts'
import { same } from './merkle-proof.ts'
import { Faults, type Finding, type FindingKind } from './verify-finding.ts'
import type { HashTools } from './verify-types.ts'

/** A signature to be checked, and what it means when it does not fit. */
export interface SignatureCheck {
  readonly key: Uint8Array
  readonly message: Uint8Array
  readonly signature: Uint8Array
  readonly failed: Finding
}

/** What an anchor says of the trail: at this event the tree has this root. */
export interface Claim {
  readonly seq: number
  readonly root: string
  readonly hash: string | undefined
  readonly file: string | undefined
  readonly where: { readonly file: string; readonly line: number }
}

const encoder = new TextEncoder()

/** Keys by what signed notes call them; a key that was handed over is trusted from there on. */
export class KeyRing {
  readonly #keys: Uint8Array[]
  readonly #hex: HashTools['hex']
  readonly #known = new Map<string, Uint8Array | undefined>()

  constructor(keys: readonly Uint8Array[], hex: HashTools['hex']) {
    this.#keys = [...keys]
    this.#hex = hex
  }

  trust(key: Uint8Array): void {
    if (this.#keys.some((known) => same(known, key))) return
    this.#keys.push(key)
    this.#known.clear()
  }

  find(name: string, keyId: string): Uint8Array | undefined {
    const label = `${keyId} ${name}`
    if (this.#known.has(label)) return this.#known.get(label)
    const key = this.#keys.find((known) => keyIdOf(name, known, this.#hex) === keyId)
    if (this.#known.size < 1000) this.#known.set(label, key)
    return key
  }
}

/** The check of a note's signature by a trusted key, undefined where it has none. */
export function noteCheck(
  { origin, text, signatures }: Checkpoint,
  keys: KeyRing,
  failed: Finding,
): SignatureCheck | undefined {
  for (const { name, keyId, signature } of signatures) {
    const key = name === origin ? keys.find(name, keyId) : undefined
    if (key !== undefined) return { key, message: encoder.encode(text), signature, failed }
  }
  return undefined
}

/** Reads the lines of `anchors.jsonl` in order and says what is wrong with them among themselves. */
export class AnchorCheck {
  readonly #keys: KeyRing
  readonly #faults = new Faults<Finding>()
  readonly #keyIds = new Set<string>()
  /** Keys that were replaced, by what they are called, with the line that says so. */
  readonly #retired = new Map<string, number>()
  /** An anchor must be at each so many events from here on. */
  #last: number
  #lastRoot = ''
  #lastNote: { readonly checkpoint: Checkpoint; readonly line: number } | undefined
  #line = 0
  #count = 0
  #missing: { readonly line: number; readonly seq: number; count: number } | undefined

  constructor(keys: KeyRing, from: number) {
    this.#keys = keys
    this.#last = from
  }

  get count(): number {
    return this.#count
  }

  get lastSeq(): number {
    return this.#count === 0 ? 0 : this.#last
  }

  get keyIds(): string[] {
    return [...this.#keyIds]
  }

  get findings(): readonly Finding[] {
    const { list, untold } = this.#faults
    const more = (message: string): Finding => ({
      kind: 'anchor_line',
      file: ANCHORS,
      line: 0,
      message,
    })
    return untold === 0 ? list : [...list, more(`${untold} more findings are not listed`)]
  }

  /** A line, undefined where it is not UTF-8; what it claims of the trail and the signatures to check. */
  take(
    text: string | undefined,
    terminated: boolean,
  ): { readonly claim?: Claim; readonly checks: readonly SignatureCheck[] } {
    this.#line += 1
    if (!terminated) {
      this.#fault('unterminated', 'The anchor has no end: it was cut, or is still being written')
      return { checks: [] }
    }
    const read = text === undefined ? 'The line is not UTF-8 text' : readAnchor(text)
    if (typeof read === 'string') {
      this.#fault('anchor_line', read)
      return { checks: [] }
    }
    const { anchor, checkpoint } = read
    const checks = this.#checksOf(anchor, checkpoint)
    const { seq, root, hash, file } = anchor
    const inOrder = this.#isInOrder(anchor)
    this.#count += 1
    if (!inOrder) return { checks }
    this.#last = seq
    this.#lastRoot = root
    this.#lastNote = { checkpoint, line: this.#line }
    const where = { file: ANCHORS, line: this.#line }
    return { checks, claim: { seq, root, hash, file, where } }
  }

  /** No more anchors: whether there are enough for a trail that ends at an event; the last note. */
  end(seq: number): SignatureCheck[] {
    this.#needAnchors(seq + 1, 0)
    const missing = this.#missing
    if (missing !== undefined) {
      const others = missing.count > 1 ? `, and so have ${missing.count - 1} later ones` : ''
      this.#faults.add({
        kind: 'anchor_missing',
        file: ANCHORS,
        line: missing.line,
        message:
          `Event ${missing.seq} has no anchor${others}: each ${ANCHOR_EVERY}th must have one`,
        expected: `an anchor at event ${missing.seq}`,
        found: this.#count === 0 ? 'no anchor' : `anchors up to event ${this.#last}`,
      })
    }
    const last = this.#lastNote
    if (last === undefined) return []
    const failed = this.#finding('anchor_signature', SIGNATURE('checkpoint'), last.line)
    return [noteCheck(last.checkpoint, this.#keys, failed)].filter((check) => check !== undefined)
  }

  #isInOrder({ seq, root, next_key }: Anchor): boolean {
    const isFirst = this.#count === 0
    if (seq < this.#last || (isFirst && seq <= this.#last)) {
      const message = `The anchor of event ${seq} stands behind that of event ${this.#last}`
      this.#fault('anchor_order', message, { expected: `> ${this.#last}`, found: String(seq) })
      return false
    }
    // Where the key changes the same event may be signed once more.
    if (seq === this.#last && (next_key === undefined || root !== this.#lastRoot)) {
      const message = `There are two anchors of event ${seq}`
      this.#fault('anchor_order', message, { expected: `> ${seq}`, found: String(seq) })
    }
    this.#needAnchors(seq, this.#line)
    return true
  }

  /** Each so many events before `seq` and behind the last anchor there should have been one. */
  #needAnchors(seq: number, line: number): void {
    const due = Math.floor((seq - 1) / ANCHOR_EVERY) - Math.floor(this.#last / ANCHOR_EVERY)
    if (due <= 0) return
    const first = (Math.floor(this.#last / ANCHOR_EVERY) + 1) * ANCHOR_EVERY
    if (this.#missing === undefined) this.#missing = { line, seq: first, count: due }
    else this.#missing.count += due
  }

  #checksOf(anchor: Anchor, checkpoint: Checkpoint): SignatureCheck[] {
    const { key_id: keyId } = anchor
    const note = checkpoint.signatures[0]!
    if (note.name !== checkpoint.origin || note.keyId !== keyId) {
      this.#fault('anchor_line', 'The checkpoint is signed by another key than the anchor')
    }
    const retired = this.#retired.get(keyId)
    if (retired !== undefined) {
      const message = `The key ${keyId} was replaced at ${ANCHORS}:${retired}, and signs here again`
      this.#fault('anchor_key', message)
    }
    this.#keyIds.add(keyId)
    const key = this.#keys.find(checkpoint.origin, keyId)
    if (key === undefined) {
      const message = `Nobody vouches for the key ${keyId} of ${checkpoint.origin}`
      this.#fault('anchor_key', message, { found: keyId })
      return []
    }
    const message = encoder.encode(anchorText(anchor))
    const check = (signer: Uint8Array, signature: string, what: string): SignatureCheck => ({
      key: signer,
      message,
      signature: fromBase64(signature)!,
      failed: this.#finding('anchor_signature', SIGNATURE(what), this.#line),
    })
    const checks = [check(key, anchor.signature, 'anchor')]
    const next = this.#handOver(anchor, checkpoint.origin)
    if (next !== undefined) checks.push(check(next, anchor.next_signature!, 'next key'))
    return checks
  }

  /** The key that takes over here; the anchor's own signature vouches for it. */
  #handOver({ key_id, next_key, next_key_id }: Anchor, origin: string): Uint8Array | undefined {
    if (next_key === undefined) return undefined
    const next = fromBase64(next_key)!
    this.#keys.trust(next)
    if (this.#keys.find(origin, next_key_id!) === undefined) {
      this.#fault('anchor_key', 'The next key is not called what the anchor says', {
        found: next_key_id!,
      })
    }
    this.#retired.set(key_id, this.#line)
    return next
  }

  #finding(kind: FindingKind, message: string, line: number): Finding {
    return { kind, file: ANCHORS, line, message }
  }

  #fault(
    kind: FindingKind,
    message: string,
    sides: { readonly expected?: string; readonly found?: string } = {},
  ): void {
    this.#faults.add({ ...this.#finding(kind, message, this.#line), ...sides })
  }
}

const SIGNATURE = (what: string) => `The signature of the ${what} does not fit: it was changed`

/** What a checkpoint that was kept elsewhere claims. */
export function claimOf(checkpoint: Checkpoint, file: string, line: number): Claim {
  return {
    seq: checkpoint.size,
    root: rootText(checkpoint.root),
    hash: undefined,
    file: undefined,
    where: { file, line },
  }
}
