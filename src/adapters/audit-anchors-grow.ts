import { ANCHOR_EVERY, rootText } from '../audit/anchor.ts'
import { Frontier, leafHash } from '../audit/merkle.ts'
import { readEvent } from '../audit/read.ts'
import { EventScanner, MEMBER } from '../audit/verify-event.ts'
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
    const offset = plainName(part.name) === from.file ? from.offset : 0
    for await (const { seq, hash, line } of eventsOf(part, offset)) {
      if (seq > to) return
      // What stands there twice is counted once: `verify` tells of it.
      if (seq <= growth.seq) continue
      const rotated = growth.enter(plainName(part.name))
      if (rotated !== undefined) yield rotated
      growth.append(line.bytes!, { seq, hash, file: plainName(part.name), offset: line.end })
      if (seq % ANCHOR_EVERY === 0 || seq === to) yield growth.state()
      if (seq === to) return
    }
  }
}

class Growth {
  readonly #tree: Frontier
  #state: Grown
  /** An anchor was due at the last event. */
  #isTold = true

  constructor(from: Grown) {
    this.#state = from
    this.#tree = Frontier.from(from.size, from.nodes, hashInto)!
  }

  get seq(): number {
    return this.#state.seq
  }

  /** The state at the end of the file before, where nobody was told of it. */
  enter(file: string): Grown | undefined {
    return file === this.#state.file || this.#isTold ? undefined : this.state()
  }

  append(line: Uint8Array, place: Pick<Grown, 'seq' | 'hash' | 'file' | 'offset'>): void {
    this.#tree.append(leafHash(line, hashInto))
    this.#isTold = false
    this.#state = { ...this.#state, ...place }
  }

  state(): Grown {
    this.#isTold = true
    const root = rootText(this.#tree.root())
    this.#state = { ...this.#state, size: this.#tree.size, nodes: this.#tree.nodes(), root }
    return this.#state
  }
}

interface Found {
  readonly seq: number
  readonly hash: string
  readonly line: Line
}

/** The events of a part; a place that is not the beginning of a line is none. */
async function* eventsOf(part: TrailPart, offset: number): AsyncGenerator<Found> {
  const file = await part.open() as OpenFile
  const scan = new EventScanner()
  try {
    for await (const lines of linesForward(file, await isLineStart(file, offset) ? offset : 0)) {
      for (const line of lines) {
        if (line.bytes === undefined || !line.terminated) continue
        if (scan.line(line.bytes, 0, line.bytes.length) && scan.isEvent()) {
          yield { seq: scan.seq(), hash: scan.text(MEMBER.hash), line }
        } else {
          const event = readEvent(textOf(line) ?? '')
          if (event !== undefined) yield { seq: event.seq, hash: event.hash, line }
        }
      }
    }
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
