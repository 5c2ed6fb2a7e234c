import { systemClock } from '../adapters/clock.ts'
import { type ProblemCode, RampartError } from '../errors.ts'
import { describe, shownCall, uniqueStart, type WireApproval } from './approval-text.ts'
import type { Client } from './client.ts'
import type { Invocation } from './command.ts'
import { type Output, reportFailure, safe, Shown } from './output.ts'

export const PAGE = 1000
/** More questions than one person ever reads. */
const MOST_PAGES = 50

/** All that wait, page after page, or those of the first pages alone. */
export async function pendingApprovals(
  client: Client,
  pages = MOST_PAGES,
): Promise<readonly WireApproval[]> {
  const found: WireApproval[] = []
  let after: string | null | undefined
  for (let page = 0; page < pages; page++) {
    const from = after ? `&after=${encodeURIComponent(after)}` : ''
    const answer = await client.get(`/v1/approvals?status=pending&limit=${PAGE}${from}`) as {
      approvals?: readonly WireApproval[]
      next?: string | null
    } | undefined
    if (!Array.isArray(answer?.approvals)) {
      throw new RampartError('unavailable', 'The server does not answer with approvals')
    }
    found.push(...answer.approvals)
    after = answer.next
    if (!after) break
  }
  return found
}

/** The one item whose id starts with what was typed; `not_found` names the candidates. */
export function byPrefix<T extends { readonly id: string }>(
  items: readonly T[],
  typed: string,
  what: string,
): T {
  const wanted = typed.toUpperCase()
  const exact = items.find(({ id }) => id.toUpperCase() === wanted)
  const found = exact === undefined
    ? items.filter(({ id }) => id.toUpperCase().startsWith(wanted))
    : [exact]
  if (found.length === 1 && wanted !== '') return found[0]!
  const said = found.length === 0 || wanted === ''
    ? `No ${what} starts with "${typed}"`
    : `"${typed}" is the start of ${found.length}: ${
      found.slice(0, 5).map(({ id }) => id).join(', ')
    }`
  throw new RampartError('not_found', said)
}

/** What a person reads before answering, everything unseen spelled out (F13). */
export function showApproval(
  approval: WireApproval,
  out: Output,
  all: readonly WireApproval[] = [approval],
): void {
  const { id, agent, session, tool } = approval
  const length = uniqueStart(id, all)
  const head = out.paint('bold', id.slice(0, length))
  const shownId = safe`${head}${length < id.length ? out.paint('grey', id.slice(length)) : ''}`
  out.line(safe`${shownId}  ${tool}  by ${agent} (session ${session})`)
  for (const { label, text, tone } of describe(approval, systemClock().now())) {
    const plain = new Shown(shownCall(text))
    // Colour for what we say ourselves; a long text is not painted over.
    const shown = tone === undefined || text.length > 500 ? plain : out.paint(tone, text)
    out.line(safe`  ${label.padEnd(7)}  ${shown}`)
  }
}

const REFUSED: readonly ProblemCode[] = ['unauthenticated', 'forbidden', 'approval_settled']

/** Who may not answer, or comes too late, ends with 1 and the reason; whatever else fails with 3. */
export async function answering(
  { out, environment }: Invocation,
  work: () => Promise<number>,
): Promise<number> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof RampartError) || !REFUSED.includes(error.code)) throw error
    reportFailure(error, out, environment.debug)
    return 1
  }
}
