import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exec, inHome, post, runProgram, type Served, startServer } from '../e2e/server.ts'
import type { Terminal } from './tmux.ts'

const POLICY = `version: "1"
default_action: allow
policies:
  - name: asking
    match: {tool: exec}
    rules:
      - {action: require_approval, when: {command_matches: "deploy*"}, message: Deploying needs a person}
      - {action: deny, when: {command_matches: "rm*"}, message: Not here}
`

export interface Scene {
  readonly home: string
  readonly server: Served
  /** A call of an agent that waits; its answer's status. */
  ask(command: string): Promise<number>
  plain(command: string): Promise<unknown>
}

/** A server whose questions and decisions are watched. */
export async function scene(
  command: readonly string[],
  work: (scene: Scene) => Promise<void>,
): Promise<void> {
  await inHome(async (home) => {
    mkdirSync(join(home, 'policies'), { recursive: true, mode: 0o700 })
    writeFileSync(join(home, 'policies', 'p.yaml'), POLICY, { mode: 0o600 })
    const server = await startServer(command, home)
    const made = await runProgram([...command, 'token', 'create', '--agent', 'bot', '--json'], {
      home,
    })
    const agent = { url: server.url, token: JSON.parse(made.out).token as string }
    await work({
      home,
      server,
      ask: async (line) => (await post(agent, '/v1/tool/exec', exec(line))).status,
      plain: (line) => post(agent, '/v1/preflight/exec', exec(line)),
    })
    const { exitCode, signalCode } = server.child
    if (exitCode === null && signalCode === null) await server.end()
  })
}

/** The terminal is as it was before. */
export function isRestored(terminal: Terminal): void {
  const flags = ['alternate_on', 'cursor_flag', 'wrap_flag']
  assert.deepEqual(flags.map((flag) => terminal.ask(`#{${flag}}`)), ['0', '1', '1'])
}
