import process from 'node:process'
import type { gunzip, gzip } from 'node:zlib'
import { readAt } from './audit-lines.ts'
import type { OpenFile } from './audit-ops.ts'

/** One gzip member of an archive: bytes in the file, and bytes it unpacks to. */
export interface Member {
  readonly packed: number
  readonly plain: number
}

/** Least size of what goes into one member; what is read for one line. */
export const MEMBER_BYTES = 1 << 20
/** Most members that a table can hold: the extra field of gzip takes 64 KiB. */
export const MOST_MEMBERS = 8190
/** Most bytes that one member may unpack to, whatever a table says. */
const LARGEST_MEMBER = 64 << 20

/** ID1 ID2, deflate, FEXTRA, no time, no hint, unknown system. */
const HEADER = [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255] as const
/** Subfield `RT`, Rampart's table. */
const SUBFIELD = [0x52, 0x54] as const
/** An empty deflate block, the CRC and size of nothing. */
const EMPTY = [3, 0, 0, 0, 0, 0, 0, 0, 0, 0] as const
const ENTRY = 8
const AROUND = HEADER.length + 2 + SUBFIELD.length + 2 + 4 + EMPTY.length

/** Loaded when there is something to pack or unpack: it takes long. */
function zlib(): { pack: typeof gzip.__promisify__; unpack: typeof gunzip.__promisify__ } {
  const { gzip, gunzip } = process.getBuiltinModule('node:zlib')
  const { promisify } = process.getBuiltinModule('node:util')
  return { pack: promisify(gzip), unpack: promisify(gunzip) }
}

/** One member. Compressed off this thread. */
export async function packMember(plain: Uint8Array): Promise<Uint8Array> {
  return await zlib().pack(plain)
}

/**
 * What a member unpacks to. Rejects with EBADARCHIVE when its checksum does not fit, or when it is not
 * exactly as long as the table says: a table is never trusted.
 */
export async function unpackMember(bytes: Uint8Array, { plain }: Member): Promise<Uint8Array> {
  let unpacked: Uint8Array
  try {
    unpacked = await zlib().unpack(bytes, {
      maxOutputLength: plain,
      chunkSize: Math.max(64, plain),
    })
  } catch (error) {
    throw badArchive('a member cannot be unpacked', error)
  }
  if (unpacked.length !== plain) throw badArchive('a member is not as long as the table says')
  return unpacked
}

/** The last member of an archive: it unpacks to nothing, and its extra field lists the others. */
export function tableMember(members: readonly Member[]): Uint8Array {
  if (members.length > MOST_MEMBERS) throw new RangeError(`More than ${MOST_MEMBERS} members`)
  const data = members.length * ENTRY + 4
  const bytes = new Uint8Array(AROUND - 4 + data)
  const view = new DataView(bytes.buffer)
  bytes.set(HEADER)
  view.setUint16(10, data + 4, true)
  bytes.set(SUBFIELD, 12)
  view.setUint16(14, data, true)
  members.forEach(({ packed, plain }, index) => {
    view.setUint32(16 + index * ENTRY, packed, true)
    view.setUint32(20 + index * ENTRY, plain, true)
  })
  view.setUint32(12 + data, members.length, true)
  bytes.set(EMPTY, 16 + data)
  return bytes
}

/** The members of an archive of so many bytes. Rejects with EBADARCHIVE where it has no fitting table. */
export async function readTable(file: OpenFile, size: number): Promise<readonly Member[]> {
  const end = await readAt(file, Math.max(0, size - EMPTY.length - 4), EMPTY.length + 4)
  if (end.length < EMPTY.length + 4) throw badArchive('it is too short')
  const count = viewOf(end).getUint32(0, true)
  const length = AROUND + count * ENTRY
  if (count > MOST_MEMBERS || length > size) throw noTable()
  const table = await readAt(file, size - length, length)
  const members = Array.from({ length: count }, (_, index) => ({
    packed: viewOf(table).getUint32(16 + index * ENTRY, true),
    plain: viewOf(table).getUint32(20 + index * ENTRY, true),
  }))
  // Made again it must be the same: then every byte of it is as expected.
  const again = tableMember(members)
  if (!again.every((byte, at) => byte === table[at])) throw noTable()
  const packed = members.reduce((sum, member) => sum + member.packed, 0)
  if (packed !== size - length) throw badArchive('its table speaks of another size')
  if (members.some(({ plain }) => plain === 0 || plain > LARGEST_MEMBER)) {
    throw badArchive('a member is of an impossible size')
  }
  return members
}

function noTable(): Error {
  return badArchive('it has no table of members; unpack it with gunzip')
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

export function badArchive(why: string, cause?: unknown): Error {
  const message = `The archive is broken: ${why}`
  return Object.assign(new Error(message, { cause }), { code: 'EBADARCHIVE' })
}
