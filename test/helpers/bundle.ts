import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { privateKeyOf } from '../../src/adapters/audit-keys.ts'
import { bundleCrypto } from '../../src/adapters/bundle-crypto.ts'
import { addSignature, buildBundle, type BundleFile, manifestOf } from '../../src/bundle/bundle.ts'
import type { About, Named } from '../../src/bundle/manifest.ts'
import { keyName, messageOf, type TrustedKey } from '../../src/bundle/signature.ts'
import { toHex } from '../../src/audit/checkpoint.ts'

export interface SigningKey {
  readonly privatePem: string
  readonly publicPem: string
  readonly trusted: TrustedKey
  readonly name: string
  sign(bundle: Uint8Array): Uint8Array
}

export function signingKey(): SigningKey {
  const pair = generateKeyPairSync('ed25519')
  const privatePem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const publicPem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const { publicKey, sign } = privateKeyOf(privatePem, 'a key')
  const name = keyName(publicKey, bundleCrypto.hash)
  return {
    privatePem,
    publicPem,
    trusted: { publicKey },
    name,
    sign: (bundle) =>
      addSignature(bundle, { key: name, signature: toHex(sign(messageOf(manifestOf(bundle)))) }),
  }
}

/** A policy with one rule, and a test of it. */
export function policyText(name: string, glob: string, action = 'deny', expect = action): string {
  return `version: "1"
default_action: allow
policies:
  - name: ${name}
    match: {tool: exec}
    rules:
      - {action: ${action}, when: {command_matches: ["${glob}"]}, message: "${name} says so"}
tests:
  - {name: ${name} holds, tool: exec, input: "${glob.replaceAll('*', 'x')}", expect: ${expect}}
`
}

export const FILES: readonly BundleFile[] = [
  { path: 'policies/base.yaml', text: policyText('no-deploys', 'deploy *') },
]

export function about(version: number, more: Partial<About> = {}): About {
  return { name: 'company', version, created: '2026-11-01T00:00:00Z', ...more }
}

export function bundleOf(
  version: number,
  { files = FILES, previous = null, ...more }: Partial<About> & {
    readonly files?: readonly BundleFile[]
    readonly previous?: Named | null
  } = {},
): Uint8Array {
  return buildBundle(about(version, more), previous, files, bundleCrypto)
}

/** What `bundle build` takes. */
export function writeSources(
  dir: string,
  version: number,
  files: readonly BundleFile[] = FILES,
  more = '',
): string {
  for (const part of ['policies', 'tests']) mkdirSync(join(dir, part), { recursive: true })
  const head = `name: company\nversion: ${version}\ncreated: "2026-11-01T00:00:00Z"\n`
  writeFileSync(join(dir, 'bundle.yaml'), head + more)
  for (const { path, text } of files) writeFileSync(join(dir, path), text)
  return dir
}
