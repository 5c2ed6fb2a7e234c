import { join } from 'node:path'
import {
  type Anchor,
  ANCHOR_EVERY,
  ANCHOR_SCHEMA,
  type AnchorBody,
  ANCHORS,
  anchorText,
} from '../audit/anchor.ts'
import { checkpointText, signedNote, toBase64 } from '../audit/checkpoint.ts'
import type { Clock, Log } from '../ports.ts'
import { appendAnchors, isHandedOver, lastAnchorOf } from './audit-anchors-file.ts'
import { grow } from './audit-anchors-grow.ts'
import { beginning, furthest, type Grown, readGrown, writeGrown } from './audit-anchors-state.ts'
import {
  adoptNext,
  loadSigner,
  preparedNext,
  prepareNext,
  type Signer,
  signerStamp,
} from './audit-keys.ts'
import { type Lock, openLock } from './audit-lock.ts'
import { type FileOps, nodeFileOps } from './audit-ops.ts'
import { type ListTrail, listTrail } from './audit-verify-source.ts'

export interface AnchorOptions {
  /** The directory of the trail. */
  readonly dir: string
  /** The directory of keys. */
  readonly keys: string
  readonly clock: Clock
  readonly log: Log
  readonly ops?: FileOps | undefined
  readonly list?: ListTrail | undefined
  /** Hears of each anchor once it is durable. Returns at once and never throws. */
  readonly onAnchor?: ((anchor: Anchor) => void) | undefined
}

export interface Run {
  /** The last event that is durable. */
  readonly to: number
  /** Whether it must have an anchor itself, not only those numbers that always have one. */
  readonly exactly: boolean
  /** How long to wait for another process, ms. */
  readonly patienceMs?: number | undefined
  /** Ends the run where it stands; what was written stays. */
  readonly signal?: AbortSignal | undefined
}

/** So many anchors are made durable at once. */
const FLUSH = 100
const PATIENCE_MS = 5000

/** Signs anchors of a trail and appends them, one process at a time. */
export class AnchorWriter {
  readonly #options: AnchorOptions
  readonly #ops: FileOps
  readonly #place: string
  #lock: Lock | undefined
  #grown: Grown | undefined
  #seen = 0
  /** The last anchor, as long as its file is of this size. */
  #last: { readonly size: number; readonly anchor: Anchor | undefined } | undefined
  #signer: { readonly stamp: string; readonly signer: Signer } | undefined

  constructor(options: AnchorOptions) {
    this.#options = options
    this.#ops = options.ops ?? nodeFileOps
    this.#place = join(options.dir, '.private')
  }

  /** The last event that has an anchor, as far as this process saw. */
  get seq(): number {
    return this.#seen
  }

  /** Write what anchors are due. Events that are not in the trail any more get none. */
  async run({ to, exactly, signal, patienceMs }: Run): Promise<void> {
    await this.#locked(patienceMs, async () => {
      const last = await this.#lastAnchor()
      this.#seen = last?.seq ?? 0
      const goal = exactly ? to : to - to % ANCHOR_EVERY
      if (goal > (last?.seq ?? 0)) await this.#writeTo(goal, last, signal)
    })
  }

  /**
   * Hand over to a new key: `record` puts the change into the trail and resolves with its number, and the
   * anchor there is signed by both keys. The old private key is gone afterwards.
   */
  async rotate(
    record: (from: Signer, to: Signer) => Promise<number>,
  ): Promise<{ readonly from: Signer; readonly to: Signer }> {
    const { keys } = this.#options
    const from = await this.#locked(PATIENCE_MS, () => this.#currentSigner())
    const to = await prepareNext(keys, from.origin)
    const seq = await record(from, to)
    await this.#locked(PATIENCE_MS, async () => {
      const last = await this.#lastAnchor()
      const grown = await this.#writeTo(Math.max(seq, last?.seq ?? 0), last)
      await this.#flush([this.#sign(grown, from, to)], grown)
      await adoptNext(keys)
      this.#signer = undefined
      // Its public half is put beside it.
      await this.#currentSigner()
    })
    return { from, to }
  }

  close(): void {
    this.#lock?.close()
    this.#lock = undefined
  }

  async #locked<T>(patienceMs: number | undefined, work: () => Promise<T>): Promise<T> {
    const lock = this.#lock ??= openLock(join(this.#place, 'anchors'), patienceMs ?? PATIENCE_MS)
    await lock.take()
    try {
      return await work()
    } finally {
      lock.give()
    }
  }

  /** Write what is due up to an event; the tree there. */
  async #writeTo(goal: number, last: Anchor | undefined, signal?: AbortSignal): Promise<Grown> {
    const { dir, log, list = listTrail } = this.#options
    const signer = await this.#currentSigner()
    const from = await this.#stateFor(last)
    const { parts } = await list(dir, this.#ops)
    let due: Anchor[] = []
    let state = from
    for await (const grown of grow(from, goal, parts)) {
      if (signal?.aborted) break
      state = grown
      if (grown.seq > (last?.seq ?? 0)) due.push(this.#sign(grown, signer))
      else if (grown.seq === last?.seq && grown.root !== last.root) {
        log.error(`The trail is not the one that was anchored at event ${grown.seq}: audit verify`)
      }
      if (due.length < FLUSH) continue
      await this.#flush(due, state)
      due = []
    }
    if (due.length > 0) await this.#flush(due, state)
    return state
  }

  /** The tree as it was at the last anchor, or as late before it as is known. */
  async #stateFor(last: Anchor | undefined): Promise<Grown> {
    const { dir, log, list = listTrail } = this.#options
    let known = furthest([this.#grown], last)
    if (known === undefined || known.seq < (last?.seq ?? 0)) {
      known = furthest([this.#grown, await readGrown(this.#place)], last)
    }
    if (known !== undefined && known.seq > (last?.seq ?? 0)) {
      const lost = last === undefined ? 'All anchors' : `The anchors behind event ${last.seq}`
      log.error(`${lost} up to event ${known.seq} are gone from ${dir}`)
    }
    return known ?? beginning((await list(dir, this.#ops)).start)
  }

  /** The last anchor: this process's own where nobody wrote behind it. */
  async #lastAnchor(): Promise<Anchor | undefined> {
    const { dir } = this.#options
    const size = this.#ops.stat(join(dir, ANCHORS))?.size ?? 0
    if (this.#last?.size !== size) this.#last = { size, anchor: await lastAnchorOf(dir, this.#ops) }
    return this.#last.anchor
  }

  async #flush(anchors: readonly Anchor[], state: Grown): Promise<void> {
    const size = await appendAnchors(this.#options.dir, anchors, this.#ops)
    this.#last = { size, anchor: anchors.at(-1) }
    this.#grown = state
    this.#seen = state.seq
    await writeGrown(this.#place, state)
    for (const anchor of anchors) this.#options.onAnchor?.(anchor)
  }

  #sign(grown: Grown, signer: Signer, next?: Signer): Anchor {
    const encoder = new TextEncoder()
    const root = Uint8Array.from(
      { length: 32 },
      (_, at) => parseInt(grown.root.slice(7 + at * 2, 9 + at * 2), 16),
    )
    const text = checkpointText(signer.origin, grown.size, root)
    const { origin: name, keyId } = signer
    const body: AnchorBody = {
      schema: ANCHOR_SCHEMA,
      seq: grown.seq,
      hash: grown.hash,
      file: grown.file,
      root: grown.root,
      time: new Date(this.#options.clock.now()).toISOString(),
      key_id: keyId,
      checkpoint: signedNote(text, { name, keyId, signature: signer.sign(encoder.encode(text)) }),
      ...(next === undefined
        ? {}
        : { next_key: toBase64(next.publicKey), next_key_id: next.keyId }),
    }
    const signed = encoder.encode(anchorText(body))
    return {
      ...body,
      signature: toBase64(signer.sign(signed)),
      ...(next === undefined ? {} : { next_signature: toBase64(next.sign(signed)) }),
    }
  }

  /** The key of now: another process may have changed it, or have been interrupted while it did. */
  async #currentSigner(): Promise<Signer> {
    const { dir, keys } = this.#options
    const stamp = await signerStamp(keys)
    if (this.#signer === undefined || this.#signer.stamp !== stamp || stamp === '') {
      let signer = await loadSigner(keys)
      const next = await preparedNext(keys, signer.origin)
      if (next !== undefined && await isHandedOver(dir, next.keyId, this.#ops)) {
        await adoptNext(keys)
        signer = await loadSigner(keys)
      }
      this.#signer = { stamp: await signerStamp(keys), signer }
    }
    return this.#signer.signer
  }
}
