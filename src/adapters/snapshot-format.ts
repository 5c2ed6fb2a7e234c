import { Buffer } from 'node:buffer'
import { endianness } from 'node:os'
import type { Reach, ReachKind, ReachPattern } from '../engine/reach.ts'
import type { EventDraft } from '../audit/event.ts'

/** What a snapshot says beside the reach of the rules. */
export interface SnapshotParts {
  readonly reach: Reach
  readonly mode: EventDraft['mode']
  /** Symbolic links of the system, by name. */
  readonly links: readonly (readonly [name: string, target: string])[]
  /** Files of Rampart's own. */
  readonly identities: readonly { readonly dev: bigint; readonly ino: bigint }[]
}

/** `preload/snapshot.h` says what stands where. */
export const HEAD = 40
export const STATE_AT = 12
export const FRESH = 0x48535246
const MAGIC = Buffer.from('RAMPSNP\x01', 'latin1')
/** The reader maps no larger one. */
const LARGEST = 4 << 20
const EVERYTHING = 15
const MODES: Readonly<Record<EventDraft['mode'], number>> = { disabled: 0, monitor: 1, enforce: 2 }
const KINDS: Readonly<Record<ReachKind, number>> = { path: 1, host: 2, url: 3 }

const little = endianness() === 'LE'

/** The bytes of a snapshot; one that would be too large says that everything is to be asked. */
export function snapshotBytes({ reach, mode, links, identities }: SnapshotParts): Buffer {
  const patterns = [...reach.patterns.values()].map(({ pattern, for: accesses }) =>
    patternRecord(pattern, accesses)
  )
  const linked = links.map(([name, target]) => linkRecord(name, target))
  const known = identities.map(({ dev, ino }) => Buffer.concat([u64(dev), u64(ino)]))
  const size = [...patterns, ...linked, ...known].reduce((sum, { length }) => sum + length, HEAD)
  const fits = size <= LARGEST && [...patterns, ...linked].every(({ length }) => length <= 0xffff)
  if (!fits) {
    const all: Reach = { everything: EVERYTHING, patterns: new Map() }
    return snapshotBytes({ reach: all, mode, links: [], identities: [] })
  }
  const head = Buffer.alloc(HEAD)
  MAGIC.copy(head)
  const words = [size, FRESH, MODES[mode], reach.everything]
  words.push(patterns.length, linked.length, known.length)
  words.forEach((word, i) => u32(word).copy(head, 8 + 4 * i))
  return Buffer.concat([head, ...patterns, ...linked, ...known])
}

function patternRecord({ kind, pieces, begins, ends }: ReachPattern, accesses: number): Buffer {
  const texts = pieces.flatMap((piece) => {
    const bytes = Buffer.from(piece, 'utf8')
    return [u16(bytes.length), bytes]
  })
  const flags = Number(begins) | (Number(ends) << 1)
  return recordOf(Buffer.from([accesses, KINDS[kind], flags, pieces.length]), ...texts)
}

function linkRecord(name: string, target: string): Buffer {
  const from = Buffer.from(name, 'utf8')
  return recordOf(u16(from.length), from, Buffer.from(target, 'utf8'))
}

/** A record begins with its own length; one that is too long has none, and is noticed by its size. */
function recordOf(...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([u16(Math.min(0xffff, body.length + 2)), body])
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  if (little) bytes.writeUInt16LE(value)
  else bytes.writeUInt16BE(value)
  return bytes
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  if (little) bytes.writeUInt32LE(value)
  else bytes.writeUInt32BE(value)
  return bytes
}

function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  if (little) bytes.writeBigUInt64LE(BigInt.asUintN(64, value))
  else bytes.writeBigUInt64BE(BigInt.asUintN(64, value))
  return bytes
}
