import { ANCHOR_EVERY, rootText } from '../audit/anchor.ts'
import type { AuditEvent } from '../audit/event.ts'
import { Frontier, HASH_BYTES } from '../audit/merkle.ts'
import { readEvent } from '../audit/read.ts'
import { EventScanner } from '../audit/verify-event.ts'
import { hashInto } from '../runtime/hasher.ts'
import type { Grown } from './audit-anchors-state.ts'
import { type Line, linesForward, textOf } from './audit-lines.ts'
import type { OpenFile } from './audit-ops.ts'
import type { TrailPart } from './audit-verify-source.ts'

/**
 * The tree of a trail at each event that must have an anchor, from a state on to an event: each so many
 * events, the last of each file, and that event.
 */
export async function* grow(
  from: Grown,
  to: number,
  parts: readonly TrailPart[],
): AsyncGenerator<Grown> {
  const growth = new Growth(from)
  const index = parts.findIndex(({ name }) => plainName(name) === from.file)
  for (const part of parts.slice(Math.max(0, index))) {
    const file = plainName(part.name)
    for await (const lines of linesOf(part, file === from.file ? from.offset : 0)) {
      for (const line of lines) {
        const seq = growth.seqOf(line)
        if (seq > to) return
        // What stands there twice is counted once: `verify` tells of it.
        if (seq <= growth.seq) continue
        const rotated = growth.enter(file)
        if (rotated !== undefined) yield rotated
        growth.append(line, seq, file)
        if (seq % ANCHOR_EVERY === 0 || seq === to) yield growth.state()
        if (seq === to) return
      }
    }
  }
}

class Growth {
  readonly #scan = new EventScanner()
  readonly #tree: Frontier
  readonly #leaf: Uint8Array = new Uint8Array(HASH_BYTES)
  #scratch: Uint8Array = new Uint8Array(4096)
  #seq: number
  #file: string
  #hash: string
  #offset: number
  #line: Line | undefined
  /** An anchor was due at the last event. */
  #isTold = true

  constructor({ seq, file, hash, offset, size, nodes }: Grown) {
    this.#seq = seq
    this.#file = file
    this.#hash = hash
    this.#offset = offset
    this.#tree = Frontier.from(size, nodes, hashInto)!
  }

  get seq(): number {
    return this.#seq
  }

  /** The number of a line's event; 0 where it is none. */
  seqOf({ bytes, terminated }: Line): number {
    if (bytes === undefined || !terminated) return 0
    const isPlain = this.#scan.line(bytes, 0, bytes.length) && this.#scan.isEvent()
    return isPlain ? this.#scan.seq() : eventIn(bytes)?.seq ?? 0
  }

  /** The state at the end of the file before, where nobody was told of it. */
  enter(file: string): Grown | undefined {
    return file === this.#file || this.#isTold ? undefined : this.state()
  }

  append(line: Line, seq: number, file: string): void {
    const bytes = line.bytes!
    if (this.#scratch.length <= bytes.length) this.#scratch = new Uint8Array(bytes.length * 2)
    // RFC 6962: the hash of a leaf is that of a zero byte and its data.
    this.#scratch.set(bytes, 1)
    hashInto(this.#scratch.subarray(0, bytes.length + 1), this.#leaf, 0)
    this.#tree.append(this.#leaf)
    this.#isTold = false
    this.#seq = seq
    this.#file = file
    this.#line = line
  }

  state(): Grown {
    this.#isTold = true
    if (this.#line !== undefined) {
      this.#hash = eventIn(this.#line.bytes!)!.hash
      this.#offset = this.#line.end
    }
    return {
      seq: this.#seq,
      hash: this.#hash,
      size: this.#tree.size,
      nodes: this.#tree.nodes(),
      root: rootText(this.#tree.root()),
      file: this.#file,
      offset: this.#offset,
    }
  }
}

function eventIn(bytes: Uint8Array): AuditEvent | undefined {
  const text = textOf({ start: 0, end: bytes.length, bytes, terminated: true })
  return text === undefined ? undefined : readEvent(text)
}

/** The lines of a part by blocks; a place that is not the beginning of a line is none. */
async function* linesOf(part: TrailPart, offset: number): AsyncGenerator<Line[]> {
  const file = await part.open() as OpenFile
  try {
    yield* linesForward(file, await isLineStart(file, offset) ? offset : 0)
  } finally {
    await file.close()
  }
}

async function isLineStart(file: OpenFile, offset: number): Promise<boolean> {
  if (offset === 0) return true
  const byte = new Uint8Array(1)
  return await file.read(byte, offset - 1) === 1 && byte[0] === 10
}

function plainName(name: string): string {
  return name.endsWith('.gz') ? name.slice(0, -3) : name
}
