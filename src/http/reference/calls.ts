import { ofApproval, type Reference } from './reference.ts'

const who = { agent: 'builder', session: 'monday' }
const exec = (command: string, more = {}) => ({ ...who, params: { command }, ...more })
const asked = ofApproval('$response.body#/approval_id')

/** Of the operations that decide. */
export const CALLS: Readonly<Record<string, Reference>> = {
  callTool: {
    description:
      'Decides the call, counts it and records it before it answers. Where a person is required ' +
      'the request is held until one has answered or the approval has expired; `Prefer: respond-async` ' +
      'answers 202 at once, `Prefer: wait=N` after N seconds, and the approval is then polled at `Location`. ' +
      'Closing the connection takes the question back. Only 200 is a permission: any other answer, or none, ' +
      'is not.',
    examples: {
      allowed: {
        summary: 'A command that no rule objects to',
        params: { name: 'exec' },
        body: exec('ls -l', { cwd: '/w' }),
        status: 200,
      },
      denied: {
        summary: 'A command that a rule denies',
        params: { name: 'exec' },
        body: exec('rm -rf /'),
        status: 403,
      },
      asked: {
        summary: 'A command that a person has to see, without waiting for them',
        params: { name: 'exec' },
        headers: { prefer: 'respond-async' },
        body: exec('deploy --to production'),
        status: 202,
      },
    },
    links: { 202: asked },
  },
  preflightTool: {
    description:
      'Answers 200 for every decision: whether the call may be made stands in `allowed`. A dry run ' +
      'counts nothing, uses nothing up and asks nobody. With `enforce: true` the caller is the boundary ' +
      'itself (a hook, a shim, a library): the call is then counted, recorded and asked for as a real one, ' +
      'and `approval_id` names the question.',
    examples: {
      dry_run: {
        summary: 'What would be decided of a read',
        params: { name: 'read' },
        body: { ...who, params: { path: '/w/secret/key.pem' } },
        status: 200,
      },
      enforced: {
        summary: 'A caller that enforces the answer itself',
        params: { name: 'exec' },
        body: exec('deploy --to staging', { enforce: true, tool_call_id: 'call-17' }),
        status: 200,
      },
    },
    links: { 200: asked },
  },
  answerHook: {
    description:
      'What `rampart hook` does, over the network: the body is what the host wrote to the standard ' +
      'input of its hook, the answer what the hook prints, and `rampart-exit` the code it ends with. What ' +
      'cannot be read is answered as a denial in the words of that host, never as a problem.',
    examples: {
      denied: {
        summary: 'Claude Code is about to run a command',
        params: { format: 'claude-code' },
        headers: { 'rampart-timeout-ms': 10_000 },
        body: JSON.stringify({
          hook_event_name: 'PreToolUse',
          session_id: 'monday',
          cwd: '/w',
          tool_name: 'Bash',
          tool_input: { command: 'rm -rf /' },
        }),
        status: 200,
      },
    },
  },
  explainCall: {
    description:
      'A dry run that also says what the call was read as (`subjects`: each simple command, each ' +
      'effect) and, of every rule that was looked at, whether it held and why.',
    examples: {
      denied: {
        summary: 'Why a command is denied',
        body: exec('rm -rf /', { tool: 'exec' }),
        status: 200,
      },
    },
  },
}
