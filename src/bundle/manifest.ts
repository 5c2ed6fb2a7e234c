import { canonicalJson } from '../audit/canonical.ts'
import { isSame } from './archive.ts'
import { faultIn, FIELDS } from './fields.ts'
import { Refused } from './refused.ts'

export const BUNDLE_SCHEMA = 'rampart.bundle.v1'

/** What a manifest says of one file. */
export interface Listed {
  readonly path: string
  readonly size: number
  readonly sha256: string
}

/** One bundle as another one names it. */
export interface Named {
  readonly version: number
  /** `sha256:` over its manifest. */
  readonly digest: string
}

/** Which nodes take it, and when they give it up again. */
export interface Rollout {
  /** Of the nodes with these labels: a whole number from 0 to 100. */
  readonly percent: number
  /** A node has of every one of them one of its values. */
  readonly labels?: Readonly<Record<string, readonly string[]>> | undefined
  readonly halt?: Halt | undefined
}

/** The most that denials and asks may rise against the bundle before, in calls of a hundred. */
export interface Halt {
  /** Fewer calls than these say nothing. */
  readonly calls: number
  readonly denials_rise: number
  readonly asks_rise: number
}

/** What a person says of a bundle; `bundle.yaml` beside its policies. */
export interface About {
  /** The same for all versions. */
  readonly name: string
  /** Rises with every bundle of that name. */
  readonly version: number
  /** RFC 3339, UTC, whole seconds; given by who builds it, so that the same files make the same bytes. */
  readonly created: string
  /** The oldest release that may take it. */
  readonly min_rampart?: string | undefined
  readonly rollout?: Rollout | undefined
  /** Taken although its version is not higher, and only where this one is in force. */
  readonly rollback_of?: Named & { readonly reason: string } | undefined
}

/** What is signed: everything of a bundle, its files by their SHA-256. */
export interface Manifest extends About {
  readonly schema: typeof BUNDLE_SCHEMA
  /** The bundle that it was made after, null for the first. */
  readonly previous: Named | null
  readonly files: readonly Listed[]
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** The one text of a manifest: RFC 8785. */
export function manifestBytes(manifest: Manifest): Uint8Array {
  return encoder.encode(canonicalJson(manifest))
}

/**
 * Read a manifest. A key that is not known is no less a fault than a missing one: who signed it meant
 * something by it.
 *
 * @throws Refused
 */
export function parseManifest(bytes: Uint8Array): Manifest {
  let value: unknown
  try {
    value = JSON.parse(decoder.decode(bytes))
  } catch {
    throw new Refused('its manifest is no JSON')
  }
  const schema = (value as { schema?: unknown } | null)?.schema
  if (typeof schema === 'string' && schema !== BUNDLE_SCHEMA) {
    throw new Refused(
      `its manifest is of "${schema.slice(0, 50)}", which this version does not know`,
    )
  }
  const fault = faultIn(value, FIELDS)
  if (fault !== undefined) throw new Refused(`its manifest is wrong: ${fault}`)
  const manifest = value as Manifest
  if (!isSame(manifestBytes(manifest), bytes)) {
    throw new Refused('its manifest is not in its canonical form')
  }
  return manifest
}
