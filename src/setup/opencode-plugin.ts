import type { HookCall } from './command-line.ts'
import { askSource } from './plugin-ask.ts'

/**
 * The plugin that OpenCode loads: it has no hooks that are commands. Each call goes to `rampart hook` on
 * standard input, and whatever comes back but a plain "go on" throws, which is how this host is told no: a
 * program that is gone, ends badly, hangs or prints something else stops the call, too.
 */
export function opencodePlugin(call: HookCall, mark: string): string {
  return `// ${mark}; remove it with: rampart setup opencode --remove
${askSource(call)}
export const RampartPlugin = async ({ directory: cwd }) => ({
  'tool.execute.before': async ({ tool, sessionID, callID }, { args }) => {
    const answer = await ask({ event: 'tool.execute.before', tool, sessionID, callID, cwd, args })
    if (!isSilent(answer)) throw new Error(answer.reason || 'Rampart denied this call')
  },
  'tool.execute.after': async ({ tool, sessionID, callID, args }, output) => {
    const event = { event: 'tool.execute.after', tool, sessionID, callID, cwd, args, output }
    const answer = await ask(event)
    if (isSilent(answer)) return
    const { output: shown, reason, block } = answer
    if (block === true || shown === null || typeof shown !== 'object') {
      throw new Error(reason || 'Rampart withheld this output')
    }
    Object.assign(output, shown)
  },
})
`
}
