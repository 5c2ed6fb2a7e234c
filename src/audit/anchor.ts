import { canonicalJson } from './canonical.ts'
import { isTime } from './chain.ts'
import {
  type Checkpoint,
  fromBase64,
  KEY_BYTES,
  readCheckpoint,
  SIGNATURE_BYTES,
  toHex,
} from './checkpoint.ts'

export const ANCHOR_SCHEMA = 'rampart.anchor.v1'

/** The file of anchors beside those of the trail. */
export const ANCHORS = 'anchors.jsonl'

/** So often there is one: each event whose number is a multiple of it has an anchor. */
export const ANCHOR_EVERY = 100

/** What an anchor says; with its signatures one line of `anchors.jsonl`. */
export interface AnchorBody {
  readonly schema: typeof ANCHOR_SCHEMA
  /** The last event that it covers, its hash, and the file it stands in. */
  readonly seq: number
  readonly hash: string
  readonly file: string
  /** Merkle root over the lines of all events up to there. */
  readonly root: string
  readonly time: string
  readonly key_id: string
  /** The same root as a C2SP checkpoint. */
  readonly checkpoint: string
  /** Where the key changes: the next one, base64, and what it is called. */
  readonly next_key?: string
  readonly next_key_id?: string
}

/** A line of `anchors.jsonl`, read. */
export interface Anchor extends AnchorBody {
  readonly signature: string
  /** By the next key, where the key changes: that it is held by who says so. */
  readonly next_signature?: string
}

/** The bytes that an anchor's signatures are over: its canonical text without them. */
export function anchorText(body: AnchorBody): string {
  const { schema, seq, hash, file, root, time, key_id, checkpoint, next_key, next_key_id } = body
  return canonicalJson({
    schema,
    seq,
    hash,
    file,
    root,
    time,
    key_id,
    checkpoint,
    next_key,
    next_key_id,
  })
}

/** The line of an anchor, without its line feed. */
export function anchorLine(anchor: Anchor): string {
  return canonicalJson(anchor)
}

const SHAPE: Readonly<Record<keyof Anchor, (value: unknown) => boolean>> = {
  schema: (value) => value === ANCHOR_SCHEMA,
  seq: (value) => Number.isSafeInteger(value) && Number(value) > 0,
  hash: isHash,
  file: (value) => typeof value === 'string',
  root: isHash,
  time: (value) => typeof value === 'string' && isTime(value),
  key_id: isKeyId,
  checkpoint: (value) => typeof value === 'string',
  signature: isSignature,
  next_key: (value) => value === undefined || bytesOf(value)?.length === KEY_BYTES,
  next_key_id: (value) => value === undefined || isKeyId(value),
  next_signature: (value) => value === undefined || isSignature(value),
}

/** An anchor with its checkpoint, or what is wrong with the line, in words. Signatures are not checked. */
export function readAnchor(
  text: string,
): { readonly anchor: Anchor; readonly checkpoint: Checkpoint } | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'The line is no anchor'
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return 'The line is no anchor'
  }
  const strange = Object.keys(value).find((key) => !Object.hasOwn(SHAPE, key))
  if (strange !== undefined) return `No anchor has a member "${strange.slice(0, 100)}"`
  const members = value as Readonly<Record<string, unknown>>
  const bad = Object.entries(SHAPE).find(([key, fits]) => !fits(members[key]))
  if (bad !== undefined) return `The member "${bad[0]}" is missing or not what it must be`
  if (canonicalJson(value) !== text) return 'The line is not in canonical form'
  return withCheckpoint(value as Anchor)
}

function withCheckpoint(anchor: Anchor): ReturnType<typeof readAnchor> {
  const { next_key, next_key_id, next_signature } = anchor
  const next = [next_key, next_key_id, next_signature].filter((member) => member !== undefined)
  if (next.length !== 0 && next.length !== 3) return 'The change of the key is not whole'
  const checkpoint = readCheckpoint(anchor.checkpoint)
  if (checkpoint === undefined) return 'The checkpoint is none'
  if (checkpoint.size > anchor.seq || rootText(checkpoint.root) !== anchor.root) {
    return 'The checkpoint says something else than the anchor'
  }
  return { anchor, checkpoint }
}

export function rootText(root: Uint8Array): string {
  return `sha256:${toHex(root)}`
}

function isHash(value: unknown): boolean {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value)
}

function isKeyId(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{8}$/.test(value)
}

function isSignature(value: unknown): boolean {
  return bytesOf(value)?.length === SIGNATURE_BYTES
}

function bytesOf(value: unknown): Uint8Array | undefined {
  return typeof value === 'string' && value.length <= 200 ? fromBase64(value) : undefined
}
