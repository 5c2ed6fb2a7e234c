import { type Bundle, readBundle } from '../bundle/bundle.ts'
import { follows, isTooOld } from '../bundle/follow.ts'
import { Refused } from '../bundle/refused.ts'
import {
  haltOf,
  haltReason,
  isIncluded,
  NO_CALLS,
  type Node,
  type Tally,
} from '../bundle/rollout.ts'
import type { TrustedKey } from '../bundle/signature.ts'
import type { BundleChange, BundleFollower, BundleState, Clock, Log } from '../ports.ts'
import { bundleCrypto } from './bundle-crypto.ts'
import { fetchBundle, type Fetched, type FetchOptions } from './bundle-source.ts'
import type { BundleStore, Kept } from './bundle-store.ts'

export interface FollowOptions {
  readonly source: string
  /** The same without what is secret in it. */
  readonly shown: string
  readonly keys: readonly TrustedKey[]
  readonly intervalMs: number
  readonly node: Node
  /** The release that runs. */
  readonly version: string
  readonly store: BundleStore
  readonly reach: FetchOptions['reach']
  /** Rejects with the reason unless its tests pass and it compiles beside all else that is in force. */
  readonly prove: (bundle: Bundle) => Promise<void>
  readonly clock: Clock
  readonly log: Log
  readonly ca?: string | undefined
  /** From 0 to 1: nodes that started together do not ask together. */
  readonly random?: (() => number) | undefined
}

/** Says nothing of what the source holds. */
const AWAY = 'the source cannot be used'
const TIMEOUT_MS = 30_000
/** How far from its interval a look may be. */
const JITTER = 0.2

type Looked = Pick<BundleState, 'checkedAt' | 'lastError' | 'refused' | 'waiting'>

/** Looks for a bundle now and then, and puts it in force once everything about it holds. */
export class Follower implements BundleFollower {
  readonly #options: FollowOptions
  readonly #listeners = new Set<(change: BundleChange) => void>()
  /** What happened before anybody listened: the first look is made before a server answers. */
  readonly #untold: BundleChange[] = []
  readonly #stop = new AbortController()
  #looked: Looked = {
    checkedAt: undefined,
    lastError: undefined,
    refused: false,
    waiting: undefined,
  }
  #etag: string | undefined
  #tally: Tally
  #running: Promise<void> | undefined
  /** One thing at a time is done to the store. */
  #turn: Promise<unknown> = Promise.resolve()
  #changed: () => Promise<unknown> = () => Promise.resolve()

  constructor(options: FollowOptions) {
    this.#options = options
    this.#tally = options.store.notes.tally ?? NO_CALLS
  }

  state(): BundleState {
    const { store, shown } = this.#options
    const { current, notes } = store
    const last = notes.given_up.at(-1)
    return {
      source: shown,
      current: current === undefined ? null : {
        name: current.manifest.name,
        version: current.manifest.version,
        digest: current.digest,
        created: current.manifest.created,
        key: current.key!,
        activatedAt: notes.activated_at,
      },
      ...this.#looked,
      givenUp: last && { version: last.version, reason: last.reason },
    }
  }

  onChange(listener: (change: BundleChange) => void): () => void {
    this.#listeners.add(listener)
    for (const change of this.#untold.splice(0)) listener(change)
    return () => void this.#listeners.delete(listener)
  }

  /** Look from now on; `changed` is called when another bundle lies there. */
  start(changed: () => Promise<unknown>): void {
    this.#changed = changed
    this.#running = this.#run().catch(() => {})
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('closed'))
    await this.#running
    await this.#turn.catch(() => {})
  }

  async #run(): Promise<void> {
    const { clock, intervalMs, random = Math.random } = this.#options
    for (;;) {
      await this.look()
      const wait = intervalMs * (1 + JITTER * (2 * random() - 1))
      await clock.sleep(wait, this.#stop.signal)
    }
  }

  /** Look once. Never rejects: what went wrong is in the state, and said once. */
  async look(): Promise<void> {
    const turn = this.#turn.catch(() => {}).then(() => this.#look())
    this.#turn = turn
    await turn
  }

  async #look(): Promise<void> {
    const { keys, clock } = this.#options
    const got = await this.#fetch()
    if (got?.kind === 'fetched') {
      let bundle: Bundle | undefined
      try {
        bundle = readBundle(got.bytes, { keys, at: clock.now() }, bundleCrypto)
        const waiting = await this.#take({ bundle, bytes: got.bytes })
        this.#etag = got.etag
        this.#looked = { ...this.#looked, lastError: undefined, refused: false, waiting }
      } catch (error) {
        // What is refused may be good later: it is asked for again.
        this.#etag = undefined
        this.#failed(error, isRefusal(error) ? 'refused' : 'cannot be put in force', bundle)
      }
    }
    await this.#remember()
  }

  async #fetch(): Promise<Fetched | undefined> {
    const { source, reach, clock, ca } = this.#options
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), this.#stop.signal])
      const got = await fetchBundle(source, { reach, etag: this.#etag, signal, ca })
      const { lastError, refused } = this.#looked
      this.#looked = {
        ...this.#looked,
        checkedAt: clock.now(),
        lastError: refused ? lastError : undefined,
      }
      return got
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#failed(error, AWAY, undefined)
      return undefined
    }
  }

  /** What was counted, now and then, so that a restart does not begin anew. */
  async #remember(): Promise<void> {
    const { store, log } = this.#options
    if (store.current === undefined || this.#tally === store.notes.tally) return
    await store.count(this.#tally).catch((error) =>
      log.warn('Cannot remember what was counted under the policy bundle', error)
    )
  }

  /** Resolves with the version that this node waits for, if its turn has not come. */
  async #take(kept: Kept): Promise<number | undefined> {
    const { store, version, node, prove, clock, log } = this.#options
    const { bundle } = kept
    const { manifest, digest } = bundle
    const given = store.notes.given_up.find((one) => one.digest === digest)
    if (given !== undefined) throw new Refused(`it was given up: ${given.reason}`)
    if (follows({ ...manifest, digest }, store.known) === 'same') {
      if (!isSignedAlike(bundle, store.current)) await store.resign(kept)
      return undefined
    }
    if (isTooOld(version, manifest.min_rampart)) {
      throw new Refused(`it needs rampart ${manifest.min_rampart}, and this is ${version}`)
    }
    // A rollback is for whoever has what it takes back.
    if (manifest.rollback_of === undefined && !isIncluded(node, manifest, bundleCrypto)) {
      return manifest.version
    }
    await prove(bundle)
    await store.activate(kept, clock.now(), this.#tally)
    this.#tally = store.notes.tally ?? NO_CALLS
    log.info(`Policy bundle ${manifest.name} version ${manifest.version} is in force`)
    await this.#changed()
    this.#tell('bundle_activated', bundle, manifest.rollback_of?.reason ?? null)
    return undefined
  }

  #failed(error: unknown, what: string, bundle: Bundle | undefined): void {
    const reason = (error as Error).message
    const lastError = `${what}: ${reason}`
    const isNews = this.#looked.lastError !== lastError
    const refused = what !== AWAY
    this.#looked = { ...this.#looked, lastError, refused, waiting: undefined }
    if (!isNews) return
    this.#options.log.error(`The policy bundle: ${lastError}`)
    if (refused) this.#tell('bundle_refused', bundle, reason)
  }

  /** One more decided call. Returns at once; too many denials or asks give the bundle up. */
  counted(action: string): void {
    const { store } = this.#options
    const rollout = store.current?.manifest.rollout
    const { calls, denials, asks } = this.#tally
    this.#tally = {
      calls: calls + 1,
      denials: denials + Number(action === 'deny'),
      asks: asks + Number(action === 'require_approval' || action === 'ask_delegated'),
    }
    const { before } = store.notes
    const reason = before && haltReason(before, this.#tally, haltOf(rollout))
    if (reason === undefined) return
    const digest = store.current?.digest
    this.#turn = this.#turn.catch(() => {}).then(() => this.#giveUp(digest, reason))
  }

  async #giveUp(digest: string | undefined, reason: string): Promise<void> {
    const { store, clock, log } = this.#options
    const bundle = store.current
    if (bundle === undefined || bundle.digest !== digest || store.notes.before === undefined) return
    try {
      const { version } = bundle.manifest
      const back = await store.giveUp(reason, clock.now())
      this.#tally = NO_CALLS
      log.error(
        `Policy bundle version ${version} is given up, version ${back} is in force again: ${reason}`,
      )
      await this.#changed()
      this.#tell('bundle_given_up', bundle, reason)
    } catch (error) {
      log.error('A policy bundle should be given up, and cannot be', error)
    }
  }

  #tell(kind: BundleChange['kind'], bundle: Bundle | undefined, reason: string | null): void {
    const { name = null, version = null } = bundle?.manifest ?? {}
    const in_force = this.#options.store.current?.manifest.version ?? null
    const change = { kind, name, version, digest: bundle?.digest ?? null, reason, in_force }
    if (this.#listeners.size === 0) this.#untold.push(change)
    for (const listener of this.#listeners) listener(change)
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Refused || (error as { code?: unknown }).code === 'policy_invalid'
}

function isSignedAlike({ signatures }: Bundle, other: Bundle | undefined): boolean {
  return JSON.stringify(signatures) === JSON.stringify(other?.signatures)
}
