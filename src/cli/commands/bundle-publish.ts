import { systemClock } from '../../adapters/clock.ts'
import { followed, follows } from '../../bundle/follow.ts'
import { bundleBytes, opened, orRefuse, trustedKeys } from '../bundle/file.ts'
import { proveBundle } from '../bundle/prove.ts'
import { destinationOf } from '../bundle/publish.ts'
import type { Invocation } from '../command.ts'
import { safe } from '../output.ts'

/** Put a bundle where nodes look for it, if those with these keys that have the one before would take it. */
export async function run(invocation: Invocation): Promise<number> {
  const { operands, out } = invocation
  const [file, named] = operands as [string, string]
  const bytes = await bundleBytes(file)
  const keys = await trustedKeys(invocation)
  const bundle = opened(bytes, file, { keys, at: systemClock().now() })
  await proveBundle(bundle, file)
  const { manifest, digest } = bundle
  const to = await destinationOf(named)
  const there = await to.read()
  const before = there && opened(there, to.shown, { keys, at: 'created' })
  const known = before && followed({ ...before.manifest, digest: before.digest }, undefined)
  const came = orRefuse(file, () => follows({ ...manifest, digest }, known))
  // Signed anew, the same bundle has other bytes.
  await to.write(bytes)
  const { name, version } = manifest
  const was = before === undefined ? null : before.manifest.version
  if (out.json) out.data({ to: to.shown, name, version, digest, was, same: came === 'same' })
  else {
    const after = was === null
      ? 'the first there'
      : came === 'same'
      ? 'as before'
      : `after version ${was}`
    out.line(safe`${to.shown}: ${name} version ${version}, ${after}`)
  }
  return 0
}
