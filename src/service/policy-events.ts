import { formatFault } from '../engine/fault.ts'
import type { BundleChange, PolicyChange } from '../ports.ts'
import { recordLater } from './record.ts'
import type { Services } from './services.ts'

/** Changes of the policies, and of the bundle among them, go to the trail from here on. */
export function recordPolicies(services: Services): void {
  const lost = (what: string) => (error: unknown) =>
    services.log.error(`Cannot record a change of ${what}`, error)
  services.policies.onChange((_state, change) => {
    recordChange(change, services).catch(lost('the policies'))
  })
  services.bundles?.onChange((change) => {
    recordBundle(change, services).catch(lost('the policy bundle'))
  })
}

/** Most faults and dropped rules named in one event; the counts are whole. */
const NAMED = 100
/** And in one line of the log. */
const LOGGED = 5

/** A reload, loud about what it dropped (security.md F16). */
async function recordChange(change: PolicyChange, services: Services): Promise<void> {
  const { kind, hash, files, faults, dropped } = change
  if (dropped.length > 0) {
    services.log.warn(`The new policies drop ${dropped.length} restrictive rules`, dropped)
  }
  if (kind === 'refused') {
    const told = faults.slice(0, LOGGED).map(formatFault)
    services.log.error(
      `The new policies are invalid, the last good stay: ${faults.length} faults`,
      told,
    )
  }
  await recordLater({
    kind: 'policy',
    request: {
      hash,
      files: files.slice(0, NAMED),
      faults: faults.slice(0, NAMED).map(formatFault),
      fault_count: faults.length,
      dropped: dropped.slice(0, NAMED),
      dropped_count: dropped.length,
    },
    decision: { action: kind, eval_us: 0 },
    principal: 'rampart',
    via: 'local',
  }, services)
}

/** What became of a bundle; what it changed of the rules in force is an event of its own. */
async function recordBundle(
  { kind, ...about }: BundleChange,
  services: Services,
): Promise<void> {
  await recordLater({
    kind: 'policy',
    request: about,
    decision: { action: kind, eval_us: 0 },
    principal: 'rampart',
    via: 'local',
  }, services)
}
