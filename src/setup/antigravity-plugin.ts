import type { HookCall } from './command-line.ts'

/** The files of a directory that Antigravity takes for a plugin. */
export function antigravityFiles(
  mark: string,
): { readonly path: string; readonly text: (call: HookCall) => string }[] {
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
  const about = { name: 'rampart', description: `Policies for tool calls. ${mark}` }
  const hooks = ({ command, seconds }: HookCall) => ({
    'rampart-policy': {
      description: mark,
      enabled: true,
      PreToolUse: [{ matcher: '*', hooks: [{ type: 'command', command, timeout: seconds }] }],
    },
  })
  return [
    { path: 'plugin.json', text: () => json(about) },
    { path: 'hooks.json', text: (call) => json(hooks(call)) },
  ]
}
