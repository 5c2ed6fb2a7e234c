import { createNotifier, type Notifier, type NotifierOptions } from '../../src/adapters/notifier.ts'
import type { NotifyContext } from '../../src/adapters/notify-runner.ts'
import { systemClock } from '../../src/adapters/clock.ts'
import { ulids } from '../../src/adapters/ids.ts'
import { notifyList } from '../../src/cli/notify-settings.ts'
import type { Notify } from '../../src/engine/notify.ts'
import type { AuditLog, Clock } from '../../src/ports.ts'
import type { EventDraft } from '../../src/audit/event.ts'
import { draft, type Trail } from './audit.ts'
import { DEVICE } from './formats.ts'

/** A destination as a person would write it; loopback is allowed unless it says otherwise. */
export function destination(entry: Record<string, unknown>): Notify {
  const [spec] = notifyList({ name: 'one', allow_private: true, ...entry })
  return spec!
}

/** A clock whose pauses are short; what it says of the time is true. */
export function hasty(): Clock {
  const clock = systemClock()
  return { ...clock, sleep: (ms, signal) => clock.sleep(Math.min(ms, 10), signal) }
}

export const denied = (session = 's', rule = 'p/1', change: Partial<EventDraft> = {}): EventDraft =>
  draft({
    session,
    request: { params: { command: 'rm -rf /' } },
    decision: { action: 'deny', policy: 'p', rule, message: 'No.', eval_us: 5 },
    ...change,
  })

export const CODE = '7KQ2M-X0B4T'

export interface Opened {
  readonly notifier: Notifier
  readonly log: AuditLog
  readonly told: string[]
  close(): Promise<void>
}

/** A trail with destinations, as a server has them. */
export async function notified(
  trail: Trail,
  specs: readonly Notify[],
  change: Partial<NotifierOptions & NotifyContext> = {},
): Promise<Opened> {
  const told: string[] = []
  const tell = (message: string, detail?: unknown) => void told.push(`${message} ${detail ?? ''}`)
  const clock = hasty()
  const device = () => Promise.resolve(DEVICE)
  const notifier = createNotifier({
    dir: trail.dir,
    clock,
    ids: ulids(clock),
    log: { error: tell, warn: tell, info: tell },
    device,
    key: () => 'the key',
    ...change,
  })
  const log = await trail.open({ observers: [notifier] })
  notifier.start(log, {
    device,
    question: (id) => Promise.resolve({ id, expiresAt: 2_000_000_000_000, code: CODE }),
    link: ({ question }) =>
      Promise.resolve(`http://127.0.0.1:9090/${question ? `approve/${question.id}` : 'dashboard'}`),
    ...change,
  })
  await notifier.use(specs)
  return { notifier, log, told, close: () => log.close() }
}
