import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { readSmall } from '../adapters/safe-read.ts'
import { formatFault } from '../engine/fault.ts'
import { FILE_LIMIT, parseYaml } from '../engine/parse.ts'
import { PolicyFile, PolicyTest } from '../engine/schema.ts'
import { RampartError } from '../errors.ts'
import { type Invocation, textFlag } from './command.ts'
import { abridge } from './display.ts'
import { dryServices } from './dry.ts'
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
  const read = await readSmall(file, { limit: FILE_LIMIT, followLinks: true })
  if (read.text === undefined) throw invalid(`Cannot read ${file}: ${read.detail}`)
  const isPolicy = /^(?:default_action|policies|extends)\s*:/m.test(read.text)
  const parsed = isPolicy
    ? parseYaml<PolicyFile>(read.text, file, PolicyFile)
    : parseYaml<z.output<typeof SuiteFile>>(read.text, file, SuiteFile)
  if ('faults' in parsed) throw invalid(parsed.faults.map(formatFault).join('\n'))
  const { value } = parsed
  const named = 'policy' in value && value.policy !== undefined
    ? resolve(dirname(file), value.policy)
    : undefined
  return { file, policy: isPolicy ? file : named, tests: value.tests ?? [] }
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
const SOMEWHERE = '/w'

/** The inline tests of a built-in profile, which are no part of its text. */
export async function builtinSuite(name: string): Promise<Suite> {
  const { POLICY_TESTS } = await import('../embedded/policy-tests.ts')
  const text = Object.hasOwn(POLICY_TESTS, name) ? POLICY_TESTS[name]! : 'tests: []'
  const file = `builtin:${name}`
  const parsed = parseYaml<z.output<typeof SuiteFile>>(text, file, SuiteFile)
  if ('faults' in parsed) throw invalid(parsed.faults.map(formatFault).join('\n'))
  const tests = parsed.value.tests.map((one) => ({ ...one, cwd: one.cwd ?? SOMEWHERE }))
  return { file, policy: undefined, tests }
}
