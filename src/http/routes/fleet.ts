import type { z } from 'zod'
import { RampartError } from '../../errors.ts'
import { ANSWER_FIELD, COUNT_FIELD, NODE_FIELD } from '../../fleet/signed.ts'
import type { KnownNode } from '../../service/fleet-node.ts'
import { viaOf } from '../auth.ts'
import { objectOf, readBytes } from '../body.ts'
import { check } from '../check.ts'
import { inflated } from '../inflate.ts'
import { type Asked, type Reply, route } from '../route.ts'
import {
  Beat,
  Beaten,
  Enrolled,
  EnrolRequest,
  FleetNodes,
  Shipment,
  Shipped,
} from '../schemas-fleet.ts'

/** Of one request of a node, packed and unpacked. */
const PACKED_LIMIT = 2 << 20
const LIMIT = 8 << 20

const SIGNED = {
  'content-encoding': { description: 'gzip, or nothing', schema: { type: 'string' } },
}
const UNREAD = ['request_invalid', 'too_large', 'media_type_unsupported'] as const
const PROVEN = { [ANSWER_FIELD]: 'Ed25519 signature of the answer by the upstream, base64' }

export const enrollNode = route<z.infer<typeof EnrolRequest>>({
  method: 'POST',
  path: '/v1/fleet/enroll',
  operationId: 'enrollNode',
  summary: 'Make a node of the machine that has a code, once',
  tag: 'fleet',
  scopes: 'open',
  body: EnrolRequest,
  replies: { 201: { description: 'Who it is from now on', schema: Enrolled } },
  problems: ['unauthenticated', 'unavailable', 'audit_unavailable'],
  async handle({ site, env, body }) {
    const { code, name, public_key: publicKey, trail_keys: trailKeys } = body
    try {
      const enrolled = await site.api.fleet.enroll({ code, name, publicKey, trailKeys })
      return { status: 201, body: enrolled }
    } catch (error) {
      if (error instanceof RampartError && error.code === 'unauthenticated') {
        await site.api.authFailed(viaOf(env), 'wrong enrolment code').catch(() => {})
      }
      throw error
    }
  },
})

export const shipEvents = route({
  method: 'POST',
  path: '/v1/fleet/events',
  operationId: 'shipEvents',
  summary: "Lines of a node's trail into the copy that is kept here, each once",
  tag: 'fleet',
  scopes: 'node',
  bytes: 'A Shipment as JSON: `file`, `lines`, `anchors`',
  reads: SIGNED,
  replies: { 200: { description: 'Where the copy ends', schema: Shipped, headers: PROVEN } },
  problems: [...UNREAD, 'trail_forked', 'unavailable'],
  handle: (asked) =>
    ofNode(asked, Shipment, ({ node }, shipment) => asked.site.api.fleet.take(node, shipment)),
})

export const beatNode = route({
  method: 'POST',
  path: '/v1/fleet/heartbeat',
  operationId: 'beatNode',
  summary: 'How a node is',
  tag: 'fleet',
  scopes: 'node',
  bytes: 'A Beat as JSON: version, mode, policies, and where its trail ends',
  reads: SIGNED,
  replies: { 200: { description: 'How it stands', schema: Beaten, headers: PROVEN } },
  problems: [...UNREAD, 'unavailable'],
  handle: (asked) =>
    ofNode(asked, Beat, ({ node }, beat) =>
      asked.site.api.fleet.hear(node, {
        version: beat.version,
        mode: beat.mode,
        policyHash: beat.policy_hash,
        policyFaults: beat.policy_faults,
        passedUnasked: beat.passed_unasked,
        head: beat.head,
      })),
})

export const listNodes = route({
  method: 'GET',
  path: '/v1/fleet/nodes',
  operationId: 'listNodes',
  summary: 'The nodes, those first that somebody should look at',
  tag: 'fleet',
  scopes: ['audit'],
  replies: { 200: { description: 'All of them', schema: FleetNodes } },
  problems: ['unavailable'],
  handle: async ({ site }) => ({ status: 200, body: { nodes: await site.api.fleet.nodes() } }),
})

/** A request that a node signed, answered with a signature of ours. The signature is over what was sent. */
async function ofNode<T>(
  { request, target, site, env }: Asked<undefined, undefined>,
  schema: z.ZodType<T>,
  answer: (known: KnownNode, body: T) => Promise<unknown>,
): Promise<Reply> {
  const sent = await readBytes(request, { most: PACKED_LIMIT, plain: PACKED_LIMIT })
  const { api } = site
  const known = await api.fleet.nodeOf({
    field: request.headers.get(NODE_FIELD),
    method: request.method,
    path: target.pathname,
    body: sent,
  }).catch(async (error) => {
    // A count that was used before is told to who may know it: the signature was right.
    if (error instanceof RampartError && error.headers[COUNT_FIELD] === undefined) {
      await api.authFailed(viaOf(env), 'no node').catch(() => {})
    }
    throw error
  })
  const body = check(schema, objectOf(await unpacked(request, sent)), 'body')
  const text = JSON.stringify(await answer(known, body))
  return { status: 200, body: text, headers: { [ANSWER_FIELD]: await known.sign(200, text) } }
}

async function unpacked(request: Request, sent: Uint8Array): Promise<Uint8Array> {
  const coding = request.headers.get('content-encoding')?.toLowerCase() ?? 'identity'
  if (coding === 'identity') return sent
  if (coding === 'gzip') return await inflated(sent, LIMIT)
  throw new RampartError('media_type_unsupported', 'A content encoding is not supported')
}
