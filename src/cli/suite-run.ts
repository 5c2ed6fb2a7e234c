import { compileCommandGlob } from '../engine/match/command-glob.ts'
import type { PolicyTest } from '../engine/schema.ts'
import type { Json } from '../engine/types.ts'
import { RampartError } from '../errors.ts'
import { decide } from '../service/decide.ts'
import type { Effect } from '../service/effects.ts'
import type { Answer, Services } from '../service/services.ts'
import { paramsOf } from './dry.ts'

export interface TestResult {
  readonly file: string
  readonly name: string
  readonly passed: boolean
  readonly expected: string
  /** The decision, or `error`. */
  readonly got: string
  /** What was there instead of what was expected, where it is not the decision. */
  readonly found?: string
  readonly message: string
}

/** What came of a call: an answer, or the reason why it was refused as unreadable. */
interface Came {
  readonly answer?: Answer
  readonly message: string
}

/** One thing a test expects: undefined where it holds, else what was expected and what came. */
type Check = (one: PolicyTest, came: Came) => readonly [expected: string, got: string] | undefined

const CHECKS: readonly Check[] = [
  ({ expect }, { answer }) => {
    const got = answer?.decision ?? 'error'
    return got === expect ? undefined : [expect, got]
  },
  ({ expect_message: glob }, { message }) =>
    glob === undefined || compileCommandGlob(glob).test(message)
      ? undefined
      : [`message "${glob}"`, `"${message}"`],
  ({ expect_policy: glob }, { answer }) => {
    if (glob === undefined) return undefined
    const got = answer?.policy ?? null
    const held = glob === null || got === null ? glob === got : compileCommandGlob(glob).test(got)
    return held ? undefined : [`policy ${glob}`, `policy ${got}`]
  },
  ({ expect_effects: wanted = [] }, { answer }) => {
    const effects = answer?.effects ?? []
    const missing = wanted.find((want) => !effects.some((effect) => isLike(effect, want)))
    return missing === undefined
      ? undefined
      : [`effect ${JSON.stringify(missing)}`, JSON.stringify(effects)]
  },
]

function isLike(effect: Effect, want: NonNullable<PolicyTest['expect_effects']>[number]): boolean {
  const text = (glob: string | undefined, value: string | null | undefined) =>
    glob === undefined || (typeof value === 'string' && compileCommandGlob(glob).test(value))
  return (want.tool ?? effect.tool) === effect.tool &&
    (want.action ?? effect.action) === effect.action &&
    text(want.path, effect.path) && text(want.url, effect.url) && text(want.by, effect.by) &&
    text(want.policy, effect.policy)
}

/** Run a test as a dry run of the one decision function. */
export async function runTest(
  file: string,
  one: PolicyTest,
  services: Services,
): Promise<TestResult> {
  const came = await answerTo(one, servicesFor(one, services))
  const got = came.answer?.decision ?? 'error'
  const failure = CHECKS.map((check) => check(one, came)).find((found) => found !== undefined)
  return {
    file,
    name: one.name,
    passed: failure === undefined,
    expected: failure?.[0] ?? one.expect,
    got,
    ...(failure === undefined || failure[1] === got ? {} : { found: failure[1] }),
    message: came.message,
  }
}

/** The clock stands where the test says, and its past calls are counted. */
function servicesFor({ time, calls = [] }: PolicyTest, services: Services): Services {
  const now = time ?? services.clock.now()
  const clock = { ...services.clock, now: () => now }
  const count: Services['counter']['count'] = ({ tool }, since) =>
    calls.filter((past) => past.tool === tool && now - (past.ago ?? 0) >= since)
      .reduce((sum, past) => sum + (past.count ?? 1), 0)
  return { ...services, clock, counter: { ...services.counter, count } }
}

async function answerTo(one: PolicyTest, services: Services): Promise<Came> {
  const { tool, agent, session, run, depth, cwd, response } = one
  try {
    const { answer } = await decide({
      tool,
      params: one.input === undefined
        ? one.params as Readonly<Record<string, Json>>
        : paramsOf(tool, one.input),
      // A test states who asks, so its names are as good as a token's.
      identity: {
        principal: 'admin',
        agent: agent ?? 'test',
        session: session ?? 'test',
        run,
        depth,
        bound: new Set(['agent', 'session', 'run', 'depth']),
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
