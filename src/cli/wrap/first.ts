import process from 'node:process'
import { approvalStatus } from '../approval-wait.ts'
import type { Governed } from './child-env.ts'
import { askForObject } from './ask-for-object.ts'

/** Whether the program may be started; else the reason, and the policy that says so. */
export type Verdict = { readonly allowed: true } | {
  readonly allowed: false
  readonly message: string
  readonly policy: string
}

const ANSWER_MS = 30_000

/**
 * Ask about the program itself before anything of it runs, and wait for a person where one has to say.
 * No answer, or one that cannot be read, is a no.
 */
export async function mayStart(
  { socket, agent, session, run }: Governed,
  argv: readonly string[],
  program: string,
  signal: AbortSignal,
): Promise<Verdict> {
  const call = { agent, session, run_id: run, cwd: process.cwd(), enforce: true, layer: 'shim' }
  const body = {
    ...call,
    pid: process.pid,
    parents: [process.ppid],
    params: { argv, program },
  }
  try {
    const asked = { body, timeoutMs: ANSWER_MS, signal }
    const { status, body: answer } = await askForObject(socket, '/v1/preflight/exec', asked)
    if (status !== 200 || typeof answer['allowed'] !== 'boolean') {
      return refused(text(answer['detail']) || `the server answered ${status}`)
    }
    if (answer['allowed']) return { allowed: true }
    const id = text(answer['approval_id'])
    const no = refused(text(answer['message']), text(answer['policy']))
    if (answer['decision'] !== 'require_approval' || id === '') return no
    const became = await approvalStatus(socket, id, { patienceMs: ANSWER_MS, signal })
    return became === 'approved' ? { allowed: true } : no
  } catch (error) {
    const why = signal.aborted
      ? 'nobody answered before it was interrupted'
      : (error as Error).message
    return refused(`no answer: ${why}`)
  }
}

const text = (value: unknown) => typeof value === 'string' ? value : ''

function refused(message: string, policy = 'rampart'): Verdict {
  return { allowed: false, message, policy: policy === '' ? 'default_action' : policy }
}
