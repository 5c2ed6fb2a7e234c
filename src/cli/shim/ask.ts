import process from 'node:process'
import { approvalStatus } from '../approval-wait.ts'
import { type Invocation } from '../command.ts'
import { places } from '../config.ts'
import { safe } from '../output.ts'
import { askSocket } from '../socket-client.ts'
import { decideLocally, type Told } from './local.ts'

/** As rampart-shim: what is not answered by then is decided here. */
const ANSWER_MS = 500
/** Beyond the time that the server holds a question. */
const PATIENCE_MS = 5000
const ANSWER_LIMIT = 64 << 10
const ROUNDS = 3

/**
 * Ask whether a shell may run: the server, or where that does not answer this process. Waits for a person.
 * Says on stderr why not. The socket is the credential; no token is looked at.
 */
export async function mayRun(
  invocation: Invocation,
  params: Record<string, unknown>,
): Promise<boolean> {
  const body = JSON.stringify(bodyOf(invocation, params))
  let told: Told | undefined
  for (let round = 0; round < ROUNDS; round++) {
    told = await answerTo(invocation, body)
    if (told.allowed) return true
    if (told.decision !== 'require_approval' || told.approval_id === undefined) break
    invocation.out.note(
      safe`waiting for a person: ${told.message} (rampart approve ${told.approval_id})`,
    )
    const status = await approvalOf(invocation, told.approval_id)
    if (status !== 'approved') {
      told = { ...told, message: `${told.message} (${status})` }
      break
    }
  }
  const policy = told?.policy ?? null
  invocation.out.note(
    safe`blocked: ${told?.message ?? ''}${policy === null ? '' : ` (${policy})`}`,
  )
  return false
}

function bodyOf(
  { environment: { variables } }: Invocation,
  params: Record<string, unknown>,
): Record<string, unknown> {
  return {
    agent: variables.RAMPART_AGENT ?? 'shell',
    session: variables.RAMPART_SESSION ?? 'shim',
    ...(variables.RAMPART_RUN === undefined ? {} : { run_id: variables.RAMPART_RUN }),
    cwd: process.cwd(),
    enforce: true,
    layer: 'shim',
    pid: process.pid,
    parents: [process.ppid],
    params,
  }
}

async function answerTo(invocation: Invocation, body: string): Promise<Told> {
  try {
    const asking = { body, timeoutMs: ANSWER_MS, limit: ANSWER_LIMIT }
    const { status, text } = await askSocket(socketOf(invocation), '/v1/preflight/exec', asking)
    if (status === 200) {
      const told = JSON.parse(text) as Told
      if (typeof told.allowed === 'boolean' && typeof told.message === 'string') return told
    }
  } catch {
    // Decided here.
  }
  return await decideLocally(invocation, body, { layer: 'shim', tool: 'exec' })
}

/** What became of the question; a server that is gone meanwhile is a lost one. */
async function approvalOf(invocation: Invocation, id: string): Promise<string> {
  try {
    return await approvalStatus(socketOf(invocation), id, { patienceMs: PATIENCE_MS })
  } catch {
    return 'lost'
  }
}

const socketOf = ({ environment }: Invocation): string =>
  environment.socket ?? places(environment.home).socket
