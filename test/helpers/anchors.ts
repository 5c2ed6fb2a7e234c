import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AnchorObserver } from '../../src/adapters/audit-anchors.ts'
import type { AnchorOptions } from '../../src/adapters/audit-anchors-writer.ts'
import { publicKeysIn } from '../../src/adapters/audit-keys.ts'
import { verifyDirectory, type VerifyOptions } from '../../src/adapters/audit-verify.ts'
import type { Anchor } from '../../src/audit/anchor.ts'
import type { Verified } from '../../src/audit/verify.ts'
import type { AuditLog } from '../../src/ports.ts'
import { type Trail, withTrail } from './audit.ts'

export interface AnchoredTrail extends Trail {
  readonly keys: string
  /** What was told to the log of the server. */
  readonly told: string[]
  /** A log whose events are anchored. */
  openAnchored(
    options?: Partial<AnchorOptions>,
  ): Promise<{ readonly log: AuditLog; readonly anchors: AnchorObserver }>
  anchors(): Anchor[]
  verify(options?: VerifyOptions): Promise<Verified>
}

/** A trail with keys of its own, gone afterwards. */
export async function withAnchors(work: (trail: AnchoredTrail) => Promise<void>): Promise<void> {
  const keys = mkdtempSync(join(tmpdir(), 'rampart-keys-'))
  const told: string[] = []
  const tell = (message: string) => void told.push(message)
  try {
    await withTrail(async (trail) => {
      const { dir, clock, open } = trail
      await work({
        ...trail,
        keys,
        told,
        async openAnchored(options = {}) {
          const log = { error: tell, warn: tell, info: tell }
          const anchors = new AnchorObserver({ dir, keys, clock, log, ...options })
          return { log: await open({ observers: [anchors] }), anchors }
        },
        anchors: () =>
          readFileSync(join(dir, 'anchors.jsonl'), 'utf8').split('\n').filter((line) => line !== '')
            .map((line) => JSON.parse(line) as Anchor),
        verify: async (options = {}) =>
          await verifyDirectory(dir, { keys: await publicKeysIn(keys), ...options }),
      })
    })
  } finally {
    rmSync(keys, { recursive: true, force: true })
  }
}

/** Findings as one line each. */
export function shown({ findings }: Verified): string[] {
  return findings.map(({ kind, file, line }) => `${kind} ${file}:${line}`)
}
