/**
 * What passes between a node and its upstream is signed by both with Ed25519 (RFC 8032): the node signs each
 * request with the key that it enrolled, the upstream each answer with the key that the node pinned then.
 * A request carries a count that only rises, so that one that was kept is worth nothing, and no clock is
 * needed for that. The first line of what is signed says what it is for: no signature fits elsewhere.
 */

/** Header field of a request: `NODE;COUNT;SIGNATURE`, the signature in base64. */
export const NODE_FIELD = 'rampart-node'
/** Header field of an answer: its signature in base64. */
export const ANSWER_FIELD = 'rampart-answer'
/** Header field of a refusal: the count that a request has to go beyond. */
export const COUNT_FIELD = 'rampart-count'

export interface NodeRequest {
  readonly node: string
  readonly count: number
  readonly method: string
  readonly path: string
  /** SHA-256 of the body as it is sent, hex. */
  readonly digest: string
}

export interface UpstreamAnswer {
  readonly node: string
  /** Of the request that it answers. */
  readonly count: number
  readonly status: number
  readonly digest: string
}

export function requestText({ node, count, method, path, digest }: NodeRequest): Uint8Array {
  return bytesOf(['rampart-node-request-v1', node, count, method, path, digest])
}

export function answerText({ node, count, status, digest }: UpstreamAnswer): Uint8Array {
  return bytesOf(['rampart-upstream-answer-v1', node, count, status, digest])
}

function bytesOf(parts: readonly (string | number)[]): Uint8Array {
  return new TextEncoder().encode(`${parts.join('\n')}\n`)
}

const FIELD = /^([0-9A-HJKMNP-TV-Z]{26});([1-9]\d{0,15});([A-Za-z0-9+/]{86}==)$/

/** Who says to send a request; undefined for what is none of ours. */
export function readNodeField(
  text: string | null,
): { readonly node: string; readonly count: number; readonly signature: string } | undefined {
  const [, node, count, signature] = FIELD.exec(text ?? '') ?? []
  if (node === undefined || !Number.isSafeInteger(Number(count))) return undefined
  return { node, count: Number(count), signature: signature! }
}
