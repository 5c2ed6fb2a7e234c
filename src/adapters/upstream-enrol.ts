import { fromBase64, toBase64 } from '../audit/checkpoint.ts'
import { RampartError } from '../errors.ts'
import { loadSigner, publicKeysIn } from './audit-keys.ts'
import { type NodeIdentity, nodeKey, writeIdentity } from './node-identity.ts'
import type { Reach } from './outbound.ts'
import { checkUpstream, reached } from './upstream-client.ts'

export interface EnrolOptions {
  /** Where the node keeps who it is. */
  readonly dir: string
  /** Of the trail's keys. */
  readonly keys: string
  readonly upstream: string
  readonly code: string
  readonly name: string
  readonly caFile?: string | undefined
  readonly reach?: Reach | undefined
  readonly signal: AbortSignal
}

/**
 * Enrol this machine with a code. The upstream's key comes over the same connection: over https it is as sure
 * as the certificate, and pinned from then on.
 *
 * @throws RampartError `unauthenticated` where the upstream does not take the code, `unavailable` where there is
 * no answer, `usage` for an address that no upstream has
 */
export async function enrolAt(options: EnrolOptions): Promise<NodeIdentity> {
  const { dir, keys, code, name, caFile, reach, signal } = options
  const upstream = checkUpstream(options.upstream).origin
  const own = await nodeKey(dir)
  // Made where there is none yet.
  await loadSigner(keys)
  const trailKeys = (await publicKeysIn(keys)).map(toBase64)
  const body = JSON.stringify({
    code,
    name,
    public_key: toBase64(own.publicKey),
    trail_keys: trailKeys,
  })
  const reply = await reached({ upstream, caFile }, reach, '/v1/fleet/enroll', { body, signal })
    .catch((error: Error) => {
      throw new RampartError('unavailable', `${upstream} does not answer: ${error.message}`)
    })
  if (reply.status === 401) {
    throw new RampartError('unauthenticated', 'The code is unknown, was used, or is late')
  }
  if (reply.status !== 201) {
    throw new RampartError('unavailable', `${upstream} answers HTTP ${reply.status}`)
  }
  const identity = { upstream, caFile, ...enrolled(reply.text, upstream) }
  await writeIdentity(dir, identity)
  return identity
}

function enrolled(
  text: string,
  upstream: string,
): Pick<NodeIdentity, 'id' | 'name' | 'upstreamKey'> {
  try {
    const { node, name, upstream_key } = JSON.parse(text) as Record<string, unknown>
    const words = [node, name, upstream_key]
    if (!words.every((word) => typeof word === 'string')) throw new TypeError('not texts')
    const [id, called, upstreamKey] = words as string[]
    if (fromBase64(upstreamKey!)?.length !== 32) throw new TypeError('no key')
    return { id: id!, name: called!, upstreamKey: upstreamKey! }
  } catch {
    throw new RampartError('unavailable', `${upstream} is no upstream of this version`)
  }
}
