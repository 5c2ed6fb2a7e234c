import type { Device } from '../audit/format/said.ts'
import type { AuditLog, Clock, Ids, Log, SinkState } from '../ports.ts'
import { trailFileOps } from './audit-gzip.ts'
import type { TrailObserver } from './audit-observer.ts'
import { noteDraft } from './audit-seal.ts'
import type { Reach } from './outbound.ts'
import { cursorAtEnd, SinkCursors } from './sink-cursors.ts'
import type { Deliver, SinkSpec } from './sink-deliver.ts'
import { Follower } from './sink-follower.ts'
import { otlpDelivery, webhookDelivery } from './sink-http.ts'
import { cursorOf, SinkRunner } from './sink-runner.ts'
import { syslogDelivery } from './sink-syslog.ts'

export interface SinksOptions {
  /** Of the trail. */
  readonly dir: string
  readonly specs: readonly SinkSpec[]
  /** Where this machine is a node: the sink that leads to its upstream. */
  readonly upstream?: { readonly spec: SinkSpec; readonly deliver: Deliver } | undefined
  readonly device: () => Promise<Device>
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly reach?: Reach | undefined
  readonly random?: (() => number) | undefined
}

/** The sinks of a trail: told of what is appended, they read it from the files in their own time. */
export interface Sinks extends TrailObserver {
  /** Deliver from now on. What can never be delivered is told in the trail. */
  start(audit: Pick<AuditLog, 'append' | 'head'>): void
  states(): readonly SinkState[]
}

const DELIVERIES: Readonly<
  Record<
    Exclude<SinkSpec['type'], 'upstream'>,
    (spec: SinkSpec, clock: Clock, reach: Reach) => Deliver
  >
> = {
  syslog: syslogDelivery,
  webhook: webhookDelivery,
  otlp: otlpDelivery,
}

/**
 * Open the sinks of a trail before the trail itself is: a sink that is new begins with the next event. Each
 * has a cursor of its own, so none waits for another.
 */
export async function openSinks(options: SinksOptions): Promise<Sinks> {
  const { dir, upstream, device, clock, ids, log, reach = {}, random } = options
  const specs = upstream === undefined ? options.specs : [...options.specs, upstream.spec]
  const cursors = new SinkCursors(dir)
  let audit: Pick<AuditLog, 'append' | 'head'> | undefined
  if (specs.length > 0 || await cursors.areThere()) {
    await cursors.keepOnly(specs.map(({ name }) => name))
  }

  function onLoss(message: string, sink: string): void {
    log.warn(message)
    const draft = noteDraft('alert', { sink }, message, { clock, ids })
    audit?.append([draft]).catch(() => {})
  }

  const runners = await Promise.all(specs.map(async (spec) =>
    new SinkRunner({
      spec,
      cursor: await cursorOf(spec, cursors, () => cursorAtEnd(dir, trailFileOps)),
      cursors,
      follower: new Follower(dir),
      deliver: spec.type === 'upstream'
        ? upstream!.deliver
        : DELIVERIES[spec.type](spec, clock, reach),
      device,
      clock,
      log,
      head: () => audit?.head().seq ?? 0,
      onLoss,
      random,
    })
  ))
  return {
    start(trail) {
      audit = trail
      for (const runner of runners) runner.start()
    },
    states: () => runners.map((runner) => runner.state()),
    appended() {
      for (const runner of runners) runner.wake()
    },
    async close() {
      await Promise.all(runners.map((runner) => runner.close()))
    },
  }
}
