import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { loadSigner } from '../../src/adapters/audit-keys.ts'
import { nodeFileOps } from '../../src/adapters/audit-ops.ts'
import type { PruneOptions } from '../../src/adapters/audit-prune.ts'
import { verifyDirectory } from '../../src/adapters/audit-verify.ts'
import { ulids } from '../../src/adapters/ids.ts'
import type { AuditLog } from '../../src/ports.ts'
import { hashInto } from '../../src/runtime/hasher.ts'
import type { Trail } from './audit.ts'

const keys = mkdtempSync(join(tmpdir(), 'rampart-keys-'))
after(() => rmSync(keys, { recursive: true, force: true }))

export const signer = (): ReturnType<typeof loadSigner> => loadSigner(keys)

export const free = { take: () => Promise.resolve(), give: () => {} }

/** What a prune of this trail is given, to be changed where a test is about it. */
export function pruneOptions(
  { dir, clock }: Trail,
  log: AuditLog,
  change: Partial<PruneOptions> = {},
): PruneOptions {
  return {
    dir,
    ops: nodeFileOps,
    keep: {},
    keepText: 'what the test says',
    by: { principal: 'uid:7', via: 'cli' },
    clock,
    ids: ulids(clock),
    into: hashInto,
    signer,
    log,
    lock: free,
    force: false,
    ...change,
  }
}

export interface Checked {
  readonly findings: readonly string[]
  readonly head: { readonly seq: number; readonly hash: string }
  /** Over all events of the trail, those that are gone as well. */
  readonly root: string | null
}

/** What can be said of a trail with its stubs. Its anchors are another matter. */
export async function check(dir: string): Promise<Checked> {
  const { publicKey } = await signer()
  const { findings, head, root } = await verifyDirectory(dir, { keys: [publicKey] })
  return {
    findings: findings.filter(({ kind }) => kind !== 'anchor_missing')
      .map(({ file, line, message }) => `${file}:${line}: ${message}`),
    head,
    root,
  }
}

export async function assertWhole(dir: string): Promise<Checked> {
  const checked = await check(dir)
  assert.deepEqual(checked.findings, [])
  return checked
}
