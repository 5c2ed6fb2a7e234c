import { RampartError } from '../errors.ts'
import type { WireApproval } from './approval-text.ts'
import { answering, byPrefix, pendingApprovals, showApproval } from './approvals.ts'
import { type Client, connect } from './client.ts'
import { type Invocation, textFlag } from './command.ts'
import { type Output, safe } from './output.ts'
import { duration } from './span.ts'

/** What became of one question. */
interface Result {
  readonly id: string
  readonly status: string | null
  readonly error: string | null
}

type Answer = Readonly<Record<string, unknown>> & { readonly approved: boolean }

/** `approve` and `deny`: the same questions, two answers. */
export function resolve(invocation: Invocation, approved: boolean): Promise<number> {
  const answer = answerOf(invocation, approved)
  return answering(invocation, async () => {
    const { operands, out } = invocation
    const client = await connect(invocation)
    const pending = await pendingApprovals(client)
    // All are found before any is answered.
    const chosen = operands.map((typed) => byPrefix(pending, typed, 'pending approval'))
    const questions = [...new Map(chosen.map((one) => [one.id, one])).values()]
    if (questions.length > 1) return await answerMany(questions, answer, client, out)
    const [question] = questions
    const resolved = await client.post(pathOf(question!), answer) as Partial<WireApproval>
    if (out.json) out.data(resolved)
    else {
      showApproval(question!, out)
      out.line(safe`${outcome(answer, resolved?.status, out)}`)
    }
    return 0
  })
}

/** Flags as the body of an answer. */
function answerOf(invocation: Invocation, approved: boolean): Answer {
  const flag = (name: string) => textFlag(invocation, name)
  const span = flag('for')
  const calls = flag('calls')
  const scope = flag('scope')
  if (span !== undefined) checked('for', span, () => duration(span))
  if (calls !== undefined && !/^[1-9]\d{0,5}$/.test(calls)) {
    throw new RampartError('usage', `--calls "${calls}": expected a number from 1 to 999999`)
  }
  const limits = [span, calls, flag('generalisation')].some((value) => value !== undefined)
  if (limits && (scope === undefined || scope === 'once')) {
    throw new RampartError('usage', '--for, --calls and --generalisation need --scope')
  }
  const fields = {
    resolved_by: flag('as'),
    reason: flag('reason'),
    scope,
    generalisation: flag('generalisation'),
    for: span,
    calls: calls === undefined ? undefined : Number(calls),
  }
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  return { approved, channel: 'cli', ...Object.fromEntries(given) }
}

function checked(name: string, text: string, read: () => unknown): void {
  try {
    read()
  } catch (error) {
    throw new RampartError('usage', `--${name} "${text}": ${(error as Error).message}`)
  }
}

async function answerMany(
  questions: readonly WireApproval[],
  answer: Answer,
  client: Client,
  out: Output,
): Promise<number> {
  const results = answer.scope === undefined
    ? await inBulk(questions, answer, client)
    : await oneByOne(questions, answer, client)
  if (out.json) out.data({ results })
  else {
    for (const { id, status, error } of results) {
      out.line(safe`${id}  ${error === null ? outcome(answer, status, out) : error}`)
    }
  }
  return results.every(({ error }) => error === null) ? 0 : 1
}

async function inBulk(
  questions: readonly WireApproval[],
  answer: Answer,
  client: Client,
): Promise<readonly Result[]> {
  const results: Result[] = []
  for (let from = 0; from < questions.length; from += 1000) {
    const some = questions.slice(from, from + 1000)
    try {
      const ids = some.map(({ id }) => id)
      const done = await client.post('/v1/approvals/bulk-resolve', { ids, ...answer })
      results.push(...(done as { results: readonly Result[] }).results)
    } catch (error) {
      if (!isMissing(error)) throw error
      results.push(...await oneByOne(some, answer, client))
    }
  }
  return results
}

/** A server that is older than this program has no such route. */
function isMissing(error: unknown): boolean {
  return error instanceof RampartError &&
    (error.code === 'not_found' || error.code === 'method_not_allowed')
}

async function oneByOne(
  questions: readonly WireApproval[],
  answer: Answer,
  client: Client,
): Promise<readonly Result[]> {
  const results: Result[] = []
  for (const question of questions) {
    try {
      const { status } = await client.post(pathOf(question), answer) as WireApproval
      results.push({ id: question.id, status, error: null })
    } catch (error) {
      if (!(error instanceof RampartError)) throw error
      // A credential that may not answer one may answer none.
      if (error.code === 'unauthenticated' || error.code === 'unavailable') throw error
      results.push({ id: question.id, status: null, error: error.code })
    }
  }
  return results
}

function pathOf({ id }: WireApproval): string {
  return `/v1/approvals/${encodeURIComponent(id)}/resolve`
}

/** One yes of several that are needed leaves the question open. */
function outcome({ approved }: Answer, status: string | null | undefined, out: Output) {
  if (status === 'pending') return out.paint('yellow', 'Your answer counts; others have to answer')
  return approved ? out.paint('green', 'Approved') : out.paint('red', 'Denied')
}
