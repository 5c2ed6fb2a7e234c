import { recordLater } from './record.ts'
import type { Services } from './services.ts'
import type { By } from './tokens.ts'

/** A server answers from now on: where, and by which policies. A trail that cannot be written stops none. */
export async function recordStart(
  services: Services,
  by: By,
  where: { readonly url: string | null; readonly socket: string | null },
): Promise<void> {
  const { settings, policies } = services
  const { set, files, faults } = policies.current()
  await recordLater({
    kind: 'start',
    request: {
      ...where,
      version: settings.version,
      failure: settings.failure,
      policies: { hash: set.hash, files: files.slice(0, NAMED), faults: faults.length },
    },
    decision: { action: 'start', eval_us: 0 },
    ...by,
  }, services)
}

/** It ends, and why. */
export async function recordStop(services: Services, by: By, signal: string): Promise<void> {
  await recordLater({
    kind: 'stop',
    request: { signal },
    decision: { action: 'stop', eval_us: 0 },
    ...by,
  }, services)
}

/** Most files named in one event. */
const NAMED = 100
