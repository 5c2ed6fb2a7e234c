import { fileURLToPath } from 'node:url'
import { BUNDLE_BYTES } from '../bundle/archive.ts'
import { exchange, type Reach, Refusal } from './outbound.ts'
import { readSmallBytes } from './safe-read.ts'

/** What a look at a source found: nothing new, or a bundle nobody has checked yet. */
export type Fetched =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'fetched'; readonly bytes: Uint8Array; readonly etag: string | undefined }

export interface FetchOptions {
  readonly reach: Reach
  /** What the server called the bundle that was taken from it last. */
  readonly etag?: string | undefined
  readonly signal: AbortSignal
  /** Certificates to trust instead of the system's, PEM. */
  readonly ca?: string | undefined
}

const REDIRECTS = 3

/**
 * Get a bundle from `https:`, `http:` or `file:`, at most 5 MiB of it. A redirect is followed on the same
 * origin alone. Rejects with a reason that may be shown: it never holds the URL, which may hold a secret.
 */
export async function fetchBundle(source: string, options: FetchOptions): Promise<Fetched> {
  const url = new URL(source)
  if (url.protocol === 'file:') return await fromFile(fileURLToPath(url))
  return await fromServer(url, options, REDIRECTS)
}

async function fromFile(path: string): Promise<Fetched> {
  const read = await readSmallBytes(path, { limit: BUNDLE_BYTES, followLinks: true })
  if (read.bytes === undefined) throw new Refusal(read.detail)
  return { kind: 'fetched', bytes: read.bytes, etag: undefined }
}

async function fromServer(url: URL, options: FetchOptions, redirects: number): Promise<Fetched> {
  const { reach, etag, signal, ca } = options
  const { status, headers, bytes } = await exchange(url.href, reach, {
    method: 'GET',
    headers: { accept: '*/*', ...(etag === undefined ? {} : { 'if-none-match': etag }) },
    most: BUNDLE_BYTES,
    signal,
    ca,
  })
  if (status === 304 && etag !== undefined) return { kind: 'unchanged' }
  if (status === 200) {
    const packed = headers['content-encoding'] ?? 'identity'
    if (packed !== 'identity') {
      throw new Refusal('the answer is compressed, and that was not asked for')
    }
    return { kind: 'fetched', bytes, etag: headers.etag }
  }
  if (![301, 302, 303, 307, 308].includes(status)) throw new Refusal(`the source answers ${status}`)
  const to = URL.parse(headers.location ?? '', url)
  if (to?.origin !== url.origin) throw new Refusal('the source sends to another host')
  if (redirects === 0) throw new Refusal('the source sends from one place to the next')
  // Credentials of the address go with it: it is the same origin.
  to.username = url.username
  to.password = url.password
  return await fromServer(to, options, redirects - 1)
}
