import { systemClock } from '../../adapters/clock.ts'
import { RampartError } from '../../errors.ts'
import { type Config, type Environment, places } from '../config.ts'
import { notedStore, openStore } from '../store.ts'
import { type Finding, finding, ok } from './finding.ts'

/** A clock that is this far from the database's: approvals end by the database's, events of the trail too. */
const SKEW_MS = 60_000

/** Whether the state that is shared can be had, and whether commands beside the server ask there. */
export async function storeFindings(environment: Environment, config: Config): Promise<Finding[]> {
  const { home } = environment
  if (config.values.store === undefined) {
    const noted = notedStore(home)
    return noted === undefined ? [] : [
      finding(
        'store',
        'warn',
        `the server keeps its state in ${noted}, which commands beside it do not know`,
        `store: … in ${places(home).config}`,
      ),
    ]
  }
  const clock = systemClock()
  const log = { error: () => {}, warn: () => {}, info: () => {} }
  try {
    const shared = await openStore(environment, config, { clock, log })
    if (shared === undefined) return []
    try {
      return judged(shared.follower.state(), shared.follower.now() - clock.now())
    } finally {
      await shared.close()
    }
  } catch (error) {
    if (!(error instanceof RampartError)) throw error
    return [
      finding(
        'store',
        'bad',
        `${error.message}: what counts, asks a person or is allowed once is refused`,
        'docs/scale.md',
      ),
    ]
  }
}

function judged(
  { to, listening }: { readonly to: string; readonly listening: boolean },
  ahead: number,
): Finding[] {
  return [
    ok('store', `${to} answers, its schema is ours, this role cannot change it`),
    ...(listening ? [] : [
      finding('store', 'warn', `${to} tells of no changes: it is asked four times a second`),
    ]),
    ...(Math.abs(ahead) > SKEW_MS
      ? [
        finding(
          'store',
          'warn',
          `its clock is ${Math.round(ahead / 1000)} s from that of this machine`,
          'set the clock',
        ),
      ]
      : []),
  ]
}
