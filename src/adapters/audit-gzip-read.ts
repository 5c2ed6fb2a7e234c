import { type Member, readTable, unpackMember } from './audit-gzip-format.ts'
import { readAt } from './audit-lines.ts'
import type { OpenFile } from './audit-ops.ts'

/** A member and where it stands, packed and unpacked. */
interface Placed extends Member {
  readonly at: number
  readonly from: number
}

/**
 * An archive as the file it was made from: `read` and `stat` speak of unpacked bytes. One member at a
 * time is held in memory. Rejects with EBADARCHIVE where the table does not fit the file.
 */
export async function openArchive(file: OpenFile): Promise<OpenFile> {
  try {
    const stat = await file.stat()
    const members = placed(await readTable(file, stat.size))
    const last = members.at(-1)
    return asPlain(file, members, last === undefined ? 0 : last.from + last.plain)
  } catch (error) {
    await file.close().catch(() => {})
    throw error
  }
}

function placed(members: readonly Member[]): readonly Placed[] {
  let at = 0
  let from = 0
  return members.map((member) => {
    const one = { ...member, at, from }
    at += member.packed
    from += member.plain
    return one
  })
}

function asPlain(file: OpenFile, members: readonly Placed[], size: number): OpenFile {
  let held: { readonly member: Placed; readonly bytes: Promise<Uint8Array> } | undefined

  function bytesOf(member: Placed): Promise<Uint8Array> {
    if (held?.member === member) return held.bytes
    const bytes = readAt(file, member.at, member.packed).then((packed) =>
      unpackMember(packed, member)
    )
    held = { member, bytes }
    return bytes
  }

  return {
    stat: async () => ({ ...await file.stat(), size }),
    async read(into, position) {
      let got = 0
      for (let index = indexAt(members, position); index < members.length; index++) {
        if (got >= into.length) break
        const member = members[index]!
        const skip = Math.max(0, position - member.from)
        const piece = (await bytesOf(member)).subarray(skip, skip + into.length - got)
        into.set(piece, got)
        got += piece.length
      }
      return got
    },
    write: refuse,
    datasync: refuse,
    truncate: refuse,
    close: () => file.close(),
  }
}

/** The member that holds a byte; behind the last one where none does. */
function indexAt(members: readonly Placed[], position: number): number {
  let low = 0
  let high = members.length
  while (low < high) {
    const middle = (low + high) >> 1
    const { from, plain } = members[middle]!
    if (from + plain <= position) low = middle + 1
    else high = middle
  }
  return low
}

function refuse(): Promise<never> {
  return Promise.reject(Object.assign(new Error('An archive is only read'), { code: 'EBADF' }))
}
