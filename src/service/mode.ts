import type { Mode, Services } from './services.ts'

/** What is in force at this moment. */
export interface Stand {
  readonly mode: Mode
  /** Self-protection denies in every mode but a configured `disabled` (security.md F41). */
  readonly selfProtection: boolean
}

/** The mode now, break-glass counted in. A switch that cannot be read does not switch off. */
export function standNow(
  services: Pick<Services, 'settings' | 'switches' | 'clock' | 'log'>,
): Stand {
  const { mode } = services.settings
  const selfProtection = mode !== 'disabled'
  return { mode: offUntil(services) === undefined ? mode : 'disabled', selfProtection }
}

/** Until when enforcement is switched off, or undefined when it is on. */
export function offUntil(
  { switches, clock, log }: Pick<Services, 'switches' | 'clock' | 'log'>,
): number | undefined {
  try {
    const until = switches.offUntil()
    return until !== undefined && clock.now() < until ? until : undefined
  } catch (error) {
    log.error('Cannot read the off switch: enforcement stays on', error)
    return undefined
  }
}
