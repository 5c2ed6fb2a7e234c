import { systemClock } from '../../adapters/clock.ts'
import { RampartError } from '../../errors.ts'
import { isTooOld } from '../../bundle/follow.ts'
import { bundleBytes, opened, trustedKeys } from '../bundle/file.ts'
import { proveBundle } from '../bundle/prove.ts'
import type { Invocation } from '../command.ts'
import { safe, safeLines } from '../output.ts'
import { VERSION } from '../version.ts'

/** Whether a server with these keys would take a bundle, whatever it has now: 0 it would, 1 not, 3 cannot read. */
export async function run(invocation: Invocation): Promise<number> {
  const { operands, out } = invocation
  const file = operands[0]!
  const bytes = await bundleBytes(file)
  const keys = await trustedKeys(invocation)
  try {
    const { manifest, digest, key, ...bundle } = opened(bytes, file, {
      keys,
      at: systemClock().now(),
    })
    if (isTooOld(VERSION, manifest.min_rampart)) {
      throw new RampartError('policy_invalid', `${file} needs rampart ${manifest.min_rampart}`)
    }
    const { tests } = await proveBundle(bundle, file)
    if (out.json) out.data({ file, valid: true, digest, key, tests, manifest })
    else {
      const { name, version, created } = manifest
      out.line(safe`${file}: ${name} version ${version} of ${created}, signed by ${key!}`)
      out.line(safe`  ${digest}, ${bundle.files.length} files, ${tests} tests passed`)
    }
    return 0
  } catch (error) {
    if (!(error instanceof RampartError) || error.code !== 'policy_invalid') throw error
    if (out.json) out.data({ file, valid: false, reason: error.message })
    else out.line(safeLines(error.message))
    return 1
  }
}
