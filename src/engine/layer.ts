import type { Locate } from './fault.ts'
import type { PolicyEntry } from './schema.ts'
import type { Fault } from './types.ts'

/**
 * What a project's policy may not say, because it would loosen or leak while seeming to tighten
 * (semantics.md 13, security.md F3).
 */
export function projectFaults(
  source: { readonly file: string },
  file: { readonly policies?: readonly PolicyEntry[] | undefined },
  locate: Locate,
): Fault[] {
  const faults: Fault[] = []
  for (const [i, policy] of (file.policies ?? []).entries()) {
    const fault = (what: string, ...path: readonly PropertyKey[]) =>
      faults.push({
        file: source.file,
        ...locate(['policies', i, ...path]),
        message: `policy "${policy.name}": a project policy may only tighten, so ${what}`,
      })
    if (policy.enabled === false) fault('"enabled: false" is not accepted', 'enabled')
    for (const [j, rule] of policy.rules.entries()) {
      if (rule.action === 'allow' || rule.action === 'webhook') {
        fault(`action ${rule.action} is not accepted`, 'rules', j, 'action')
      }
      for (const key of LOOSENING) {
        if (rule[key] !== undefined && rule[key] !== false) {
          fault(`"${key}" is not accepted`, 'rules', j, key)
        }
      }
    }
  }
  return faults
}

/** A rule that ends, or that the agent can use up, is a rule that goes away. */
const LOOSENING = ['once', 'native_allow', 'expires_at'] as const
