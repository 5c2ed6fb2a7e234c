import type { Crypto } from '../bundle/signature.ts'
import { hashBytes } from '../runtime/hasher.ts'
import { verifySignature } from './audit-keys.ts'

/** What bundles are hashed and verified with on this platform. */
export const bundleCrypto: Crypto = { hash: hashBytes, verify: verifySignature }
