import { DEFINITION_TOOL } from '../../mcp/catalogue.ts'
import type { Asked, Judge, Settled } from '../../mcp/ports.ts'
import { type Output, safe } from '../output.ts'
import type { Choice } from './choice.ts'
import type { ServerPins } from './pins.ts'

/** What has to be allowed before a server is started, and said where it is not. */
export interface Before {
  readonly choice: Choice
  readonly program: string
  readonly judge: Judge
  readonly pins: ServerPins
  readonly out: Output
  readonly signal: AbortSignal
}

/** Whether the server may be started, or the address be talked to, under this name. */
export async function mayUse(before: Before): Promise<boolean> {
  const { choice: { words, url }, program } = before
  const first: Asked = url === undefined
    ? { tool: 'exec', params: { argv: words, program } }
    : { tool: 'fetch', params: { url: url.href } }
  return await isAllowed(first, before) && await mayTakeName(before)
}

/** A name belongs to whoever took it first; another command or address under it is asked about. */
async function mayTakeName(before: Before): Promise<boolean> {
  const { choice: { origin, isBound, options: { server } }, pins } = before
  const how = isBound ? 'known' : pins.origin(origin)
  if (how === 'known') return true
  if (how === 'other') {
    const params = {
      server,
      reason: 'another command or address wants to go by the name of a server',
      origin,
      known: pins.origins,
    }
    if (!await isAllowed({ tool: DEFINITION_TOOL, params }, before)) return false
  }
  await pins.acceptOrigin(origin)
  return true
}

async function isAllowed(asked: Asked, { judge, out, signal }: Before): Promise<boolean> {
  const verdict = await judge.ask(asked, signal)
  if (verdict.kind === 'asking') {
    out.note(safe`waiting for a person: ${verdict.message} (rampart approve ${verdict.approvalId})`)
  }
  const settled: Settled = verdict.kind === 'asking' ? await verdict.answer(signal) : verdict
  if (settled.kind === 'allowed') return true
  const { message, policy } = settled.refusal
  out.note(safe`blocked: ${message} (${policy ?? 'rampart'})`)
  return false
}
