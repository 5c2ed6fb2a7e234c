import type { Manifest, Named } from './manifest.ts'
import { Refused } from './refused.ts'

/** What a node knows of the bundles before. */
export interface Followed {
  readonly name: string
  /** In force. */
  readonly current: Named
  /** The highest version that was ever in force; higher than `current` after a rollback. */
  readonly highest: Named
}

/** A bundle as far as the rule of versions looks at it. */
export type Next =
  & Pick<Manifest, 'name' | 'version' | 'previous' | 'rollback_of'>
  & { readonly digest: string }

/**
 * Whether a bundle may follow what is in force: `take` it, or it is the `same` one. Versions rise; a bundle
 * that goes back must say in its manifest, and so under its signature, which one it takes back, and holds
 * nowhere else, so that it cannot be kept and played again later.
 *
 * @throws Refused with the reason
 */
export function follows(next: Next, known: Followed | undefined): 'take' | 'same' {
  const { name, version, digest, previous, rollback_of: back } = next
  if (known === undefined) return 'take'
  const { current, highest } = known
  if (name !== known.name) {
    throw new Refused(`it is "${name}", and the bundle in force is "${known.name}"`)
  }
  if (digest === current.digest) return 'same'
  for (const { version: before, digest: other } of [current, highest]) {
    if (version === before && digest !== other) {
      throw new Refused(`version ${version} is there already, with other contents`)
    }
  }
  if (version <= highest.version) {
    if (back === undefined) {
      throw new Refused(
        `version ${version} is not higher than version ${highest.version}, and it is no rollback`,
      )
    }
    if (back.digest !== current.digest) {
      throw new Refused(`it takes back version ${back.version}, which is not in force`)
    }
    return 'take'
  }
  if (previous?.version === current.version && previous.digest !== current.digest) {
    throw new Refused(`it follows another version ${previous.version} than the one in force`)
  }
  return 'take'
}

/** What is known once a bundle is in force. */
export function followed(next: Next, known: Followed | undefined): Followed {
  const current = { version: next.version, digest: next.digest }
  const isHigher = known === undefined || next.version > known.highest.version
  return { name: next.name, current, highest: isHigher ? current : known.highest }
}

/** Whether a release is old enough for a bundle to refuse it: `1.2.0`, what stands behind a dash aside. */
export function isTooOld(release: string, least: string | undefined): boolean {
  if (least === undefined) return false
  const parts = (text: string) => text.split('-')[0]!.split('.').map(Number)
  const [have, want] = [parts(release), parts(least)]
  const at = want.findIndex((part, index) => part !== (have[index] ?? 0))
  return at >= 0 && (have[at] ?? 0) < want[at]!
}
