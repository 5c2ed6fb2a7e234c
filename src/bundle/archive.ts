import { Refused } from './refused.ts'
import { BLOCK, type Block, decodeBlock, encodeHeader, END, join, padding } from './tar.ts'

/** Largest bundle, in bytes; it is never packed, so it unfolds to nothing larger. */
export const BUNDLE_BYTES = 5 << 20
/** Most files of a bundle; as many as a directory of policies may hold, and as many tests. */
export const BUNDLE_FILES = 512

export interface Member {
  readonly path: string
  readonly bytes: Uint8Array
}

export const MANIFEST = 'manifest.json'
export const SIGNATURES = 'signatures.json'

/** ASCII, one directory deep, nothing hidden: such a name means the same on every file system. */
const PATH =
  /^(?:manifest\.json|signatures\.json|(?:policies|tests)\/[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.yaml)$/

export function isMemberPath(path: string): boolean {
  return PATH.test(path)
}

/** The one archive of some members: what could differ between two machines (times, owners, modes) is fixed. */
export function packMembers(members: readonly Member[]): Uint8Array {
  const parts = members.flatMap(({ path, bytes }) => [
    encodeHeader({ path, size: bytes.length, mode: 0o644, time: 0 }),
    bytes,
    padding(bytes.length),
  ])
  const archive = join([...parts, END])
  if (archive.length > BUNDLE_BYTES) throw new Refused(`it is larger than ${BUNDLE_BYTES} bytes`)
  return archive
}

/**
 * The members of an archive that `packMembers` could have made, to the byte: nothing hides in owners, times,
 * between files or behind the end. Linear in its length, which is looked at first.
 *
 * @throws Refused for everything else
 */
export function unpackMembers(archive: Uint8Array): readonly Member[] {
  if (archive.length > BUNDLE_BYTES) throw new Refused(`it is larger than ${BUNDLE_BYTES} bytes`)
  if (archive[0] === 0x1f && archive[1] === 0x8b) throw new Refused('it is compressed')
  const members: Member[] = []
  const seen = new Set<string>()
  let at = 0
  for (;;) {
    const block = blockAt(archive, at)
    at += BLOCK
    if (block.kind === 'end') break
    if (block.kind === 'pax') throw new Refused('it holds a pax header')
    const { path, size } = block.header
    if (!isMemberPath(path)) throw new Refused(`"${shown(path)}" is no file of a bundle`)
    if (seen.has(path.toLowerCase())) throw new Refused(`"${path}" is in it twice`)
    if (seen.size >= BUNDLE_FILES) throw new Refused(`it holds more than ${BUNDLE_FILES} files`)
    if (size > archive.length - at) throw new Refused('it is cut off')
    seen.add(path.toLowerCase())
    members.push({ path, bytes: archive.subarray(at, at + size) })
    at += size + (BLOCK - size % BLOCK) % BLOCK
  }
  if (!isSame(packMembers(members), archive)) {
    throw new Refused('it is not written as rampart writes it: no byte of it may differ')
  }
  return members
}

function blockAt(archive: Uint8Array, at: number): Block {
  try {
    return decodeBlock(archive.subarray(at, at + BLOCK))
  } catch (error) {
    throw new Refused((error as Error).message, { cause: error })
  }
}

/** What an archive calls a file may be anything. */
function shown(path: string): string {
  return path.replace(/[^\x20-\x7e]/g, '?').slice(0, 100)
}

export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  // A callback for each byte takes several times as long, and every load of a bundle waits for this.
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false
  return true
}
