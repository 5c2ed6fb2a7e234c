import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { formatFault, type Parsed } from '../engine/fault.ts'
import { parsePolicy, type PolicyText } from '../engine/load.ts'
import { parseYaml } from '../engine/parse.ts'
import { PolicyTest } from '../engine/schema.ts'
import { RampartError } from '../errors.ts'
import { type Invocation, textFlag } from './command.ts'
import { abridge } from './display.ts'
import { dryServices } from './dry.ts'
import { readPolicyFile } from './policy-sources.ts'
import { type Output, safe, Shown } from './output.ts'
import { runTest, type TestResult } from './suite-run.ts'

/** A file of tests alone; a policy file with `tests:` is one too. */
const SuiteFile = z.strictObject({
  version: z.union([z.literal('1'), z.literal(1)]).optional(),
  /** Beside this file, or absolute; without one the policies in force are tested. */
  policy: z.string().min(1).max(4096).optional(),
  tests: z.array(PolicyTest).min(1, { error: 'expected at least one test' }).max(20_000),
})

export interface Suite {
  readonly file: string
  /** The policy file it is about, undefined for those in force. */
  readonly policy: string | undefined
  readonly tests: readonly PolicyTest[]
}

/** Read a suite or a policy file with tests. Rejects with `policy_invalid` and every fault. */
export async function readSuite(file: string): Promise<Suite> {
  return suiteOf(await readPolicyFile(file))
}

/** The tests of one text: a suite's, or those of a policy file. */
export function suiteOf(source: PolicyText): Suite {
  const { file } = source
  if (/^(?:default_action|policies|extends)\s*:/m.test(source.text)) return ofPolicy(source)
  const { policy, tests } = parsed(
    parseYaml<z.output<typeof SuiteFile>>(source.text, file, SuiteFile),
  )
  const named = policy === undefined ? undefined : resolve(dirname(file), policy)
  return { file, policy: named, tests }
}

/** The overlay and a project's file only make sense on top of others, so they are tested in force. */
function ofPolicy(source: PolicyText): Suite {
  const { file, layer } = source
  const { tests = [] } = parsed(parsePolicy(source))
  if (layer === 'overlay') return { file, policy: undefined, tests }
  if (layer !== 'project') return { file, policy: file, tests }
  const root = dirname(dirname(resolve(file)))
  return { file, policy: undefined, tests: tests.map((one) => ({ ...one, cwd: one.cwd ?? root })) }
}

function parsed<T>(result: Parsed<T>): T {
  if ('faults' in result) throw invalid(result.faults.map(formatFault).join('\n'))
  return result.value
}

function invalid(detail: string): RampartError {
  return new RampartError('policy_invalid', detail)
}

/** `rampart test SUITE.yaml`: 0 all pass, 1 some fail; a suite that cannot be read throws. */
export async function runSuite(invocation: Invocation, file: string): Promise<number> {
  return await runSuites(invocation, [await readSuite(file)])
}

/** How `runSuites` says what came of them. */
export type Report = (results: readonly TestResult[], out: Output) => void

export async function runSuites(
  invocation: Invocation,
  suites: readonly Suite[],
  report: Report = reportText,
): Promise<number> {
  const results: TestResult[] = []
  for (const { file, policy, tests } of suites) {
    const services = await dryServices(invocation, textFlag(invocation, 'policy') ?? policy)
    for (const one of tests) results.push(await runTest(file, one, services))
  }
  if (results.length === 0) {
    const files = suites.map(({ file }) => file).join(', ')
    throw new RampartError('not_found', `There is no test in ${files}: nothing was proved`)
  }
  report(results, invocation.out)
  return results.every(({ passed }) => passed) ? 0 : 1
}

function reportText(results: readonly TestResult[], out: Output): void {
  const failed = results.filter(({ passed }) => !passed)
  const passed = results.length - failed.length
  if (out.json) {
    out.data({ passed, failed: failed.length, total: results.length, tests: results })
    return
  }
  for (const { file, name, expected, got, found, message } of failed) {
    out.line(safe`${out.paint('red', 'not ok')} ${name} (${file})`)
    out.line(
      safe`  expected ${expected}, got ${new Shown(abridge(found ?? got, 400))}: ${new Shown(
        abridge(message, 400),
      )}`,
    )
  }
  out.line(safe`${passed} passed, ${failed.length} failed`)
}

/** Where the built-in tests that do not say it are run: a project's directory of nobody. */
export const SOMEWHERE = '/w'

/** The inline tests of a built-in profile, which are no part of its text. */
export async function builtinSuite(name: string): Promise<Suite> {
  const { POLICY_TESTS } = await import('../embedded/policy-tests.ts')
  const text = Object.hasOwn(POLICY_TESTS, name) ? POLICY_TESTS[name]! : 'tests: []'
  const file = `builtin:${name}`
  const suite = parsed(parseYaml<z.output<typeof SuiteFile>>(text, file, SuiteFile))
  const tests = suite.tests.map((one) => ({ ...one, cwd: one.cwd ?? SOMEWHERE }))
  return { file, policy: undefined, tests }
}
