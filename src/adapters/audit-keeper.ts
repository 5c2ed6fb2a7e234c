import type { Json } from '../engine/types.ts'
import type { Log } from '../ports.ts'
import { trailFiles } from './audit-files.ts'
import { DAY, retain, type Retained, retentionLock, type RetentionOptions } from './audit-quota.ts'
import { noteDraft } from './audit-seal.ts'
import { messageOf } from './database-wal.ts'

export interface Keeper {
  /** Stop where it is; what was begun is finished by the next start. */
  close(): Promise<void>
}

type KeeperOptions = Omit<RetentionOptions, 'pause'>

/** Calls come first: nothing is done while a server starts, and little at a time later. */
const START_MS = 5000
const LOOK_MS = 60_000
const PAUSE_MS = 20

/**
 * Keep a trail within its limits as long as a server runs: soon after the start, when a new file was begun,
 * and once a day. What it removes is in the trail, what it must not remove is told; it never throws.
 */
export function keepTrail(options: KeeperOptions, log: Log): Keeper {
  const ending = new AbortController()
  const nap = (ms: number) => options.clock.sleep(ms, ending.signal)
  const rounds = new Rounds(options, log, () => nap(PAUSE_MS))

  async function run(): Promise<void> {
    await nap(START_MS)
    for (;;) {
      await rounds.look().catch((error) => {
        if (!ending.signal.aborted) rounds.fail(error)
      })
      await nap(LOOK_MS)
    }
  }

  // It ends by the signal alone.
  const running = run().catch(() => {})
  return {
    async close() {
      ending.abort()
      await running
    },
  }
}

class GivenUp extends Error {}

class Rounds {
  readonly #options: KeeperOptions
  readonly #log: Log
  readonly #pause: () => Promise<void>
  /** What was told already. */
  readonly #told = new Set<string>()
  #done: { readonly newest: string | undefined; readonly at: number } | undefined

  constructor(options: KeeperOptions, log: Log, pause: () => Promise<void>) {
    this.#options = options
    this.#log = log
    this.#pause = pause
  }

  /** A round, where it is time for one. */
  async look(): Promise<void> {
    const { dir, ops, clock } = this.#options
    const newest = trailFiles(ops.list(dir)).at(-1)?.name
    const done = this.#done
    if (done !== undefined && done.newest === newest && clock.monotonic() - done.at < DAY) return
    const lock = retentionLock(dir, 0)
    try {
      // Who holds it does the same.
      if (!await lock.take().then(() => true, () => false)) return
      const pause = async () => {
        // A person who waits for it comes first; the next look begins anew.
        if (lock.isWanted()) throw new GivenUp()
        await this.#pause()
      }
      this.#report(await retain({ ...this.#options, pause }, { pack: true, force: false }))
      this.#done = { newest, at: clock.monotonic() }
    } finally {
      lock.give()
      lock.close()
    }
  }

  fail(error: unknown): void {
    if (error instanceof GivenUp) return
    const message = `The trail could not be kept within its limits: ${messageOf(error)}`
    if (this.#isNew(message)) this.#log.warn(message)
  }

  /** What is left to a person, once as long as it is the same. */
  #report({ findings, stub, unpacked }: Retained): void {
    if (findings.length > 0 && stub === undefined) {
      const message = `Old files of the trail are broken and were not pruned: ${findings[0]}. ` +
        'Next: rampart audit verify'
      this.#tell(message, { findings: findings.slice(0, 10), count: findings.length })
    }
    for (const { name, why } of unpacked.filter((one) => one.why === 'differs')) {
      const message = `${name} and ${name}.gz are both there and differ. Next: rampart audit verify`
      this.#tell(message, { file: name, why })
    }
  }

  #tell(message: string, about: Json): void {
    if (!this.#isNew(message)) return
    this.#log.warn(message)
    const draft = noteDraft('alert', about, message, this.#options)
    this.#options.audit.append([draft]).catch(() => this.#told.delete(message))
  }

  #isNew(message: string): boolean {
    const isNew = !this.#told.has(message)
    this.#told.add(message)
    return isNew
  }
}
