import type { Stats } from 'node:fs'
import { BUNDLE_BYTES } from '../bundle/archive.ts'
import { policiesOf, readBundle } from '../bundle/bundle.ts'
import { Refused } from '../bundle/refused.ts'
import type { PolicyText } from '../engine/sources.ts'
import type { Fault } from '../engine/types.ts'
import { bundleCrypto } from './bundle-crypto.ts'
import { faultAt, type Place, trusted } from './policy-read.ts'
import { type ReadableBytes, readSmallBytes, type Unreadable } from './safe-read.ts'

/** A bundle's policies, once its signature holds: who can write the file can put no other one into it. */
export async function takeBundle(
  { path, owner, keys = [] }: Place,
  texts: PolicyText[],
  faults: Fault[],
): Promise<Stats | undefined> {
  const read = await readBundleFile(path, owner)
  if (read.bytes === undefined) {
    if (read.code !== 'ENOENT') faults.push(faultAt(path, read.detail))
    return undefined
  }
  try {
    texts.push(...policiesOf(readBundle(read.bytes, { keys, at: 'created' }, bundleCrypto), path))
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    faults.push(faultAt(path, `The bundle is refused: ${error.message}`))
  }
  return read.stats
}

/** The bytes of a bundle, if only those could have written it who may command us. */
export async function readBundleFile(
  path: string,
  owner: Place['owner'],
): Promise<ReadableBytes | Unreadable> {
  const read = await readSmallBytes(path, { limit: BUNDLE_BYTES, followLinks: true })
  return await trusted(path, owner, read)
}
