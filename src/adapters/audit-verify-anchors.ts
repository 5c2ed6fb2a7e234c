import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { ANCHOR_EVERY, ANCHORS } from '../audit/anchor.ts'
import type { Head } from '../audit/chain.ts'
import { readKept } from '../audit/checkpoint-list.ts'
import {
  AnchorCheck,
  type Claim,
  claimOf,
  KeyRing,
  noteCheck,
  type SignatureCheck,
} from '../audit/verify-anchors.ts'
import type { EarlyClaims } from '../audit/verify-early.ts'
import type { Finding } from '../audit/verify-finding.ts'
import type { TrailCheck, Verified } from '../audit/verify.ts'
import { verifySignature } from './audit-keys.ts'
import { type Line, linesForward, textOf } from './audit-lines.ts'
import type { FileOps, OpenFile } from './audit-ops.ts'
import { HASH_TOOLS } from './audit-verify-job.ts'
import type { Pool } from './audit-verify-pool.ts'
import { codeOf } from './safe-read.ts'

/** A text with checkpoints from elsewhere, and what it is called. */
export interface KeptElsewhere {
  readonly name: string
  readonly text: string
}

/** Signatures are handed to a thread by so many. */
const BATCH = 200
/** A server that writes now has its anchors a moment later, on a busy machine some seconds. */
const RETRIES = 20
const RETRIES_WHILE_GROWING = 200
const RETRY_MS = 50

interface ReaderOptions {
  readonly dir: string
  readonly ops: FileOps
  readonly pool: Pool
  readonly keys: readonly Uint8Array[]
  /** Anchors that begin behind so many bytes came later than what is looked at. */
  readonly bytes: number
  /** The trail begins behind this event. */
  readonly from: number
  /** Hears of what is said of those before. */
  readonly early: EarlyClaims
  /** Whether somebody has written to the trail since its files were listed. */
  readonly isGrowing: () => boolean
}

/** Reads `anchors.jsonl` beside the trail, never far ahead of it. */
export class AnchorReader {
  /** What is to be compared with the trail, in order. */
  readonly claims: Claim[] = []
  readonly #options: ReaderOptions
  readonly #check: AnchorCheck
  readonly #pending: SignatureCheck[] = []
  readonly #running = new Set<Promise<void>>()
  readonly #failed: Finding[] = []
  #file: OpenFile | undefined
  #lines: AsyncGenerator<Line[]> | undefined
  #isDone = false

  static path(dir: string): string {
    return join(dir, ANCHORS)
  }

  constructor(options: ReaderOptions) {
    this.#options = options
    this.#check = new AnchorCheck(new KeyRing(options.keys, HASH_TOOLS.hex), 0)
  }

  /** Have the claims of all events up to there. */
  async readTo(seq: number): Promise<void> {
    const { dir, ops, bytes, from } = this.#options
    if (this.#lines === undefined && !this.#isDone) {
      this.#file = await openIfThere(AnchorReader.path(dir), ops)
      this.#lines = this.#file && linesForward(this.#file)
    }
    while (!this.#isDone && (this.claims.at(-1)?.seq ?? 0) <= seq) {
      const next = await this.#lines?.next()
      if (next === undefined || next.done) break
      for (const line of next.value) {
        if (line.start >= bytes) return await this.#finish()
        const claim = this.#take(line)
        if (claim === undefined) continue
        if (claim.seq > from) this.claims.push(claim)
        else this.#options.early.anchored(claim)
      }
      await this.#send(BATCH)
    }
    if (this.#lines === undefined || (this.claims.at(-1)?.seq ?? 0) <= seq) await this.#finish()
  }

  async end(
    head: Head,
    isPart: boolean,
  ): Promise<{ readonly findings: readonly Finding[]; readonly summary: Verified['anchors'] }> {
    await this.readTo(Infinity)
    const due = Math.floor(head.seq / ANCHOR_EVERY) * ANCHOR_EVERY
    for (let count = 0; this.#check.lastSeq < due; count++) {
      if (count >= (this.#options.isGrowing() ? RETRIES_WHILE_GROWING : RETRIES)) break
      if (!await this.#readLater()) break
    }
    this.#pending.push(...this.#check.end(isPart && head.seq === 0 ? 0 : head.seq))
    await this.#send(1)
    await Promise.all(this.#running)
    const { count, lastSeq, keyIds } = this.#check
    const findings = [...this.#check.findings, ...this.#failed]
    findings.sort((a, b) => a.line - b.line)
    return { findings, summary: { count, last_seq: lastSeq, key_ids: keyIds } }
  }

  #take(line: Line): Claim | undefined {
    const { claim, checks } = this.#check.take(textOf(line), line.terminated)
    this.#pending.push(...checks)
    return claim
  }

  /** Anchors that were made while we read; what they say of the trail is not compared. False without. */
  async #readLater(): Promise<boolean> {
    const { dir, ops } = this.#options
    const before = this.#options.bytes + this.#later
    const size = ops.stat(AnchorReader.path(dir))?.size ?? 0
    if (size <= before) {
      if (this.#later === 0 && !this.#options.isGrowing() && this.#waited++ >= 2) return false
      await setTimeout(RETRY_MS)
      return true
    }
    const file = await openIfThere(AnchorReader.path(dir), ops)
    try {
      if (file === undefined) return false
      for await (const lines of linesForward(file, before)) {
        for (const line of lines) {
          if (!line.terminated) continue
          this.#take(line)
          this.#later = line.end - this.#options.bytes
        }
      }
    } finally {
      await file?.close()
    }
    return true
  }
  #later = 0
  #waited = 0

  /** Have signatures checked when there are so many. */
  async #send(least: number): Promise<void> {
    const { pool } = this.#options
    while (this.#pending.length >= least) {
      const batch = this.#pending.splice(0, BATCH)
      const signed = batch.map(({ key, message, signature }) => ({ key, message, signature }))
      const running = pool.run({ kind: 'signatures', signed }).then((fits) => {
        for (const [index, fit] of fits.entries()) {
          if (!fit && this.#failed.length < 1000) this.#failed.push(batch[index]!.failed)
        }
        this.#running.delete(running)
      })
      this.#running.add(running)
      if (this.#running.size > 2 * pool.width) await Promise.race(this.#running)
    }
  }

  async #finish(): Promise<void> {
    this.#isDone = true
    await this.#file?.close()
    this.#file = undefined
  }
}

/** Claims of checkpoints from elsewhere, given to a check; what is wrong with them in themselves. */
export function keptClaims(
  kept: readonly KeptElsewhere[],
  keys: readonly Uint8Array[],
  check: TrailCheck,
  early: EarlyClaims,
): Finding[] {
  const findings: Finding[] = []
  for (const { name, text } of kept) {
    const ring = new KeyRing(keys, HASH_TOOLS.hex)
    const claims: Claim[] = []
    for (const { line, checkpoint } of readKept(text)) {
      const finding = (kind: Finding['kind'], message: string) => ({
        kind,
        file: name,
        line,
        message,
      })
      if (checkpoint === undefined) {
        findings.push(finding('anchor_line', 'There is no checkpoint here'))
        continue
      }
      const failed = finding('anchor_signature', 'The signature of the checkpoint does not fit')
      const signed = noteCheck(checkpoint, ring, failed)
      if (signed === undefined) {
        findings.push(finding('anchor_key', 'The checkpoint is signed by no key that is trusted'))
      } else if (!verifySignature(signed.key, signed.message, signed.signature)) {
        findings.push(failed)
      } else if (checkpoint.size > 0) claims.push(claimOf(checkpoint, name, line))
    }
    check.claims(early.split(claims.sort((a, b) => a.seq - b.seq)))
  }
  return findings
}

async function openIfThere(path: string, ops: FileOps): Promise<OpenFile | undefined> {
  try {
    return await ops.open(path, 'read')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
