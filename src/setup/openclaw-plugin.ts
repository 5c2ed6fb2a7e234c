import type { HookCall } from './command-line.ts'
import { askSource } from './plugin-ask.ts'

/** The name that OpenClaw knows the plugin by, in its settings too. */
const ID = 'rampart'

/** The files of a directory that OpenClaw's loader takes for a plugin. */
export function openclawFiles(
  mark: string,
): { readonly path: string; readonly text: (call: HookCall) => string }[] {
  // It reads these two before it loads the third.
  const manifest = {
    id: ID,
    name: 'Rampart',
    description: `Policies for tool calls. ${mark}`,
    categories: ['other'],
    // A gateway loads at its start what says so, and for each of these reasons.
    activation: { onStartup: true, onCapabilities: ['hook'] },
    configSchema: { type: 'object', additionalProperties: false },
  }
  const about = {
    name: 'rampart-openclaw',
    version: '1.0.0',
    description: mark,
    private: true,
    type: 'module',
    openclaw: { extensions: ['./index.js'] },
  }
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
  return [
    { path: 'openclaw.plugin.json', text: () => json(manifest) },
    { path: 'package.json', text: () => json(about) },
    { path: 'index.js', text: (call) => openclawPlugin(call, mark) },
  ]
}

/** What the plugin tells Rampart of a call, and OpenClaw of an answer. */
const WORDS = `// As long as OpenClaw waits for its people at most.
const ASKED_MS = Math.min(PATIENCE_MS, 600000)

// Where the agent works, as far as this version of OpenClaw says so.
function directoryOf(api, { agentId }) {
  try {
    const directory = api.runtime.agent.resolveAgentWorkspaceDir(api.config, agentId)
    return typeof directory === 'string' && directory !== '' ? directory : undefined
  } catch {
    return undefined
  }
}

function eventOf(name, api, event, context) {
  const { toolName, params, toolCallId, toolKind, result, error } = event
  const { sessionKey, sessionId } = context
  return {
    event: name,
    toolName,
    params,
    toolCallId: toolCallId ?? context.toolCallId,
    toolKind: toolKind ?? context.toolKind,
    sessionKey,
    sessionId,
    cwd: directoryOf(api, context),
    result,
    error,
  }
}

const blocked = (reason) => ({ block: true, blockReason: reason || 'Rampart denied this call' })

// "Always" is not offered: it would let calls through that nobody has seen.
const asked = (reason) => ({
  requireApproval: {
    title: 'Rampart asks about a call',
    description: reason.slice(0, 500),
    severity: 'warning',
    timeoutMs: ASKED_MS,
    allowedDecisions: ['allow-once', 'deny'],
  },
})
`

/**
 * The plugin itself: `before_tool_call` of each call goes to `rampart hook` on standard input. A denial blocks
 * with its reason, a question is put to the gateway's people, and whatever else comes back but a plain "go on"
 * blocks. What a tool gave back is only looked at: OpenClaw lets no plugin hold it back.
 */
export function openclawPlugin(call: HookCall, mark: string): string {
  return `// ${mark}; remove it with: rampart setup openclaw --remove
${askSource(call)}
${WORDS}
export default {
  id: '${ID}',
  name: 'Rampart',
  description: 'Policies for tool calls',
  register(api) {
    const before = async (event, context) => {
      try {
        const answer = await ask(eventOf('before_tool_call', api, event, context))
        if (isSilent(answer)) return undefined
        const isQuestion = answer.ask === true && typeof answer.reason === 'string'
        return isQuestion && answer.block !== true ? asked(answer.reason) : blocked(answer.reason)
      } catch (error) {
        return blocked(error.message)
      }
    }
    const after = async (event, context) => {
      await ask(eventOf('after_tool_call', api, event, context)).catch(() => {})
    }
    // Last of all plugins: nobody is asked about what another one stops.
    api.on('before_tool_call', before, { priority: -1000, timeoutMs: PATIENCE_MS + 5000 })
    api.on('after_tool_call', after)
  },
}
`
}
