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
  const { dir, clock, ids, log } = options
  const states = new NotifyStates(dir)
  const running = new Map<string, Running>()
  let audit: Pick<AuditLog, 'append' | 'head'> | undefined
  let context: NotifyContext | undefined
  let isClosed = false
  let changing: Promise<void> = Promise.resolve()

  function onGivenUp(message: string, name: string, event: string): void {
    log.error(message)
    const draft = noteDraft('alert', { notify: name, event }, message, { clock, ids })
    audit?.append([draft]).catch(() => {})
  }

  async function open(spec: Notify, now: NotifyContext): Promise<NotifyRunner> {
    const known = await states.load(spec.name)
    const state = known ?? { cursor: await cursorAtEnd(dir, trailFileOps), held: NOTHING_HELD }
    if (known === undefined) await states.save(spec.name, state)
    return new NotifyRunner({
      spec,
      state,
      states,
      follower: new Follower(dir),
      send: senderOf(spec, options),
      context: now,
      clock,
      log,
      head: () => audit?.head().seq ?? 0,
      onGivenUp,
      random: options.random,
    })
  }

  /** Close those that are gone or changed, then open those that are new: a state has one owner. */
  async function change(specs: readonly Notify[]): Promise<void> {
    if (isClosed || context === undefined) return
    const wanted = new Map(distinct(specs, log).map((spec) => [spec.name, spec]))
    for (const [name, { spec, runner }] of running) {
      const next = wanted.get(name)
      if (next !== undefined && JSON.stringify(next) === spec) continue
      running.delete(name)
      await runner.close()
    }
    await states.keepOnly([...wanted.keys()])
    for (const [name, spec] of wanted) {
      if (running.has(name)) continue
      const runner = await open(spec, context)
      running.set(name, { spec: JSON.stringify(spec), runner })
      runner.start()
    }
  }

  return {
    start(trail, now) {
      audit = trail
      context = now
    },
    use(specs) {
      changing = changing.then(() => change(specs)).catch((error) =>
        log.error('Cannot change who is notified', messageOf(error))
      )
      return changing
    },
    states: () => [...running.values()].map(({ runner }) => runner.state()),
    appended() {
      for (const { runner } of running.values()) runner.wake()
    },
    async close() {
      isClosed = true
      await changing
      await Promise.all([...running.values()].map(({ runner }) => runner.close()))
    },
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
