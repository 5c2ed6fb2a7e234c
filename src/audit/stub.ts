import { canonicalJson } from './canonical.ts'
import { GENESIS, type Head, isTime } from './chain.ts'

export const STUB_SCHEMA = 'rampart.pruned.v1'

/** The file of stubs beside those of the trail. */
export const STUBS = 'pruned.jsonl'

/** A file that was removed. Size and digest are those of the unpacked bytes. */
export interface PrunedFile {
  readonly name: string
  readonly size: number
  /** `sha256:` and hex. */
  readonly sha256: string
  readonly events: number
}

/** What one prune leaves in the place of the files that it removed. */
export interface StubBody {
  readonly schema: typeof STUB_SCHEMA
  readonly time: string
  /** Who did it, and by which limit. */
  readonly by: string
  readonly keep: string
  /** The events that are gone. */
  readonly first: { readonly seq: number; readonly prev_hash: string; readonly time: string }
  readonly last: Head
  readonly files: readonly PrunedFile[]
  /**
   * The Merkle tree over all events from the first one of the trail to the last one that is gone: its size,
   * the roots of its full subtrees, the largest first, and its root; each `sha256:` and hex.
   */
  readonly tree: { readonly size: number; readonly nodes: readonly string[]; readonly root: string }
  /** How many things were wrong with the files when they were removed. */
  readonly findings: number
  /** `sha256:` of the line before this one, without its line feed; zeros for the first. */
  readonly prev: string
  /** The name of the log in its checkpoints, and the key that signs. */
  readonly origin: string
  readonly key_id: string
}

/** One line of `pruned.jsonl`. */
export interface Stub extends StubBody {
  /** Base64, over the canonical text of everything else. */
  readonly signature: string
}

/** The text that the signature is over. */
export function stubText(stub: StubBody): string {
  return canonicalJson({ ...stub, signature: undefined })
}

/** The line of a stub, without its line feed. */
export function stubLine(stub: Stub): string {
  return canonicalJson(stub)
}

/** Where a chain goes on behind the last of these stubs. */
export function headBehindStubs(stubs: readonly Stub[]): Head {
  return stubs.at(-1)?.last ?? GENESIS
}

type Check = (value: unknown) => boolean

const isSeq: Check = (value) => Number.isSafeInteger(value) && Number(value) > 0
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0
const isText: Check = (value) => typeof value === 'string' && value.length <= 1000
const isHash: Check = (value) => typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value)
const isMoment: Check = (value) => typeof value === 'string' && isTime(value)
const isName: Check = (value) =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\d(?:\.[1-9]\d{0,8})?\.jsonl$/.test(value)

/** Exactly these members, each as it must be. */
function shape(members: Readonly<Record<string, Check>>): Check {
  return (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) &&
    Object.keys(value).every((key) => Object.hasOwn(members, key)) &&
    Object.entries(members).every(([key, fits]) => fits((value as Record<string, unknown>)[key]))
}

function listOf(fits: Check, most: number): Check {
  return (value) => Array.isArray(value) && value.length <= most && value.every(fits)
}

const isStub = shape({
  schema: (value) => value === STUB_SCHEMA,
  time: isMoment,
  by: isText,
  keep: isText,
  first: shape({ seq: isSeq, prev_hash: isHash, time: isMoment }),
  last: shape({ seq: isSeq, hash: isHash, time: isMoment }),
  files: listOf(shape({ name: isName, size: isCount, sha256: isHash, events: isCount }), 100_000),
  tree: shape({ size: isSeq, nodes: listOf(isHash, 64), root: isHash }),
  findings: isCount,
  prev: isHash,
  origin: isText,
  key_id: isText,
  signature: isText,
})

/** The stub of a line, or what is wrong with it, in words. What it says is not checked. */
export function readStub(text: string): Stub | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'The line is no stub of a prune'
  }
  if (!isStub(value)) return 'The line is no stub of a prune'
  return canonicalJson(value) === text ? value as Stub : 'The line is not in canonical form'
}
