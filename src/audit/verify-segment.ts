import { canonicalWithout } from './canonical.ts'
import { type Head, isTime } from './chain.ts'
import { toHex } from './checkpoint.ts'
import type { AuditEvent } from './event.ts'
import { HASH_BYTES } from './merkle.ts'
import { readEvent } from './read.ts'
import { EventScanner, MEMBER } from './verify-event.ts'
import { HASH_TEXT, hexAt, hexInto, isHash, isTimeAt, PREFIX, TIME_BYTES } from './verify-bytes.ts'
import { type Linked, orderFaults } from './verify-order.ts'
import { type Fault, Faults, type FindingKind } from './verify-finding.ts'
import type { HashTools, Segment, Since } from './verify-types.ts'
import { KIND_OF, wordsOf, writtenAs } from './verify-words.ts'
import type { ScanReason } from './verify-scan.ts'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Checks lines that follow each other: each must be the canonical bytes of an event whose hash fits, and
 * follow the one before it in number, hash and time (semantics.md 29). After a finding it goes on from what
 * the line claims, so that one change is not told all the way down. Holds no line.
 */
export class SegmentCheck {
  readonly #tools: HashTools
  readonly #since: Since | undefined
  readonly #scan = new EventScanner()
  readonly #faults = new Faults<Fault>()
  /** Faults of lines that may stand before where we look. */
  #early: Fault[] = []
  #started: boolean
  #line = 0
  #events = 0
  #first: Segment['first']
  #leaves: Uint8Array<ArrayBuffer> = new Uint8Array(1024 * HASH_BYTES)
  /** What the events claim to be; the last of them is what the next one must name. */
  #hashes: Uint8Array<ArrayBuffer> = new Uint8Array(1024 * HASH_BYTES)
  #seqs: number[] | undefined
  #seq = 0
  readonly #time: Uint8Array = new Uint8Array(TIME_BYTES)
  /** Where the last event's hash or time is not of the form that the fields above can hold. */
  #odd: Head | undefined
  readonly #digest: Uint8Array = new Uint8Array(HASH_BYTES)

  constructor(tools: HashTools, since?: Since) {
    this.#tools = tools
    this.#since = since
    this.#started = since === undefined
  }

  /** A line that is no event for its length alone. */
  tooLong(): void {
    this.#line += 1
    this.#fault('too_long', 'The line is longer than any event')
  }

  /**
   * A line without its line feed, between two places of a buffer. Its bytes, and the one before it, are
   * ours to change.
   */
  line(bytes: Uint8Array, from: number, end: number, terminated: boolean): void {
    this.#line += 1
    const scan = this.#scan
    if (!terminated) {
      this.#fault('unterminated', 'The line has no end: it was cut, or is still being written')
    }
    if (!scan.line(bytes, from, end)) return this.#crooked(bytes, from, end, scan.reason!)
    if (!scan.isEvent()) return this.#fault('not_event', 'The line is not an event of this trail')
    if (!this.#started && !this.#isIn(scan.seq(), scan.text(MEMBER.time))) return
    for (const { kind, name } of scan.faults) this.#fault(kind, ...wordsOf(kind, name))
    this.#leaf(bytes, from, end)
    if (this.#odd !== undefined || !this.#isPlain()) return this.#slowly(bytes, from, end)
    const follows = this.#follows(scan.seq())
    const before = follows ? undefined : this.#linked()
    this.#checkHash(bytes, from, end)
    if (follows) this.#goOn(scan.seq())
    else this.#place(before!)
  }

  result(): Segment {
    const faults = this.#started ? this.#faults.list : [...this.#early, ...this.#faults.list]
    return {
      lines: this.#line,
      events: this.#events,
      first: this.#first,
      last: this.#head(),
      leaves: this.#leaves.slice(0, this.#events * HASH_BYTES),
      hashes: this.#hashes.slice(0, this.#events * HASH_BYTES),
      seqs: this.#seqs,
      faults,
      untold: this.#faults.untold,
    }
  }

  /** The event that was placed last. */
  #head(): Head | undefined {
    if (this.#odd !== undefined || this.#first === undefined) return this.#odd
    const last = (this.#events - 1) * HASH_BYTES
    return {
      seq: this.#seq,
      hash: PREFIX + toHex(this.#hashes.subarray(last, last + HASH_BYTES)),
      time: String.fromCharCode(...this.#time),
    }
  }

  /** Whether hash, link and time of the line are what they always are; then its hash is kept. */
  #isPlain(): boolean {
    const { bytes, places } = this.#scan
    const hash = places[MEMBER.hash * 2]!
    const time = places[MEMBER.time * 2]! + 1
    return places[MEMBER.time * 2 + 1]! - time - 1 === TIME_BYTES && isTimeAt(bytes, time) &&
      places[MEMBER.hash * 2 + 1]! - hash === HASH_TEXT + 2 &&
      hexAt(bytes, hash + 1, this.#hashes, (this.#events - 1) * HASH_BYTES)
  }

  /** Whether the line is the next in number, hash and time. */
  #follows(seq: number): boolean {
    const { bytes, places } = this.#scan
    if (this.#first === undefined || seq !== this.#seq + 1) return false
    const prev = places[MEMBER.prev_hash * 2]!
    const isText = places[MEMBER.prev_hash * 2 + 1]! - prev === HASH_TEXT + 2
    if (!isText || !hexAt(bytes, prev + 1, this.#digest, 0)) return false
    const last = (this.#events - 2) * HASH_BYTES
    for (let i = 0; i < HASH_BYTES; i++) {
      if (this.#digest[i] !== this.#hashes[last + i]) return false
    }
    const time = places[MEMBER.time * 2]! + 1
    for (let i = 0; i < TIME_BYTES; i++) {
      const step = bytes[time + i]! - this.#time[i]!
      if (step !== 0) return step > 0
    }
    return true
  }

  #goOn(seq: number): void {
    const { bytes, places } = this.#scan
    const time = places[MEMBER.time * 2]! + 1
    for (let i = 0; i < TIME_BYTES; i++) this.#time[i] = bytes[time + i]!
    this.#seq = seq
    this.#seqs?.push(seq)
  }

  /** The line as its neighbours see it. */
  #linked(): Linked {
    const scan = this.#scan
    return {
      seq: scan.seq(),
      hash: scan.text(MEMBER.hash),
      time: scan.text(MEMBER.time),
      prev_hash: scan.text(MEMBER.prev_hash),
    }
  }

  /**
   * Whether the hash fits. What stands before it is moved over it, so that what is hashed lies together;
   * of the line only what comes behind is whole afterwards.
   */
  #checkHash(bytes: Uint8Array, from: number, end: number): void {
    const { places } = this.#scan
    let cutTo = places[MEMBER.hash * 2 + 1]!
    let cutFrom = places[MEMBER.hash * 2]! - '"hash":'.length
    if (bytes[cutTo] === 44) cutTo += 1
    else if (bytes[cutFrom - 1] === 44) cutFrom -= 1
    bytes.copyWithin(cutTo - (cutFrom - from), from, cutFrom)
    this.#tools.into(bytes.subarray(from + cutTo - cutFrom, end), this.#digest, 0)
    const claimed = (this.#events - 1) * HASH_BYTES
    for (let i = 0; i < HASH_BYTES; i++) {
      if (this.#digest[i] === this.#hashes[claimed + i]) continue
      const found = PREFIX + toHex(this.#hashes.subarray(claimed, claimed + HASH_BYTES))
      return this.#badHash(PREFIX + toHex(this.#digest), found)
    }
  }

  /** The same for a line whose hash or time has another form, or that follows such a one. */
  #slowly(bytes: Uint8Array, from: number, end: number): void {
    const text = decoder.decode(bytes.subarray(from, end))
    const event = readEvent(text)!
    const hash = this.#hashOf(event)
    if (hash !== event.hash) this.#badHash(hash ?? 'none', event.hash)
    this.#place(event)
  }

  /** A line that is not canonical: say why, and take from it what it claims where it is an event. */
  #crooked(bytes: Uint8Array, from: number, end: number, reason: ScanReason): void {
    const line = bytes.subarray(from, end)
    let text
    try {
      text = decoder.decode(line)
    } catch {
      return this.#fault('utf8', 'The line is not UTF-8 text')
    }
    const event = readEvent(text)
    if (event === undefined) {
      return this.#fault('not_event', 'The line is not an event of this trail')
    }
    if (!this.#isIn(event.seq, event.time)) return
    this.#fault(
      KIND_OF[reason],
      'The line is not in canonical form: blanks, keys or values were changed',
      writtenAs(event, text),
    )
    const hash = this.#hashOf(event)
    if (hash !== event.hash) this.#badHash(hash ?? 'none', event.hash)
    this.#leaf(bytes, from, end)
    this.#place(event)
  }

  #badHash(expected: string, found: string): void {
    this.#fault('hash', 'The hash does not fit: the event was changed', { expected, found })
  }

  #hashOf(event: AuditEvent): string | undefined {
    try {
      return PREFIX + this.#tools.hex(new TextEncoder().encode(canonicalWithout(event, 'hash')))
    } catch {
      return undefined
    }
  }

  #isIn(seq: number, time: string): boolean {
    if (this.#started) return true
    const { seq: from = 0, time: since = '' } = this.#since ?? {}
    if (seq >= from && time >= since) {
      this.#started = true
      for (const fault of this.#early) this.#faults.add(fault)
    }
    this.#early = []
    return this.#started
  }

  /** Put an event behind the last one, whatever is wrong with it; its leaf is counted already. */
  #place({ seq, hash, time, prev_hash }: Linked): void {
    if (!isTime(time)) {
      this.#fault('time', 'The time is not in RFC 3339 with milliseconds, UTC', { found: time })
    }
    const head = this.#events > 1 ? this.#headBefore() : undefined
    if (head === undefined) {
      this.#first = { seq, hash, time, prev_hash, line: this.#line }
    } else {
      for (const fault of orderFaults({ seq, hash, time, prev_hash }, head, this.#line)) {
        this.#faults.add(fault)
      }
      if (this.#seqs === undefined && seq !== head.seq + 1) {
        this.#seqs = Array.from({ length: this.#events - 1 }, (_, i) => this.#first!.seq + i)
      }
    }
    this.#seqs?.push(seq)
    hexInto(hash, this.#hashes, (this.#events - 1) * HASH_BYTES)
    this.#seq = seq
    const isPlain = isHash(hash) && isTime(time)
    this.#odd = isPlain ? undefined : { seq, hash, time }
    if (isPlain) { for (let i = 0; i < TIME_BYTES; i++) this.#time[i] = time.charCodeAt(i) }
  }

  /** The head while the next event has its leaf but not yet its place. */
  #headBefore(): Head | undefined {
    this.#events -= 1
    const head = this.#head()
    this.#events += 1
    return head
  }

  #leaf(bytes: Uint8Array, from: number, end: number): void {
    const at = this.#events * HASH_BYTES
    if (at === this.#leaves.length) {
      this.#leaves = doubled(this.#leaves)
      this.#hashes = doubled(this.#hashes)
    }
    // The zero byte that RFC 6962 puts before a leaf, without a copy of the line.
    bytes[from - 1] = 0
    this.#tools.into(bytes.subarray(from - 1, end), this.#leaves, at)
    this.#events += 1
  }

  #fault(kind: FindingKind, message: string, sides: Partial<Fault> = {}): void {
    const fault = { kind, line: this.#line, message, ...sides }
    if (this.#started) this.#faults.add(fault)
    else if (this.#early.length < 100) this.#early.push(fault)
  }
}

function doubled(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const more = new Uint8Array(bytes.length * 2)
  more.set(bytes)
  return more
}
