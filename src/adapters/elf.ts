import { readSync } from 'node:fs'

/** What the head of an executable file tells of how it is loaded. */
export interface Elf {
  readonly bits: 32 | 64
  readonly machine: string
  /** The loader it asks for; undefined: it is linked statically. */
  readonly loader: string | undefined
  readonly isGo: boolean
}

/** Most headers and bytes that are looked at: a hostile file costs no more than that. */
const MOST_HEADERS = 256
const MOST_NOTES = 1 << 16
const MOST_NAMES = 1 << 20
const MOST_PATH = 4096

const PT_INTERP = 3
const PT_NOTE = 4

const MACHINES: Readonly<Record<number, string>> = {
  3: 'x86',
  40: 'arm',
  62: 'x86-64',
  183: 'arm64',
  243: 'riscv64',
}

interface Reader {
  readonly is64: boolean
  /** Bytes of the file; undefined where it ends before. */
  at(offset: number, length: number): DataView | undefined
  u16(view: DataView, offset: number): number
  u32(view: DataView, offset: number): number
  /** An address or a size. */
  word(view: DataView, offset: number): number
}

/** Read an ELF file that is open; undefined when it is none, or is damaged. */
export function readElf(fd: number): Elf | undefined {
  const head = bytesAt(fd, 0, 64)
  if (head === undefined || head.getUint32(0) !== 0x7f454c46) return undefined
  const [kind, order] = [head.getUint8(4), head.getUint8(5)]
  if ((kind !== 1 && kind !== 2) || (order !== 1 && order !== 2)) return undefined
  const reader = readerOf(fd, kind === 2, order === 1)
  const { is64, u16, word } = reader
  const table = word(head, is64 ? 32 : 28)
  const size = u16(head, is64 ? 54 : 42)
  const count = u16(head, is64 ? 56 : 44)
  if (size < (is64 ? 56 : 32) || count > MOST_HEADERS) return undefined
  const segments = segmentsOf(reader, table, size, count)
  if (segments === undefined) return undefined
  const interp = segments.find(({ type }) => type === PT_INTERP)
  const loader = interp === undefined ? undefined : textAt(reader, interp.offset, interp.size)
  if (interp !== undefined && loader === undefined) return undefined
  const machine = u16(head, 18)
  return {
    bits: is64 ? 64 : 32,
    machine: MACHINES[machine] ?? `machine ${machine}`,
    loader,
    isGo: segments.some((one) => one.type === PT_NOTE && hasGoNote(reader, one)) ||
      hasGoSection(reader, head),
  }
}

function bytesAt(fd: number, offset: number, length: number): DataView | undefined {
  if (!Number.isSafeInteger(offset) || offset < 0 || length < 0) return undefined
  const bytes = new Uint8Array(length)
  for (let have = 0; have < length;) {
    const got = readSync(fd, bytes, have, length - have, offset + have)
    if (got === 0) return undefined
    have += got
  }
  return new DataView(bytes.buffer)
}

function readerOf(fd: number, is64: boolean, little: boolean): Reader {
  return {
    is64,
    at: (offset, length) => bytesAt(fd, offset, length),
    u16: (view, offset) => view.getUint16(offset, little),
    u32: (view, offset) => view.getUint32(offset, little),
    word: (view, offset) =>
      is64 ? Number(view.getBigUint64(offset, little)) : view.getUint32(offset, little),
  }
}

interface Segment {
  readonly type: number
  readonly offset: number
  readonly size: number
}

function segmentsOf(
  { at, is64, u32, word }: Reader,
  table: number,
  size: number,
  count: number,
): readonly Segment[] | undefined {
  const view = at(table, size * count)
  if (view === undefined) return undefined
  return Array.from({ length: count }, (_, index) => {
    const base = index * size
    return {
      type: u32(view, base),
      offset: word(view, base + (is64 ? 8 : 4)),
      size: word(view, base + (is64 ? 32 : 16)),
    }
  })
}

function textAt({ at }: Reader, offset: number, size: number): string | undefined {
  if (size < 2 || size > MOST_PATH) return undefined
  const view = at(offset, size)
  if (view === undefined) return undefined
  const text = Buffer.from(view.buffer).toString('utf8')
  const end = text.indexOf('\0')
  return end > 0 ? text.slice(0, end) : undefined
}

/** The build id that Go's linker writes. */
function hasGoNote({ at, u32 }: Reader, { offset, size }: Segment): boolean {
  const view = at(offset, Math.min(size, MOST_NOTES))
  if (view === undefined) return false
  for (let here = 0; here + 16 <= view.byteLength;) {
    const [name, text] = [u32(view, here), u32(view, here + 4)]
    if (name === 4 && view.getUint32(here + 12) === 0x476f0000) return true
    here += 12 + aligned(name) + aligned(text)
  }
  return false
}

const aligned = (size: number) => Math.ceil(size / 4) * 4

/** Go's tables have sections of their own, also where the build id was left out. */
function hasGoSection({ at, is64, u16, u32, word }: Reader, head: DataView): boolean {
  const table = word(head, is64 ? 40 : 32)
  const [size, count, names] = [58, 60, 62].map((offset) => u16(head, is64 ? offset : offset - 12))
  if (table === 0 || size! < (is64 ? 64 : 40) || names! >= count! || count! > MOST_HEADERS) {
    return false
  }
  const view = at(table, size! * count!)
  if (view === undefined) return false
  const base = names! * size!
  const offset = word(view, base + (is64 ? 24 : 16))
  const length = word(view, base + (is64 ? 32 : 20))
  const text = length > MOST_NAMES ? undefined : at(offset, length)
  if (text === undefined) return false
  const all = Buffer.from(text.buffer).toString('latin1')
  return Array.from({ length: count! }, (_, index) => u32(view, index * size!)).some((start) =>
    /^\.(?:gopclntab|go\.buildinfo|note\.go\.buildid)\0/.test(all.slice(start, start + 32))
  )
}
