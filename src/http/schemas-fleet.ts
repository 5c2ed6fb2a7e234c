import { z } from 'zod'
import { STANDINGS } from '../fleet/standing.ts'
import { oneOf } from './one-of.ts'

const text = z.string()
const optionalText = z.string().nullable()
const count = z.int().nonnegative()
const time = z.iso.datetime()
const name = z.string().min(1).max(64)
// The last digit holds two bits that no byte has.
const key = z.string().regex(
  /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/,
  'Expected an Ed25519 key: 32 bytes, base64',
)
const hash = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'Expected sha256: and 64 hex digits')

export const EnrolRequest = z.strictObject({
  code: z.string().min(1).max(128).describe('From `rampart fleet code`'),
  name: z.string().regex(
    /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/,
    'Expected letters, digits and ._:-, at most 64',
  ).describe('What the machine calls itself; the code may say something else'),
  public_key: key.describe('Ed25519: by it the node signs its requests'),
  trail_keys: z.array(key).min(1).max(32).describe(
    'Ed25519: by them the node signs the anchors of its trail, old ones too',
  ),
})

export const Enrolled = z.object({
  node: text,
  name: text,
  upstream_key: text.describe('Ed25519, base64: by it the upstream signs its answers'),
})

/** Lines of one file of a trail, as they stand there. */
export const Shipment = z.strictObject({
  file: z.string().regex(
    /^\d{4}-\d\d-\d\d(?:\.[1-9]\d{0,8})?\.jsonl$/,
    'Expected a file of a trail',
  ),
  lines: z.array(z.string().max(1 << 20)).max(1000),
  anchors: z.array(z.string().max(1 << 14)).max(1000),
})

export const Shipped = z.object({
  seq: count.describe('The last event of the copy'),
  hash: text,
  anchored: count.describe('The last event that an anchor of the copy covers'),
})

export const Beat = z.strictObject({
  version: name,
  mode: name,
  policy_hash: z.string().max(128),
  policy_faults: count,
  passed_unasked: count,
  head: z.strictObject({ seq: count, hash }),
})

export const Beaten = z.object({
  standing: oneOf(['ok', 'forked']),
  next_ms: count.describe('When the next one is due'),
})

export const FleetNode = z.object({
  id: text,
  name: text,
  labels: z.record(z.string(), z.string()),
  standing: oneOf(STANDINGS),
  enrolled_at: time,
  seen_at: time.nullable(),
  version: optionalText,
  mode: optionalText,
  policy_hash: optionalText,
  policy_faults: count,
  passed_unasked: count.describe('Calls that nobody judged, since its start'),
  events: count.describe('Of its trail, held here'),
  lag: count.describe('Those that it had beyond them when it was last heard'),
  missing: count.describe('Events that never came'),
  forked_at: count.nullable().describe('From there on its trail is not the one that it shipped'),
})

export const FleetNodes = z.object({ nodes: z.array(FleetNode).readonly() })
