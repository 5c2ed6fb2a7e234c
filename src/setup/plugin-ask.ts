import { CLEARED, type HookCall } from './command-line.ts'

/** A module of the plugin, which runs in the agent and not here. */
const SPAWN = 'node:child_process'

/**
 * The part of a plugin that asks: `ask(event)` hands an event to the hook on standard input and resolves with
 * the object that it printed. A program that is gone, ends badly, hangs or prints something else rejects.
 */
export function askSource({ argv, seconds }: HookCall): string {
  return `import { spawn } from '${SPAWN}'

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
`
}
