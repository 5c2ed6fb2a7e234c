import type { Notify } from '../engine/notify.ts'
import { NOTHING_HELD } from '../notify/throttle.ts'
import type { AuditLog, Clock, Ids, Log, NotifyDestination } from '../ports.ts'
import { trailFileOps } from './audit-gzip.ts'
import type { TrailObserver } from './audit-observer.ts'
import { noteDraft } from './audit-seal.ts'
import { messageOf } from './database-wal.ts'
import { type NotifyContext, NotifyRunner } from './notify-runner.ts'
import { senderOf, type SendOptions } from './notify-send.ts'
import { NotifyStates } from './notify-state.ts'
import { cursorAtEnd } from './sink-cursors.ts'
import { Follower } from './sink-follower.ts'

export interface NotifierOptions extends SendOptions {
  /** Of the trail. */
  readonly dir: string
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly random?: (() => number) | undefined
}

/** The destinations that people are told at: told of what is appended, they read the trail in their own time. */
export interface Notifier extends TrailObserver {
  /** Tell from now on; what cannot be told is told in the trail. */
  start(audit: Pick<AuditLog, 'append' | 'head'>, context: NotifyContext): void
  /** These are the destinations from now on. One that is new begins with the next event. */
  use(specs: readonly Notify[]): Promise<void>
  states(): readonly NotifyDestination[]
}

interface Running {
  readonly spec: string
  readonly runner: NotifyRunner
}

/** The trail is the queue, and each destination has a place in it, so none waits for another. */
export function createNotifier(options: NotifierOptions): Notifier {
  const destinations = new Destinations(options)
  return {
    start: (audit, context) => destinations.start(audit, context),
    use: (specs) => destinations.use(specs),
    states: () => destinations.runners().map((runner) => runner.state()),
    appended() {
      for (const runner of destinations.runners()) runner.wake()
    },
    close: () => destinations.close(),
  }
}

class Destinations {
  readonly #options: NotifierOptions
  readonly #states: NotifyStates
  readonly #running = new Map<string, Running>()
  #audit: Pick<AuditLog, 'append' | 'head'> | undefined
  #context: NotifyContext | undefined
  #isClosed = false
  #changing: Promise<void> = Promise.resolve()

  constructor(options: NotifierOptions) {
    this.#options = options
    this.#states = new NotifyStates(options.dir)
  }

  start(audit: Pick<AuditLog, 'append' | 'head'>, context: NotifyContext): void {
    this.#audit = audit
    this.#context = context
  }

  runners(): NotifyRunner[] {
    return [...this.#running.values()].map(({ runner }) => runner)
  }

  use(specs: readonly Notify[]): Promise<void> {
    const { log } = this.#options
    this.#changing = this.#changing.then(() => this.#change(specs)).catch((error) =>
      log.error('Cannot change who is notified', messageOf(error))
    )
    return this.#changing
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#changing
    await Promise.all(this.runners().map((runner) => runner.close()))
  }

  /** Close those that are gone or changed, then open those that are new: a state has one owner. */
  async #change(specs: readonly Notify[]): Promise<void> {
    const context = this.#context
    if (this.#isClosed || context === undefined) return
    const wanted = new Map(distinct(specs, this.#options.log).map((spec) => [spec.name, spec]))
    for (const [name, { spec, runner }] of this.#running) {
      const next = wanted.get(name)
      if (next !== undefined && JSON.stringify(next) === spec) continue
      this.#running.delete(name)
      await runner.close()
    }
    await this.#states.keepOnly([...wanted.keys()])
    for (const [name, spec] of wanted) {
      if (this.#running.has(name)) continue
      const runner = await this.#open(spec, context)
      this.#running.set(name, { spec: JSON.stringify(spec), runner })
      runner.start()
    }
  }

  async #open(spec: Notify, context: NotifyContext): Promise<NotifyRunner> {
    const { dir, clock, log, random } = this.#options
    const states = this.#states
    const known = await states.load(spec.name)
    if (known === 'broken') {
      log.error(`Where ${spec.name} was in the trail cannot be read: it begins with the next event`)
    }
    const isKnown = known !== undefined && known !== 'broken'
    const state = isKnown
      ? known
      : { cursor: await cursorAtEnd(dir, trailFileOps), held: NOTHING_HELD }
    if (!isKnown) await states.save(spec.name, state)
    return new NotifyRunner({
      ...{ spec, state, states, context, clock, log, random },
      follower: new Follower(dir),
      send: senderOf(spec, this.#options),
      head: () => this.#audit?.head().seq ?? 0,
      onGivenUp: (message, name, event) => this.#giveUp(message, name, event),
    })
  }

  #giveUp(message: string, name: string, event: string): void {
    const { log, clock, ids } = this.#options
    log.error(message)
    const draft = noteDraft('alert', { notify: name, event }, message, { clock, ids })
    this.#audit?.append([draft]).catch(() => {})
  }
}

/** The same destination named in several files counts once; another of the same name gets one of its own. */
function distinct(specs: readonly Notify[], log: Log): Notify[] {
  const found: Notify[] = []
  for (const spec of specs) {
    const same = (one: Notify) => withoutFile(one) === withoutFile(spec)
    if (found.some(same)) continue
    let { name } = spec
    for (let n = 2; found.some((one) => one.name === name); n++) name = `${spec.name}.${n}`
    if (name !== spec.name) {
      log.warn(`Two destinations have the name "${spec.name}": one is "${name}" now`)
    }
    found.push({ ...spec, name })
  }
  return found
}

function withoutFile(spec: Notify): string {
  return JSON.stringify({ ...spec, file: '' })
}
