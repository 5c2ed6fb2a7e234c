import type { PolicyEntry } from './schema.ts'
import type { Fault } from './types.ts'

/**
 * What a project's policy may not say, because it would loosen or leak while seeming to tighten
 * (semantics.md 13, security.md F3).
 */
export function projectFaults(
  source: { readonly file: string },
  file: { readonly policies?: readonly PolicyEntry[] | undefined },
): Fault[] {
  const faults: Fault[] = []
  for (const policy of file.policies ?? []) {
    const fault = (what: string) =>
      faults.push({
        file: source.file,
        line: 1,
        col: 1,
        message: `policy "${policy.name}": a project policy may only tighten, so ${what}`,
      })
    if (policy.enabled === false) fault('"enabled: false" is not accepted')
    for (const rule of policy.rules) {
      if (rule.action === 'allow' || rule.action === 'webhook') {
        fault(`action ${rule.action} is not accepted`)
      }
      if (rule.once === true) fault('"once" is not accepted')
      if (rule.native_allow === true) fault('"native_allow" is not accepted')
      if (rule.expires_at !== undefined) fault('"expires_at" is not accepted')
    }
  }
  return faults
}
