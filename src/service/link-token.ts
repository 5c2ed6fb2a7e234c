/** What a link says: which question, until when, and who was sent it. */
export interface LinkClaim {
  readonly approval: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  /** Tells two links of one question apart. */
  readonly nonce: string
  /** The destination that it was sent to. */
  readonly to: string
}

/** A claim holds nothing that a URL or a log would spell otherwise. */
const CLAIM = /^([0-9a-f]{32})\.([0-9a-z]{1,10})\.([0-9a-f]{16})\.([a-z0-9][a-z0-9._-]{0,80})$/
const TOKEN = /^([A-Za-z0-9_-]{20,300})\.([A-Za-z0-9_-]{43})$/
const PURPOSE = 'rampart.link.v1'

/** The token of a claim: the claim and the HMAC-SHA256 over it, both in base64url. */
export async function linkToken(key: string, claim: LinkClaim): Promise<string> {
  const { approval, expiresAt, nonce, to } = claim
  const text = `${approval}.${Math.floor(expiresAt).toString(36)}.${nonce}.${to}`
  const mac = await crypto.subtle.sign('HMAC', await keyOf(key), signedBytes(text))
  return `${base64url(new TextEncoder().encode(text))}.${base64url(new Uint8Array(mac))}`
}

/** The claim of a token that we made, in constant time; undefined for any other text. */
export async function readLinkToken(key: string, token: string): Promise<LinkClaim | undefined> {
  const [, claimed, mac] = TOKEN.exec(token) ?? []
  if (claimed === undefined || mac === undefined) return undefined
  const text = textOf(claimed)
  if (text === undefined || !await isSigned(key, text, mac)) return undefined
  const [, approval, expires, nonce, to] = CLAIM.exec(text) ?? []
  if (to === undefined) return undefined
  return { approval: approval!, expiresAt: parseInt(expires!, 36), nonce: nonce!, to }
}

async function isSigned(key: string, text: string, mac: string): Promise<boolean> {
  const bytes = bytesOf(mac)
  return bytes !== undefined &&
    await crypto.subtle.verify('HMAC', await keyOf(key), bytes, signedBytes(text))
}

function keyOf(key: string): Promise<CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const bytes = new TextEncoder().encode(key)
  return crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign', 'verify'])
}

function signedBytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${PURPOSE}\n${text}`)
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_')
    .replaceAll('=', '')
}

/** Only what `base64url` would write: one token has one spelling. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0))
    return base64url(bytes) === text ? bytes : undefined
  } catch {
    return undefined
  }
}

function textOf(claimed: string): string | undefined {
  const bytes = bytesOf(claimed)
  return bytes && new TextDecoder().decode(bytes)
}
