// Puts bundles in force one after the other until it is killed; prints the version that is in force.
import process from 'node:process'
import { readFileSync } from 'node:fs'
import { publicKeysOf } from '../../src/adapters/audit-keys.ts'
import { bundleCrypto } from '../../src/adapters/bundle-crypto.ts'
import { BundleStore } from '../../src/adapters/bundle-store.ts'
import { readBundle } from '../../src/bundle/bundle.ts'
import { NO_CALLS } from '../../src/bundle/rollout.ts'

const [dir = '', pem = '', ...files] = process.argv.slice(2)
const keys = publicKeysOf(readFileSync(pem, 'utf8')).map((publicKey) => ({ publicKey }))
const store = new BundleStore({ dir, active: `${dir}/active.tar`, keys })
for (const problem of await store.open()) throw new Error(problem)
for (const file of files) {
  const bytes = readFileSync(file)
  const bundle = readBundle(bytes, { keys, at: 'created' }, bundleCrypto)
  if (bundle.manifest.version <= (store.known?.highest.version ?? 0)) continue
  await store.activate({ bundle, bytes }, 0, NO_CALLS)
  process.stdout.write(`${bundle.manifest.version}\n`)
}
