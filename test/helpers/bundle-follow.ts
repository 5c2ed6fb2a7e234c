import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Follower, type FollowOptions } from '../../src/adapters/bundle-follower.ts'
import { BundleStore } from '../../src/adapters/bundle-store.ts'
import { type ManualClock, manualClock } from '../../src/adapters/memory-world.ts'
import type { BundleFile } from '../../src/bundle/bundle.ts'
import type { BundleChange } from '../../src/ports.ts'
import { bundleOf, policyText, type SigningKey, signingKey } from './bundle.ts'

export interface World {
  readonly dir: string
  readonly active: string
  readonly key: SigningKey
  readonly clock: ManualClock
  /** Texts that went to the log as errors. */
  readonly errors: string[]
  readonly told: BundleChange[]
  /** Put a bundle where the follower looks. */
  offer(bytes: Uint8Array): void
  /** A follower, as a process that has just started has it. */
  follower(change?: Partial<FollowOptions>): Promise<{ follower: Follower; store: BundleStore }>
}

const START = Date.parse('2026-11-20T00:00:00Z')

/** A state directory, a source that is a file, and no tests to be passed unless a case has some. */
export async function withWorld(body: (world: World) => Promise<void>): Promise<void> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'rampart-bundles-')))
  const dir = join(root, 'bundles')
  mkdirSync(dir, { mode: 0o700 })
  const active = join(dir, 'active.tar')
  const source = join(root, 'source.tar')
  const key = signingKey()
  const clock = manualClock(START)
  const errors: string[] = []
  const told: BundleChange[] = []
  const open: Follower[] = []
  try {
    await body({
      dir,
      active,
      key,
      clock,
      errors,
      told,
      offer: (bytes) => writeFileSync(source, bytes),
      async follower(change = {}) {
        const keys = change.keys ?? [key.trusted]
        const store = change.store ?? new BundleStore({ dir, active, keys })
        await store.open()
        const follower = new Follower({
          source: `file://${source}`,
          shown: 'file',
          keys,
          intervalMs: 1000,
          node: { id: 'node-1', labels: {} },
          version: '0.1.0',
          store,
          reach: { allowPrivate: true },
          prove: () => Promise.resolve(),
          clock,
          log: {
            info: () => {},
            warn: () => {},
            error: (text) => void errors.push(text),
          },
          ...change,
        })
        follower.onChange((one) => void told.push(one))
        open.push(follower)
        return { follower, store }
      },
    })
  } finally {
    for (const follower of open) await follower.close()
    rmSync(root, { recursive: true, force: true })
  }
}

/** A server on loopback whose answers the test gives. */
export async function withOrigin<T>(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  body: (url: string) => Promise<T>,
): Promise<T> {
  const server = createServer((request, response) => {
    response.setHeader('connection', 'close')
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await body(`http://127.0.0.1:${(server.address() as { port: number }).port}`)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

export function filesFor(name: string): readonly BundleFile[] {
  return [{ path: 'policies/a.yaml', text: policyText(name, `${name} *`) }]
}

/** Distinct bundles by their version, signed. */
export function made(
  { key }: World,
  version: number,
  more: Parameters<typeof bundleOf>[1] = {},
): Uint8Array {
  return key.sign(bundleOf(version, { files: filesFor(`p${version}`), ...more }))
}
