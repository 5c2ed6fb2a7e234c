import { RampartError } from '../errors.ts'
import { offUntil } from './mode.ts'
import { recordLater } from './record.ts'
import type { Services } from './services.ts'
import type { By } from './tokens.ts'

/** The longest window: break-glass ends by itself. */
export const LONGEST_OFF_MS = 24 * 3_600_000

type Switchers = Pick<
  Services,
  'switches' | 'audit' | 'approvals' | 'clock' | 'ids' | 'log' | 'settings'
>

/**
 * Break-glass: stop enforcing for a while; self-protection stays. The way out when Rampart itself is the
 * trouble, so a trail that cannot be written is no obstacle: its event is written with the next one.
 * Resolves with the end of the window.
 */
export async function turnOff(services: Switchers, ms: number, by: By): Promise<number> {
  if (!(ms > 0 && ms <= LONGEST_OFF_MS)) {
    throw new RampartError('request_invalid', 'Off for more than 0 and at most 24 hours', {
      errors: [{ pointer: '/for', detail: 'A duration up to 24h' }],
    })
  }
  const until = services.clock.now() + ms
  await services.switches.set(until)
  await tell('off', new Date(until).toISOString(), services, by)
  return until
}

/** Enforce again, at once. Resolves with whether it was off. */
export async function turnOn(services: Switchers, by: By): Promise<boolean> {
  const wasOff = offUntil(services) !== undefined
  await services.switches.set(undefined)
  if (wasOff) await tell('on', null, services, by)
  return wasOff
}

async function tell(
  action: 'on' | 'off',
  until: string | null,
  services: Switchers,
  by: By,
): Promise<void> {
  await recordLater({
    kind: 'mode',
    request: { until },
    decision: { action, eval_us: 0 },
    principal: by.principal,
    via: by.via,
  }, services)
}
