import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { readSmall } from '../adapters/safe-read.ts'
import { compileCommandGlob } from '../engine/match/command-glob.ts'
import { formatFault } from '../engine/fault.ts'
import { FILE_LIMIT, parseYaml } from '../engine/parse.ts'
import { PolicyFile, PolicyTest } from '../engine/schema.ts'
import type { Json } from '../engine/types.ts'
import { RampartError } from '../errors.ts'
import { decide } from '../service/decide.ts'
import type { Answer, Services } from '../service/services.ts'
import { type Invocation, textFlag } from './command.ts'
import { abridge } from './display.ts'
import { dryServices } from './dry.ts'
import { type Output, safe, Shown } from './output.ts'

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

export interface TestResult {
  readonly file: string
  readonly name: string
  readonly passed: boolean
  readonly expected: string
  readonly got: string
  readonly message: string
}

/** Run every test as a dry run of the one decision function. */
export async function runTests(suite: Suite, services: Services): Promise<TestResult[]> {
  const results: TestResult[] = []
  for (const one of suite.tests) results.push(await runTest(suite, one, services))
  return results
}

async function runTest({ file }: Suite, one: PolicyTest, services: Services): Promise<TestResult> {
  const { answer, message } = await answerTo(one, services)
  const got = answer?.decision ?? 'error'
  const worded = one.expect_message === undefined ||
    compileCommandGlob(one.expect_message).test(message)
  return {
    file,
    name: one.name,
    passed: got === one.expect && worded,
    expected: one.expect_message === undefined
      ? one.expect
      : `${one.expect} "${one.expect_message}"`,
    got,
    message,
  }
}

/** A call that is refused as unreadable is an answer too: it fails the test with the reason. */
async function answerTo(
  { tool, params, agent, session, cwd, response }: PolicyTest,
  services: Services,
): Promise<{ readonly answer?: Answer; readonly message: string }> {
  try {
    const { answer } = await decide({
      tool,
      params: params as Readonly<Record<string, Json>>,
      // A test states who asks, so its names are as good as a token's.
      identity: {
        principal: 'admin',
        agent: agent ?? 'test',
        session: session ?? 'test',
        bound: new Set(['agent', 'session']),
      },
      cwd,
      response,
      intent: 'preview',
      via: 'cli',
      explain: false,
    }, services)
    return { answer, message: answer.message }
  } catch (error) {
    if (error instanceof RampartError) return { message: error.message }
    throw error
  }
}

/** `rampart test SUITE.yaml`: 0 all pass, 1 some fail; a suite that cannot be read throws. */
export async function runSuite(invocation: Invocation, file: string): Promise<number> {
  return await runSuites(invocation, [file])
}

export async function runSuites(invocation: Invocation, files: readonly string[]): Promise<number> {
  const results: TestResult[] = []
  for (const file of files) {
    const suite = await readSuite(file)
    const policy = textFlag(invocation, 'policy') ?? suite.policy
    results.push(...await runTests(suite, await dryServices(invocation, policy)))
  }
  report(results, invocation.out)
  return results.every(({ passed }) => passed) ? 0 : 1
}

function report(results: readonly TestResult[], out: Output): void {
  const failed = results.filter(({ passed }) => !passed)
  const passed = results.length - failed.length
  if (out.json) {
    out.data({ passed, failed: failed.length, total: results.length, tests: results })
    return
  }
  for (const { file, name, expected, got, message } of failed) {
    out.line(safe`${out.paint('red', 'not ok')} ${name} (${file})`)
    out.line(safe`  expected ${expected}, got ${got}: ${new Shown(abridge(message, 400))}`)
  }
  out.line(safe`${passed} passed, ${failed.length} failed`)
}
