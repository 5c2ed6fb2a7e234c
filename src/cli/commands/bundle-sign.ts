import { privateKeyOf } from '../../adapters/audit-keys.ts'
import { bundleCrypto } from '../../adapters/bundle-crypto.ts'
import { replaceFile } from '../../adapters/replace-file.ts'
import { toHex } from '../../audit/checkpoint.ts'
import { addSignature, manifestOf } from '../../bundle/bundle.ts'
import { keyName, messageOf } from '../../bundle/signature.ts'
import { RampartError } from '../../errors.ts'
import { bundleBytes, opened, orRefuse, privateKeyText } from '../bundle/file.ts'
import { proveBundle } from '../bundle/prove.ts'
import { type Invocation, textFlag } from '../command.ts'
import { safe } from '../output.ts'

/** Sign a bundle whose tests pass here, too: who signs states more than that the bytes are these. */
export async function run(invocation: Invocation): Promise<number> {
  const { operands, out } = invocation
  const file = operands[0]!
  const path = textFlag(invocation, 'key')
  if (path === undefined) throw new RampartError('usage', 'Name the private key with --key')
  const bytes = await bundleBytes(file)
  const { manifest: { name, version }, ...bundle } = opened(bytes, file, 'unchecked')
  const { tests } = await proveBundle(bundle, file)
  const signer = privateKeyOf(await privateKeyText(path), path)
  const key = keyName(signer.publicKey, bundleCrypto.hash)
  const signature = toHex(signer.sign(messageOf(manifestOf(bytes))))
  const to = textFlag(invocation, 'out') ?? file
  await replaceFile(to, orRefuse(file, () => addSignature(bytes, { key, signature })))
  const { digest } = bundle
  if (out.json) out.data({ file: to, name, version, digest, key, tests })
  else out.line(safe`${to}: ${name} version ${version} signed by ${key}, ${tests} tests passed`)
  return 0
}
