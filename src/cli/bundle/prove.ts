import { dirname } from 'node:path'
import { systemClock } from '../../adapters/clock.ts'
import { memoryFacts, memoryPolicies } from '../../adapters/memory-world.ts'
import { loadLook } from '../../adapters/policy-load.ts'
import { createStderrLog } from '../../adapters/stderr-log.ts'
import { type Bundle, policiesOf } from '../../bundle/bundle.ts'
import { formatFault } from '../../engine/fault.ts'
import type { PolicySet } from '../../engine/policy-set.ts'
import type { PolicyText } from '../../engine/sources.ts'
import { RampartError } from '../../errors.ts'
import { builtinsFor, type OwnPlaces, withBuiltins } from '../builtins.ts'
import { dryRun } from '../dry.ts'
import { runTest, type TestResult } from '../suite-run.ts'
import { SOMEWHERE, type Suite, suiteOf } from '../suite.ts'

/** Most tests of one bundle: whoever takes it runs them beside answering. */
const TESTS = 20_000
/** Tests that are run before others get their turn. */
const AT_ONCE = 25

/** Under a bundle nothing else is in force but what no policy can lift: its tests say the same everywhere. */
const NOTHING: PolicyText = {
  file: 'builtin:nothing',
  layer: 'user',
  text: 'version: "1"\ndefault_action: allow\n',
}

/** Whose files self-protection names there. */
const NOBODY: OwnPlaces = { home: '/home/nobody/.rampart', ports: [9090], origins: [] }

export interface Proof {
  readonly set: PolicySet
  readonly tests: number
}

/**
 * Compile the policies of a bundle and run its tests, inline ones and files of them, against the bundle
 * alone and on files of nobody: what it proves on one machine it proves on each. `at` is where it lies.
 * Rejects with `policy_invalid` and every fault, or every test that failed.
 */
export async function proveBundle(
  bundle: Pick<Bundle, 'files'>,
  at: string,
): Promise<Proof> {
  const set = await compileBundle(bundle, at)
  const clock = systemClock()
  const services = dryRun({
    clock,
    log: createStderrLog({ level: 'error' }),
    facts: memoryFacts({}, { home: dirname(NOBODY.home) }),
    policies: memoryPolicies(set),
  })
  const failed: TestResult[] = []
  let tests = 0
  for (const { file, tests: own } of suitesOf(bundle, at)) {
    for (const one of own) {
      if (++tests > TESTS) throw refusal([`the bundle has more than ${TESTS} tests`])
      if (tests % AT_ONCE === 0) await clock.sleep(0)
      const result = await runTest(file, { ...one, cwd: one.cwd ?? SOMEWHERE }, services)
      if (!result.passed) failed.push(result)
    }
  }
  if (tests === 0) throw refusal(['the bundle has no test: nothing would be proved of it'])
  if (failed.length > 0) throw refusal(failed.map(said))
  return { set, tests }
}

/** The policies of a bundle alone, as they are in force without any other of a person. */
export async function compileBundle(
  bundle: Pick<Bundle, 'files'>,
  at: string,
): Promise<PolicySet> {
  const texts = [NOTHING, ...policiesOf(bundle, at)]
  const seen = { texts, faults: [], files: [], key: '' }
  const builtins = builtinsFor(NOBODY)
  const embedded = { builtins, profile: '', parses: withBuiltins(NOBODY, undefined, builtins) }
  const { set, faults } = await loadLook(seen, [], embedded)
  if (set === undefined) throw refusal(faults.map(formatFault))
  return set
}

function suitesOf({ files }: Pick<Bundle, 'files'>, at: string): Suite[] {
  return files.map(({ path, text }) => {
    const file = `${at}/${path}`
    const suite = suiteOf({ file, layer: 'managed', text })
    const isTests = path.startsWith('tests/')
    if (!isTests || suite.policy === undefined) return suite
    throw refusal([`${file}:1:1: tests of a bundle are about the bundle: leave "policy" out`])
  })
}

function said({ file, name, expected, got, found, message }: TestResult): string {
  return `${file}: test "${name}" expected ${expected}, got ${found ?? got}: ${message}`
}

function refusal(reasons: readonly string[]): RampartError {
  return new RampartError('policy_invalid', reasons.join('\n'))
}
