import { RampartError } from '../../errors.ts'
import { route } from '../route.ts'
import { Anchor, Proof, Verified } from '../schemas.ts'

export const verify = route({
  method: 'GET',
  path: '/v1/audit/verify',
  operationId: 'verifyTrail',
  summary: 'Read the whole trail and say where it is not what was written',
  tag: 'audit',
  scopes: ['audit'],
  replies: { 200: { description: 'What was found', schema: Verified } },
  problems: ['unavailable', 'state_unusable'],
  handle: async ({ site }) => ({ status: 200, body: await site.api.proofs().verify() }),
})

export const checkpoint = route({
  method: 'GET',
  path: '/v1/audit/checkpoint',
  operationId: 'getCheckpoint',
  summary: 'The last anchor: keep it elsewhere, and a later rewriting shows',
  tag: 'audit',
  scopes: ['audit'],
  replies: { 200: { description: 'The anchor with its checkpoint', schema: Anchor } },
  problems: ['not_found', 'unavailable'],
  async handle({ site }) {
    const anchor = await site.api.proofs().anchor()
    if (anchor === undefined) throw new RampartError('not_found', 'There is no anchor yet')
    return { status: 200, body: anchor }
  },
})

export const proof = route({
  method: 'GET',
  path: '/v1/audit/proof/{id}',
  operationId: 'proveEvent',
  summary: 'The proof that an event stands in the trail, to be checked without it',
  tag: 'audit',
  scopes: ['audit'],
  replies: { 200: { description: 'An inclusion proof', schema: Proof } },
  problems: ['not_found', 'unavailable', 'state_unusable'],
  handle: async ({ site, params }) => ({
    status: 200,
    body: await site.api.proofs().prove(params['id']!),
  }),
})
