import { stringify } from 'yaml'
import type { PolicyText } from '../../src/engine/load.ts'
import type { OwnRule } from '../../src/engine/own-rule.ts'
import type { Caller } from '../../src/service/api.ts'
import type { MustStop, Services } from '../../src/service/services.ts'
import type { By } from '../../src/service/tokens.ts'
import { type Bench, bench, type BenchOptions } from './service.ts'

export const ADMIN: Caller = {
  principal: 'admin',
  scopes: ['eval', 'approve', 'audit', 'admin'],
}
export const BY: By = { principal: 'admin', via: 'http' }

/** A bench whose overlay is kept in memory: what is written is in force with the next reload. */
export interface RulesBench extends Bench {
  readonly services: Services
  readonly kept: OwnRule[]
  /** The next write fails. */
  failWrite(): void
}

export function rulesBench(
  policies: readonly PolicyText[] | string,
  options: BenchOptions & { readonly mustStop?: readonly MustStop[] } = {},
): RulesBench {
  const base: readonly PolicyText[] = typeof policies === 'string'
    ? [{ file: 'test.yaml', layer: 'user', text: policies }]
    : policies
  const one = bench(base, options)
  const kept: OwnRule[] = []
  let failing = false
  const use = () => {
    const text = stringify({ version: '1', rules: kept }, { aliasDuplicateObjects: false })
    one.usePolicies([...base, { file: 'user.yaml', layer: 'overlay', text }])
  }
  const services: Services = {
    ...one.services,
    overlay: {
      path: 'user.yaml',
      edit({ add = [], remove = [] }) {
        if (failing) return Promise.reject(new Error('injected: overlay'))
        const left = kept.filter(({ id }) => !remove.includes(id))
        kept.splice(0, kept.length, ...left, ...add)
        use()
        return Promise.resolve()
      },
    },
    mustStop: () => Promise.resolve(options.mustStop ?? []),
  }
  return { ...one, services, kept, failWrite: () => void (failing = true) }
}
