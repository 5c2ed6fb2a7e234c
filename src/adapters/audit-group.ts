import { clearTimeout, setImmediate, setTimeout } from 'node:timers'
import type { AuditEvent, EventDraft } from '../audit/event.ts'
import { RampartError } from '../errors.ts'
import { type Call, type Group, noteLate, unavailable } from './audit-call.ts'
import type { Lock } from './audit-lock.ts'
import type { TrailObserver } from './audit-observer.ts'
import { Pace } from './audit-pace.ts'
import type { Reserve } from './audit-reserve.ts'
import { Batch } from './audit-seal.ts'
import type { TrailWriter } from './audit-writer.ts'
import { codeOf } from './safe-read.ts'

export interface GroupOptions {
  /** For messages. */
  readonly dir: string
  readonly writer: TrailWriter
  readonly lock: Lock
  readonly reserve: Reserve
  readonly observers: readonly TrailObserver[]
  /** How long a call waits for the disk before it is refused, ms. */
  readonly patienceMs: number
}

/** After so long of work under the lock another process that waits for it comes first. */
const HOLD_MS = 10
/** How often who closes the trail looks whether the disk still answers. */
const LOOK_MS = 50

/**
 * Group commit: calls that come while a write is under way share the next one, and are sealed meanwhile.
 * One write at a time, in the order in which the calls came. The lock is kept while more wait.
 */
export class GroupCommit {
  readonly #options: GroupOptions
  /** Calls that have no place in the chain yet. */
  #queue: Call[] = []
  /** Sealed, to be written next; those in `#queue` follow it. */
  #pending: Group | undefined
  #landing: Promise<void> | undefined
  #flying: Group | undefined
  #failed: { readonly group: Group; readonly error: unknown } | undefined
  /** The lock is held and `#pending` follows what is in the trail. */
  #live = false
  #running: Promise<void> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  /** A call waited in vain, and what it waited for has not ended. */
  #stuck = false
  readonly #pace = new Pace()
  #waiting = 0

  constructor(options: GroupOptions) {
    this.#options = options
  }

  /** Events that wait to be durable. */
  get waiting(): number {
    return this.#waiting
  }

  /** Nothing has come back from the disk for longer than anybody waits. */
  get isStuck(): boolean {
    return this.#stuck
  }

  append(drafts: readonly EventDraft[]): Promise<readonly AuditEvent[]> {
    return new Promise((resolve, reject) => {
      const call = { drafts, since: performance.now(), resolve, reject, open: true }
      this.#waiting += drafts.length
      this.#arm()
      if (this.#live && this.#queue.length === 0 && this.#seal(call)) {
        const sealed = this.#pending?.calls.length ?? 0
        if (this.#pace.isWorthAWrite(call.since, sealed)) this.#launch()
        return
      }
      this.#queue.push(call)
      this.#running ??= this.#run()
    })
  }

  /** Look at the trail and write what is found to be told; never rejects. */
  async start(): Promise<void> {
    this.#running ??= this.#run(true)
    await this.#running
  }

  /** Until nothing waits any more, or the disk does not answer. */
  async idle(): Promise<void> {
    while (this.#running !== undefined && !this.#stuck) {
      const look = new Promise((resolve) => setTimeout(resolve, LOOK_MS).unref())
      await Promise.race([this.#running, look])
    }
    // What was found last has no event to go in front of.
    if (!this.#stuck && this.#options.writer.hasNotes) await this.start()
    clearTimeout(this.#timer)
  }

  /** Until nothing is under way any more, however long the disk takes. */
  async ended(): Promise<void> {
    await this.#running
  }

  async #run(first = false): Promise<void> {
    // Let the calls of this turn come together.
    await Promise.resolve()
    if (first) await this.#session()
    while (this.#queue.length > 0 || (this.#pending?.calls.length ?? 0) > 0) await this.#session()
    this.#running = undefined
  }

  /** Take the lock, write while there is something to write, give it back. */
  async #session(): Promise<void> {
    const { lock, writer } = this.#options
    try {
      await lock.take()
      try {
        await writer.catchUp()
        this.#stuck = false
        this.#resume()
        await this.#flow()
      } finally {
        this.#live = false
        lock.give()
      }
    } catch (error) {
      this.#stuck = false
      this.#unseal()
      if (await this.#makeRoom(error)) return
      const failure = unavailable(this.#options.dir, error)
      for (const call of this.#queue.splice(0)) this.#end(call, failure)
    }
  }

  /** What was sealed before stays so where the trail is still what it was. */
  #resume(): void {
    const { writer } = this.#options
    const isSame = this.#pending?.batch.from === writer.head && !writer.hasNotes
    if (!isSame) {
      this.#unseal()
      this.#pending = { batch: writer.begin(), calls: [] }
    }
    this.#live = true
    this.#gather()
  }

  async #flow(): Promise<void> {
    const { lock } = this.#options
    let until = performance.now() + HOLD_MS
    for (;;) {
      this.#launch()
      if (this.#landing === undefined) {
        // Who was just answered may call again.
        await new Promise((resolve) => setImmediate(resolve))
        this.#launch()
      }
      // What was begun meanwhile may have failed already.
      if (this.#failed !== undefined) return await this.#recover(this.#failed)
      if (this.#landing === undefined) return
      if (performance.now() > until) {
        this.#live = !lock.isWanted()
        until = performance.now() + HOLD_MS
      }
      await this.#landing
      if (this.#failed !== undefined) return await this.#recover(this.#failed)
      if (!this.#live) return
      this.#gather()
    }
  }

  /** Seal what waits, as far as it fits into the next write. */
  #gather(): void {
    let taken = 0
    while (taken < this.#queue.length && this.#seal(this.#queue[taken]!)) taken += 1
    this.#queue.splice(0, taken)
  }

  /** False when the call has to wait for a later write. A call that is no JSON is refused alone. */
  #seal(call: Call): boolean {
    const group = this.#pending
    if (group === undefined || !group.batch.takes(call.drafts)) return false
    if (!call.open) return true
    try {
      group.calls.push({ call, events: group.batch.add(call.drafts) })
    } catch (error) {
      this.#end(call, error)
    }
    return true
  }

  /** Back to the queue with what was sealed: it does not follow what is in the trail. */
  #unseal(): void {
    const calls = this.#pending?.calls ?? []
    this.#pending = undefined
    if (calls.length > 0) this.#queue = [...calls.map(({ call }) => call), ...this.#queue]
  }

  /** Begin to write what is sealed, unless a write is under way. */
  #launch(): void {
    const group = this.#pending
    if (!this.#live || this.#landing !== undefined || group === undefined) return
    // What failed must be cleared away first: the rest was sealed behind it.
    if (this.#failed !== undefined) return
    if (group.batch.events.length === 0) return
    if (this.#options.writer.hasMoved()) {
      this.#live = false
      return
    }
    this.#pending = { batch: new Batch(group.batch.head), calls: [] }
    this.#flying = group
    this.#landing = this.#land(group)
  }

  async #land(group: Group): Promise<void> {
    const from = performance.now()
    try {
      const { file } = await this.#options.writer.commit(group.batch)
      noteLate(group, this.#options.writer)
      const sealed = this.#pending?.calls.length ?? 0
      this.#pace.landed(from, performance.now(), group.calls.length, sealed)
      for (const { call, events } of group.calls) this.#end(call, events)
      for (const observer of this.#options.observers) {
        observer.appended({ file, events: group.batch.events })
      }
    } catch (error) {
      this.#failed = { group, error }
    }
    this.#stuck = false
    this.#flying = undefined
    this.#landing = undefined
  }

  /** Whether the disk was full and there was a reserve to give up for it. */
  async #makeRoom(error: unknown): Promise<boolean> {
    const { reserve, writer } = this.#options
    if (codeOf(error) !== 'ENOSPC' || !await reserve.free()) return false
    const message = 'The disk is full: the reserve of the trail was given up. Next: make room'
    writer.note('recovery', { reserve: 'given up' }, message)
    return true
  }

  /** What failed is refused, or tried once more with the room of the reserve; what came after goes on. */
  async #recover({ group, error }: { group: Group; error: unknown }): Promise<void> {
    this.#failed = undefined
    this.#live = false
    this.#unseal()
    if (await this.#makeRoom(error)) {
      this.#queue = [...group.calls.map(({ call }) => call), ...this.#queue]
      return
    }
    const failure = unavailable(this.#options.dir, error)
    for (const { call } of group.calls) this.#end(call, failure)
  }

  /** Nobody waits for these any more: they are not written. */
  #dropClosed(): void {
    const pending = this.#pending
    if (pending?.calls.some(({ call }) => !call.open)) {
      this.#unseal()
      this.#pending = { batch: new Batch(pending.batch.from), calls: [] }
    }
    this.#queue = this.#queue.filter(({ open }) => open)
  }

  #end(call: Call, result: readonly AuditEvent[] | unknown): void {
    if (!call.open) return
    call.open = false
    this.#waiting -= call.drafts.length
    if (Array.isArray(result)) call.resolve(result as readonly AuditEvent[])
    else call.reject(result)
  }

  #arm(delay = this.#options.patienceMs): void {
    this.#timer ??= setTimeout(() => this.#expire(), delay).unref()
  }

  /** Refuse who has waited too long; nobody hangs on a disk that does not answer. */
  #expire(): void {
    this.#timer = undefined
    const { dir, patienceMs } = this.#options
    const now = performance.now()
    const sealed = [this.#flying, this.#pending].flatMap((group) => group?.calls ?? [])
    const all = [...sealed.map(({ call }) => call), ...this.#queue].filter(({ open }) => open)
    const late = all.filter(({ since }) => now - since >= patienceMs)
    const failure = new RampartError(
      'audit_unavailable',
      `The disk of ${dir} made nothing durable within ${patienceMs} ms. Next: look at that disk`,
    )
    for (const call of late) this.#end(call, failure)
    if (late.length > 0) this.#stuck = true
    this.#dropClosed()
    const oldest = all.find(({ open }) => open)
    if (oldest !== undefined) this.#arm(Math.max(1, oldest.since + patienceMs - now))
  }
}
