import { toBase64 } from '../audit/checkpoint.ts'
import { RampartError } from '../errors.ts'
import { answerText, COUNT_FIELD, readNodeField, requestText } from '../fleet/signed.ts'
import { BEAT_MS } from '../fleet/standing.ts'
import { forkAt, takeLines } from '../fleet/take.ts'
import type { FleetNode, FleetParts, NodeReport, ShippedBatch } from '../ports.ts'
import { sha256 } from './digest.ts'
import { fleetOf, type FleetServices, toldOf } from './fleet.ts'
import { recordLater } from './record.ts'

/** A request of a node, as it came. */
export interface NodeAsk {
  /** Its header field `rampart-node`. */
  readonly field: string | null
  readonly method: string
  readonly path: string
  readonly body: Uint8Array
}

/** The node that asks. */
export interface KnownNode {
  readonly node: FleetNode
  /** The header field that proves to it that its upstream answers. */
  sign(status: number, body: string): Promise<string>
}

/** On the wire: where the copy ends now. */
export interface Shipped {
  readonly seq: number
  readonly hash: string
  /** The last event that an anchor of the copy covers. */
  readonly anchored: number
}

/** On the wire. */
export interface Beaten {
  readonly standing: 'ok' | 'forked'
  readonly next_ms: number
}

/**
 * The node that signed a request. Each counts beyond the one before, so what was sent once is worth nothing
 * to who kept it, and two machines with one key are in each other's way.
 *
 * @throws RampartError `unauthenticated`; where the count alone is wrong the answer says what it has to go beyond
 */
export async function nodeOf(services: FleetServices, asked: NodeAsk): Promise<KnownNode> {
  const { store, key, verifies } = fleetOf(services)
  const said = readNodeField(asked.field)
  const node = said === undefined ? undefined : await store.node(said.node)
  if (said === undefined || node === undefined || node.revokedAt !== undefined) throw unknown()
  const digest = await digestOf(asked.body)
  const signed = requestText({ ...said, method: asked.method, path: asked.path, digest })
  if (!verifies(node.publicKey, signed, said.signature)) throw unknown()
  if (!await store.count(node.id, said.count)) {
    const last = await store.lastCount(node.id)
    throw new RampartError('unauthenticated', 'The request counts no further than one before it', {
      headers: { [COUNT_FIELD]: String(last) },
    })
  }
  return {
    node,
    async sign(status, body) {
      const digest = await sha256(body)
      const text = answerText({ node: node.id, count: said.count, status, digest })
      return toBase64((await key()).sign(text))
    },
  }
}

function unknown(): RampartError {
  return new RampartError('unauthenticated', 'The request is signed by no node of ours')
}

async function digestOf(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes.slice())
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * Take what a node ships of its trail into the copy, each event once, in order, durable.
 *
 * @throws RampartError `trail_forked` where it is another trail than the one that was shipped before: the copy
 * stays as it is, from then on; `request_invalid` for lines that are no events of one chain
 */
export async function takeBatch(
  services: FleetServices,
  node: FleetNode,
  batch: ShippedBatch,
): Promise<Shipped> {
  const { store, trails } = fleetOf(services)
  return await trails.exclusively(node.id, async () => {
    const known = await store.node(node.id)
    if (known?.fork !== undefined) throw forked(known.fork.seq)
    const head = await trails.head(node.id)
    const taken = takeLines(head, batch.lines, (text) => trails.hash(text))
    if (taken.kind === 'forked') throw await fork(services, node, taken.seq)
    if (taken.kind === 'unreadable') {
      throw new RampartError('request_invalid', `Line ${taken.line + 1} is no event of the chain`, {
        errors: [{ pointer: `/lines/${taken.line}`, detail: 'No event of the chain' }],
      })
    }
    if (taken.kind === 'taken' && taken.missing !== undefined) {
      await missed(services, known ?? node, taken.missing)
    }
    const lines = taken.kind === 'taken' ? taken.lines : []
    await trails.append(node.id, { ...batch, lines }, taken.kind === 'taken' ? taken.head : head)
    return await shippedOf(node.id, fleetOf(services))
  })
}

async function shippedOf(id: string, { trails }: FleetParts): Promise<Shipped> {
  const { seq, hash } = await trails.head(id)
  return { seq, hash, anchored: await trails.anchored(id) }
}

/** Hear how a node is. Where its trail ends says whether it is still the one that it shipped. */
export async function hearNode(
  services: FleetServices,
  node: FleetNode,
  report: NodeReport,
): Promise<Beaten> {
  const { store, trails } = fleetOf(services)
  await store.change(node.id, { seenAt: services.clock.now(), report })
  if (node.fork !== undefined) return { standing: 'forked', next_ms: BEAT_MS }
  const at = forkAt(await trails.head(node.id), report.head)
  if (at !== undefined) await fork(services, node, at)
  return { standing: at === undefined ? 'ok' : 'forked', next_ms: BEAT_MS }
}

/** Said once, loud, and kept: what was shipped is evidence. */
async function fork(services: FleetServices, node: FleetNode, seq: number): Promise<RampartError> {
  await fleetOf(services).store.change(node.id, { fork: { seq, at: services.clock.now() } })
  services.log.error(`The trail of the node ${node.name} was rewritten from event ${seq} on`)
  await alert(services, node, 'The trail of the node is another than the one that it shipped', {
    seq,
  })
  return forked(seq)
}

function forked(seq: number): RampartError {
  return new RampartError(
    'trail_forked',
    `Event ${seq} is another than the one that was shipped before`,
  )
}

async function missed(
  services: FleetServices,
  node: FleetNode,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  const missing = (node.missing ?? 0) + to - from + 1
  await fleetOf(services).store.change(node.id, { missing })
  await alert(services, node, 'Events of the node never came', { from, to })
}

async function alert(
  services: FleetServices,
  node: FleetNode,
  message: string,
  more: Readonly<Record<string, string | number>>,
): Promise<void> {
  await recordLater({
    kind: 'alert',
    request: { ...toldOf(node), ...more },
    decision: { action: 'log', message, eval_us: 0 },
    principal: `node:${node.id}`,
    via: 'http',
  }, services)
}
