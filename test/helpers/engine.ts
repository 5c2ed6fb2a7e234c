import { createHash } from 'node:crypto'
import { stringify } from 'yaml'
import { loadPolicies, type ParseStore, type PolicyText } from '../../src/engine/load.ts'
import type { PolicySet } from '../../src/engine/policy-set.ts'
import type { Call, Facts, Identity, Json } from '../../src/engine/types.ts'
import { normaliseCall } from '../../src/intercept/normalise.ts'

export const HOME = '/home/u'

export const hash = (texts: readonly string[]): string =>
  `sha256:${createHash('sha256').update(texts.join('\0')).digest('hex')}`

/** Load texts and demand that they are good. */
export function goodSet(
  sources: readonly PolicyText[],
  builtins: Readonly<Record<string, string>> = {},
  parses?: ParseStore,
): PolicySet {
  const { set, faults } = loadPolicies(sources, { builtins, hash, parses })
  if (set === undefined) throw new Error(`Policies have faults: ${JSON.stringify(faults)}`)
  return set
}

/** A set of policies given as data, by layer. */
export function setOf(
  layers: Partial<Record<PolicyText['layer'], readonly unknown[]>>,
  defaultAction = 'allow',
): PolicySet {
  return goodSet(
    Object.entries(layers).map(([layer, policies]) =>
      sourceOf(layer as PolicyText['layer'], policies, defaultAction)
    ),
  )
}

/** The text that says so, in a file of its layer's name. */
export function sourceOf(
  layer: PolicyText['layer'],
  policies: readonly unknown[],
  defaultAction = 'allow',
): PolicyText {
  const text = stringify({
    version: '1',
    ...(['overlay', 'project'].includes(layer) ? {} : { default_action: defaultAction }),
    policies,
  })
  return { layer, file: `${layer}.yaml`, text }
}

export function identityOf(given: Partial<Identity> = {}): Identity {
  return { principal: 'uid:1000', agent: 'a', session: 's', bound: new Set(), ...given }
}

/** A call as an edge would hand it over. */
export function callOf(
  tool: string,
  params: Readonly<Record<string, Json>>,
  identity: Partial<Identity> = {},
  cwd: string | undefined = '/w',
): Call {
  return normaliseCall({ tool, params, identity: identityOf(identity), cwd, homes: [HOME] })
}

export function factsOf(given: Partial<Facts> = {}): Facts {
  return {
    now: 0,
    homes: [HOME],
    namesOf: (path) => [path],
    callCount: () => 0,
    claimed: () => false,
    ...given,
  }
}
