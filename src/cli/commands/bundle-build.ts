import { replaceFile } from '../../adapters/replace-file.ts'
import { bundleCrypto } from '../../adapters/bundle-crypto.ts'
import { buildBundle } from '../../bundle/bundle.ts'
import { followed, follows, isTooOld } from '../../bundle/follow.ts'
import type { Named } from '../../bundle/manifest.ts'
import { RampartError } from '../../errors.ts'
import { readSources } from '../bundle/directory.ts'
import { bundleBytes, opened, orRefuse } from '../bundle/file.ts'
import { proveBundle } from '../bundle/prove.ts'
import { type Invocation, textFlag } from '../command.ts'
import { safe } from '../output.ts'
import { VERSION } from '../version.ts'

/** One archive of a directory of policies, once they compile and their tests pass; it is not signed yet. */
export async function run(invocation: Invocation): Promise<number> {
  const { operands, out } = invocation
  const { dir, about, files } = await readSources(operands[0]!)
  if (isTooOld(VERSION, about.min_rampart)) {
    const detail =
      `The bundle needs rampart ${about.min_rampart}, and this is ${VERSION}: its tests say nothing here`
    throw new RampartError('policy_invalid', detail)
  }
  const file = textFlag(invocation, 'out') ?? `${about.name}-${about.version}.tar`
  const before = await previousOf(textFlag(invocation, 'previous'))
  const bytes = orRefuse(dir, () => buildBundle(about, before?.named ?? null, files, bundleCrypto))
  const bundle = opened(bytes, dir, 'unchecked')
  orRefuse(dir, () => {
    const known = before && followed({ ...before.next }, undefined)
    return follows({ ...bundle.manifest, digest: bundle.digest }, known)
  })
  const { tests } = await proveBundle(bundle, dir)
  await replaceFile(file, bytes)
  const { digest, manifest: { name, version } } = bundle
  if (out.json) {
    out.data({ file, name, version, digest, bytes: bytes.length, files: files.length, tests })
  } else {
    out.line(
      safe`${file}: ${name} version ${version}, ${files.length} files, ${tests} tests passed`,
    )
    out.line(safe`  ${digest}, not signed yet`)
  }
  return 0
}

async function previousOf(path: string | undefined) {
  if (path === undefined) return undefined
  const { manifest, digest } = opened(await bundleBytes(path), path, 'unchecked')
  const named: Named = { version: manifest.version, digest }
  return { named, next: { ...manifest, digest } }
}
