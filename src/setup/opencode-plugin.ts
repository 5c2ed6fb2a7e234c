import { CLEARED, type HookCall } from './command-line.ts'

/** A module of the plugin, which runs in OpenCode and not here. */
const SPAWN = 'node:child_process'

/**
 * The plugin that OpenCode loads: it has no hooks that are commands. Each call goes to `rampart hook` on
 * standard input, and whatever comes back but a plain "go on" throws, which is how this host is told no: a
 * program that is gone, ends badly, hangs or prints something else stops the call, too.
 */
export function opencodePlugin({ argv, seconds }: HookCall, mark: string): string {
  return `// ${mark}; remove it with: rampart setup opencode --remove
import { spawn } from '${SPAWN}'

const ARGV = ${JSON.stringify(argv)}
const PATIENCE_MS = ${seconds * 1000}
const CLEARED = ${JSON.stringify(CLEARED)}

const { env: ours } = process
function ask(event) {
  const env = { ...ours }
  for (const name of CLEARED) delete env[name]
  return new Promise((resolve, reject) => {
    const child = spawn(ARGV[0], ARGV.slice(1), { env, stdio: ['pipe', 'pipe', 'pipe'] })
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
    let out = ''
    let err = ''
    child.stdout.setEncoding('utf8').on('data', (text) => (out += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (err += text))
    child.stdin.on('error', () => {})
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(new Error('Rampart cannot be asked: ' + error.message))
    })
    child.on('close', (code) => {
      clearTimeout(timer)
      try {
        if (code !== 0) throw new Error(err.trim() || 'it ended with ' + code)
        const answer = JSON.parse(out)
        if (answer === null || typeof answer !== 'object') throw new Error('its answer is no object')
        resolve(answer)
      } catch (error) {
        reject(new Error('Rampart: ' + error.message))
      }
    })
    child.stdin.end(JSON.stringify(event))
  })
}

// Nothing but an answer without a word means "go on".
const isSilent = (answer) => Object.keys(answer).length === 0

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
