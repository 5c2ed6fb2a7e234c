import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Bundle, readBundle } from '../bundle/bundle.ts'
import { type Followed, followed } from '../bundle/follow.ts'
import { type Tally } from '../bundle/rollout.ts'
import { Refused } from '../bundle/refused.ts'
import type { TrustedKey } from '../bundle/signature.ts'
import { bundleCrypto } from './bundle-crypto.ts'
import { readBundleFile } from './bundle-read.ts'
import { BEGINNING, type Noted, parseNotes } from './bundle-notes.ts'
import { replaceFile } from './replace-file.ts'
import { readSmall } from './safe-read.ts'

export interface BundleStoreOptions {
  readonly dir: string
  readonly active: string
  readonly keys: readonly TrustedKey[]
  /** Only tests have a reason. */
  readonly checkOwners?: boolean | undefined
}

/** A bundle with the bytes that it was read from. */
export interface Kept {
  readonly bundle: Bundle
  readonly bytes: Uint8Array
}

const PREVIOUS = 'previous.tar'
const NOTES = 'state.json'
const NOTES_BYTES = 1 << 20

/**
 * The bundle in force and the one before, on disk. `active.tar` is what counts: it changes by one rename, and
 * what else is kept is written so that a kill between any two writes leaves a state that `open` understands.
 */
export class BundleStore {
  readonly #options: BundleStoreOptions
  #notes: Noted = BEGINNING
  #current: Kept | undefined

  constructor(options: BundleStoreOptions) {
    this.#options = options
  }

  /** In force, as far as this process knows. */
  get current(): Bundle | undefined {
    return this.#current?.bundle
  }

  get notes(): Noted {
    return this.#notes
  }

  /** What the rule of versions goes by: the signed bundle itself, and the highest one that is remembered. */
  get known(): Followed | undefined {
    const { current } = this
    if (current === undefined) return undefined
    const { highest } = this.#notes
    const own = { ...current.manifest, digest: current.digest }
    const before = highest?.name === current.manifest.name
      ? { name: highest.name, current: highest, highest }
      : undefined
    return followed(own, before)
  }

  /**
   * Read what is there. What is no bundle that one of the keys signed is put aside, and the one before takes its
   * place. Resolves with what had to be done, for the log.
   */
  async open(): Promise<readonly string[]> {
    await mkdir(this.#options.dir, { recursive: true, mode: 0o700 })
    const done: string[] = []
    const { active } = this.#options
    this.#notes = await this.#readNotes()
    const found = await this.#read(active)
    if (typeof found === 'string') {
      await rename(active, join(this.#options.dir, 'refused.tar')).catch(() => {})
      done.push(`The bundle in force is refused: ${found}`)
    } else this.#current = found
    const isGivenUp = this.#notes.given_up.some(({ digest }) => digest === this.current?.digest)
    if (typeof found === 'string' || isGivenUp) {
      const back = await this.#fallBack()
      done.push(
        back === undefined ? 'There is no bundle before it' : `Version ${back} is in force again`,
      )
    }
    return done
  }

  /**
   * Put a bundle in force that was checked; `tally` is what was counted under the one before, which stays beside
   * it. A further stage of the same files goes on with what was counted, and goes back to where they began.
   */
  async activate(kept: Kept, at: number, tally: Tally): Promise<void> {
    const { dir, active } = this.#options
    const before = this.#current
    const known = this.known
    const isStage = before !== undefined && isSameFiles(before.bundle, kept.bundle)
    if (before !== undefined && !isStage) await replaceFile(join(dir, PREVIOUS), before.bytes)
    await replaceFile(active, kept.bytes)
    this.#current = kept
    const { manifest, digest } = kept.bundle
    const { name, highest } = followed({ ...manifest, digest }, known)
    await this.#note({
      ...this.#notes,
      highest: { name, ...highest },
      activated_at: at,
      ...(isStage
        ? { tally }
        // Without a bundle before it there is none to go back to.
        : { before: before === undefined ? undefined : tally, tally: undefined }),
    })
  }

  /** Keep the same bundle as somebody else signed it, too: its keys may follow one another. */
  async resign(kept: Kept): Promise<void> {
    await replaceFile(this.#options.active, kept.bytes)
    this.#current = kept
  }

  /** Go back to the bundle before, and never take this one again. Resolves with the version now in force. */
  async giveUp(reason: string, at: number): Promise<number | undefined> {
    const { current } = this
    if (current === undefined) return undefined
    const { version } = current.manifest
    const one = { version, digest: current.digest, reason, at }
    // First of all: whoever is killed behind it goes back when it starts.
    await this.#note({
      ...this.#notes,
      given_up: [...this.#notes.given_up, one].slice(-100),
      activated_at: at,
      before: undefined,
      tally: undefined,
    })
    return await this.#fallBack()
  }

  /** Remember what was counted since the bundle is in force. */
  async count(tally: Tally): Promise<void> {
    await this.#note({ ...this.#notes, tally })
  }

  async #fallBack(): Promise<number | undefined> {
    const { dir, active } = this.#options
    const previous = await this.#read(join(dir, PREVIOUS))
    if (typeof previous !== 'object') {
      this.#current = undefined
      await rm(active, { force: true })
      return undefined
    }
    await replaceFile(active, previous.bytes)
    this.#current = previous
    return previous.bundle.manifest.version
  }

  /** A bundle, undefined where there is none, or why it is refused. */
  async #read(path: string): Promise<Kept | string | undefined> {
    const { keys, checkOwners } = this.#options
    const read = await readBundleFile(path, checkOwners === false ? 'unchecked' : 'self')
    if (read.bytes === undefined) return read.code === 'ENOENT' ? undefined : read.detail
    try {
      const bundle = readBundle(read.bytes, { keys, at: 'created' }, bundleCrypto)
      return { bundle, bytes: read.bytes }
    } catch (error) {
      if (error instanceof Refused) return error.message
      throw error
    }
  }

  async #readNotes(): Promise<Noted> {
    const path = join(this.#options.dir, NOTES)
    const read = await readSmall(path, { limit: NOTES_BYTES, followLinks: false })
    return read.text === undefined ? BEGINNING : parseNotes(read.text)
  }

  async #note(notes: Noted): Promise<void> {
    await replaceFile(join(this.#options.dir, NOTES), `${JSON.stringify(notes)}\n`)
    this.#notes = notes
  }
}

function isSameFiles({ manifest: { files } }: Bundle, other: Bundle): boolean {
  return JSON.stringify(files) === JSON.stringify(other.manifest.files)
}
