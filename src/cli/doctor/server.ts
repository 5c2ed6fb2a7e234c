import { join } from 'node:path'
import type { Status } from '../../service/api.ts'
import { createFactReader } from '../../adapters/fact-reader.ts'
import { systemClock } from '../../adapters/clock.ts'
import { readSmall } from '../../adapters/safe-read.ts'
import { createStderrLog } from '../../adapters/stderr-log.ts'
import { RampartError } from '../../errors.ts'
import { readGaps } from '../../audit/gaps.ts'
import { connect } from '../client.ts'
import type { Invocation } from '../command.ts'
import { loadConfig, places } from '../config.ts'
import { openPolicies } from '../policy-sources.ts'
import { isServed } from '../server-file.ts'
import { VERSION } from '../version.ts'
import { type Finding, finding, ok } from './finding.ts'

/** What is in force, and what passed while nothing was. */
export async function serverFindings(invocation: Invocation): Promise<Finding[]> {
  const { home } = invocation.environment
  if (!isServed(home)) return [...await policyFindings(invocation), ...await unheardPasses(home)]
  try {
    return judged(await (await connect(invocation)).get('/v1/status') as Status)
  } catch (error) {
    return [
      finding(
        'server',
        'bad',
        `it does not answer: ${(error as Error).message}`,
        'rampart serve stop; rampart serve --background',
      ),
    ]
  }
}

/** What a server says of itself, in findings. */
export function judged(
  { mode, off_until, policy, bundle, passed_unasked, version, failure }: Status,
): Finding[] {
  const faults = policy.faults.map(({ file, line, col, message }) =>
    finding(
      'policies',
      'bad',
      `${file}:${line}:${col}: ${message}; the last good ones are in force`,
      'rampart policy lint',
    )
  )
  return [
    ...(faults.length > 0 ? faults : [ok('policies', `${policy.policies} in force`)]),
    ...(bundle ? bundleFindings(bundle) : []),
    ...(mode === 'enforce' ? [] : [
      finding(
        'mode',
        'bad',
        `the server runs in mode ${mode}: nothing is denied but its own files`,
        'rampart serve --mode enforce',
      ),
    ]),
    ...(off_until === null
      ? []
      : [finding('off', 'bad', `enforcement is off until ${off_until}`, 'rampart on')]),
    ...(passed_unasked === 0 ? [] : [
      finding(
        'passed',
        'warn',
        `${passed_unasked} calls or more passed while no server answered`,
        'failure: closed in config.yaml',
      ),
    ]),
    ...(failure === 'open'
      ? [
        finding(
          'failure',
          'note',
          'calls pass where no server and no executable is (failure: open)',
        ),
      ]
      : []),
    ...(version === VERSION ? [] : [
      finding(
        'version',
        'warn',
        `the server is ${version}, this is ${VERSION}`,
        'rampart serve stop; rampart serve --background',
      ),
    ]),
  ]
}

/** The bundle that a server follows. */
function bundleFindings(bundle: NonNullable<Status['bundle']>): Finding[] {
  const { name, version, digest, created, checked_at, last_error, given_up } = bundle
  const looked = checked_at === null
    ? 'its source was never reached'
    : `looked for at ${checked_at}`
  const fix = 'rampart bundle verify FILE, with the file of bundle.url'
  return [
    name === null
      ? finding('bundle', 'bad', `none is in force: ${last_error ?? looked}`, fix)
      : ok('bundle', `${name} version ${version} of ${created}, ${digest}, ${looked}`),
    ...(name === null || last_error === null ? [] : [finding('bundle', 'warn', last_error, fix)]),
    ...(given_up === null ? [] : [
      finding('bundle', 'warn', `version ${given_up.version} was given up: ${given_up.reason}`),
    ]),
  ]
}

/** What was noted beside the socket since a server last ran; the next one puts it into the trail. */
async function unheardPasses(home: string): Promise<Finding[]> {
  const { text } = await readSmall(join(places(home).run, 'gaps'), {
    limit: 1 << 20,
    followLinks: false,
  })
  const { count } = readGaps(text ?? '')
  return count === 0 ? [] : [
    finding(
      'passed',
      'warn',
      `${count} calls or more passed since a server last ran`,
      'rampart serve --background, and failure: closed in config.yaml',
    ),
  ]
}

/** Where nobody serves, hooks load the policies by themselves, and deny where they cannot. */
async function policyFindings(invocation: Invocation): Promise<Finding[]> {
  const { environment, flags } = invocation
  try {
    const { values } = await loadConfig(environment, { serving: false, flags })
    const clock = systemClock()
    const choice = { policy: values.policy, profile: values.profile, bundle: values }
    const ports = {
      clock,
      log: createStderrLog({ level: 'error' }),
      facts: createFactReader(clock),
    }
    const source = await openPolicies(environment, choice, ports, false)
    const { set } = source.current()
    return [ok('policies', `${set.policies.length} are read where no server runs`)]
  } catch (error) {
    const faults = error instanceof RampartError ? error.errors.map(({ detail }) => detail) : []
    return (faults.length > 0 ? faults : [(error as Error).message])
      .map((detail) => finding('policies', 'bad', detail, 'rampart policy lint'))
  }
}
