import { RampartError } from '../errors.ts'
import { type Client, connect } from './client.ts'
import { type Invocation, textFlag } from './command.ts'
import { abridge, mixedScriptWords } from './display.ts'
import { type Output, safe, Shown } from './output.ts'

/** An approval as the server sends it; only what we show is named. */
export interface WireApproval {
  readonly id: string
  readonly status: string
  readonly agent: string
  readonly session: string
  readonly tool: string
  readonly params: Readonly<Record<string, unknown>>
  readonly message: string
  readonly policy?: string | null
  readonly rule?: string | null
  readonly cwd?: string | null
  readonly expires_at: string
}

/** Longest call text that is shown whole. */
const WHOLE = 4000

export async function pendingApprovals(client: Client): Promise<readonly WireApproval[]> {
  const answer = await client.get('/v1/approvals?status=pending') as {
    approvals?: readonly WireApproval[]
  } | undefined
  return answer?.approvals ?? []
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

/** What a person reads before answering: everything unseen spelled out, look-alikes named (F13). */
export function showApproval(approval: WireApproval, out: Output): void {
  const { id, agent, session, tool, params, message, rule, cwd, expires_at } = approval
  const call = callText(params)
  out.line(safe`${out.paint('bold', id)}  ${tool}  by ${agent} (session ${session})`)
  out.line(safe`  call     ${new Shown(abridge(call, WHOLE))}`)
  if (call.length > WHOLE) out.line(safe`           not all of it: rampart pending --json`)
  const mixed = mixedScriptWords(call)
  if (mixed.length > 0) {
    out.line(safe`  ${out.paint('red', 'caution')}  words of mixed script: ${spelled(mixed)}`)
  }
  if (cwd) out.line(safe`  in       ${cwd}`)
  if (rule) out.line(safe`  rule     ${rule}`)
  out.line(safe`  asks     ${message}`)
  out.line(safe`  until    ${expires_at}`)
}

/** The command, path or URL where that is all there is, else the parameters. */
function callText(params: WireApproval['params']): string {
  const entries = Object.entries(params)
  const [only] = entries
  return entries.length === 1 && typeof only?.[1] === 'string' ? only[1] : JSON.stringify(params)
}

function spelled(words: readonly string[]): string {
  return words.slice(0, 5).map((word) =>
    [...word].map((c) => c <= '~' ? c : `U+${c.codePointAt(0)!.toString(16).toUpperCase()}`).join(
      '',
    )
  ).join(', ')
}

/** `approve` and `deny`: the same question, two answers. */
export async function resolve(invocation: Invocation, approved: boolean): Promise<number> {
  const { operands, out } = invocation
  const client = await connect(invocation)
  const approval = byPrefix(await pendingApprovals(client), operands[0]!, 'pending approval')
  const name = textFlag(invocation, 'as')
  const answer = await client.post(`/v1/approvals/${approval.id}/resolve`, {
    approved,
    ...(name === undefined ? {} : { resolved_by: name }),
  })
  if (out.json) out.data(answer)
  else {
    showApproval(approval, out)
    out.line(approved ? out.paint('green', 'Approved') : out.paint('red', 'Denied'))
  }
  return 0
}
