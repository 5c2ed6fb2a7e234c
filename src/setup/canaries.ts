import type { HostName } from './command-line.ts'

/** A call that nobody makes: a hook is asked about it, nothing runs. */
export interface Canary {
  readonly name: 'deny' | 'benign'
  readonly command: string
}

/** What a hook said to a canary. `broken`: nothing that its host would heed. */
export type Heard = 'deny' | 'ask' | 'defer' | 'allow' | 'broken'

/** Marks a session in the trail as ours, so that it never counts as a call that the host made. */
export const VERIFY_SESSION = 'rampart-verify'

/** The fixed calls: one that the built-in rules deny in every mode, and one that nothing objects to. */
export function canaries(home: string): readonly Canary[] {
  return [
    { name: 'deny', command: `cat '${home.replaceAll("'", `'\\''`)}/token'` },
    { name: 'benign', command: 'echo rampart-verify' },
  ]
}

interface Protocol {
  /** The event that comes before a call. */
  readonly event: string
  readonly ask: (command: string, id: string, cwd: string) => unknown
  readonly hear: (answer: Readonly<Record<string, unknown>>) => Heard | undefined
}

const SAID: Readonly<Record<string, Heard>> = {
  deny: 'deny',
  block: 'deny',
  ask: 'ask',
  force_ask: 'ask',
  allow: 'allow',
}
const said = (value: unknown): Heard | undefined =>
  typeof value === 'string' && Object.hasOwn(SAID, value) ? SAID[value] : undefined

/** Claude Code's fields, which Codex and Copilot took over. */
const claudeLike = (more: object): Protocol => ({
  event: 'PreToolUse',
  ask: (command, id, cwd) => ({
    session_id: VERIFY_SESSION,
    cwd,
    hook_event_name: 'PreToolUse',
    tool_name: 'Bash',
    tool_input: { command },
    tool_use_id: id,
    ...more,
  }),
  hear: ({ hookSpecificOutput: specific, permissionDecision }) =>
    said((specific as { permissionDecision?: unknown } | undefined)?.permissionDecision) ??
      said(permissionDecision),
})

const PROTOCOLS: Readonly<Record<HostName, Protocol>> = {
  'claude-code': claudeLike({ transcript_path: '/dev/null', permission_mode: 'default' }),
  codex: claudeLike({
    turn_id: 'rampart-verify',
    transcript_path: null,
    model: 'rampart-verify',
    permission_mode: 'default',
  }),
  copilot: claudeLike({ timestamp: '2000-01-01T00:00:00.000Z' }),
  cline: {
    event: 'PreToolUse',
    ask: (command, id, cwd) => ({
      clineVersion: '',
      timestamp: '2000-01-01T00:00:00.000Z',
      taskId: VERIFY_SESSION,
      sessionContext: { rootSessionId: VERIFY_SESSION },
      workspaceRoots: [cwd],
      hookName: 'tool_call',
      iteration: 1,
      tool_call: { id, name: 'run_commands', input: { commands: [command] } },
      preToolUse: {
        toolName: 'run_commands',
        parameters: { commands: JSON.stringify([command]) },
      },
    }),
    hear: ({ cancel }) => cancel === true ? 'deny' : undefined,
  },
  cursor: {
    event: 'preToolUse',
    ask: (command, id, cwd) => ({
      conversation_id: VERIFY_SESSION,
      generation_id: VERIFY_SESSION,
      hook_event_name: 'preToolUse',
      cwd,
      tool_name: 'Shell',
      tool_input: { command },
      tool_use_id: id,
    }),
    hear: ({ permission }) => said(permission),
  },
  gemini: {
    event: 'BeforeTool',
    ask: (command, _id, cwd) => ({
      session_id: VERIFY_SESSION,
      transcript_path: '/dev/null',
      cwd,
      hook_event_name: 'BeforeTool',
      timestamp: '2000-01-01T00:00:00.000Z',
      tool_name: 'run_shell_command',
      tool_input: { command },
    }),
    hear: ({ decision }) => said(decision),
  },
  antigravity: {
    event: 'PreToolUse',
    ask: (command, _id, cwd) => ({
      toolCall: { name: 'run_command', args: { CommandLine: command, Cwd: cwd } },
      stepIdx: 1,
      conversationId: VERIFY_SESSION,
      workspacePaths: [cwd],
    }),
    hear: ({ decision }) => said(decision),
  },
  opencode: {
    event: 'tool.execute.before',
    ask: (command, callID, cwd) => ({
      event: 'tool.execute.before',
      tool: 'bash',
      sessionID: VERIFY_SESSION,
      callID,
      cwd,
      args: { command, description: 'rampart verify' },
    }),
    hear: ({ block }) => block === true ? 'deny' : undefined,
  },
  openclaw: {
    event: 'before_tool_call',
    ask: (command, toolCallId, cwd) => ({
      event: 'before_tool_call',
      toolName: 'exec',
      params: { command },
      toolCallId,
      sessionKey: VERIFY_SESSION,
      cwd,
    }),
    hear: ({ block, ask }) => block === true ? 'deny' : ask === true ? 'ask' : undefined,
  },
}

/** The event that a host's hook is called with before each call. */
export const eventBefore = (host: HostName): string => PROTOCOLS[host].event

/** What the host would send for a canary. */
export function eventOf(host: HostName, canary: Canary, id: string, cwd: string): string {
  return JSON.stringify(PROTOCOLS[host].ask(canary.command, id, cwd))
}

/** What the host would take an answer for. Code 2 denies where there is a reason with it. */
export function heardIn(
  host: HostName,
  { code, out, err }: { readonly code: number | null; readonly out: string; readonly err: string },
): Heard {
  if (code === 2 && err.trim() !== '' && host !== 'cline') return 'deny'
  if (code !== 0) return 'broken'
  let answer: unknown
  try {
    answer = JSON.parse(out)
  } catch {
    return 'broken'
  }
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return 'broken'
  return PROTOCOLS[host].hear(answer as Readonly<Record<string, unknown>>) ?? 'defer'
}
