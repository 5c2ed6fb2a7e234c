import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { ownRuntime, type Ran, runProgram } from './server.ts'

/** What is not answered in time is denied: a busy machine is not what these tests are about. */
export const PATIENT = { RAMPART_TIMEOUT_MS: '60000' }

/** Words in a command, and what they get. */
export const POLICY = `version: "1"
default_action: allow
policies:
  - name: words
    match: {tool: exec}
    rules:
      - {action: deny, when: {command_contains: [forbidden]}, message: That word is not said here}
      - {action: require_approval, when: {command_contains: [asked-for]}, message: May it?}
      - {action: log, when: {command_contains: [noted]}}
`

/** A policy file beside the state directory. */
export function policyFile(home: string): string {
  const file = join(dirname(home), 'words.yaml')
  mkdirSync(dirname(home), { recursive: true })
  // A server of root reads no script that is closed to others.
  chmodSync(dirname(home), 0o755)
  writeFileSync(file, POLICY)
  return file
}

/** Run `rampart wrap` or `preload` of this runtime. */
export function rampartRun(
  home: string,
  words: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; input?: string } = {},
): Promise<Ran> {
  const env = { ...PATIENT, ...options.env }
  return runProgram([...ownRuntime(), ...words], { home, cwd: dirname(home), ...options, env })
}

/** Why this machine cannot run such tests; undefined where it can. */
export function cannotWrap(): string | undefined {
  if (process.platform !== 'linux') return 'the tests of wrap are for Linux'
  for (const tool of ['cc', 'make']) if (!hasTool(tool)) return `no ${tool} here`
  return undefined
}

export function hasTool(name: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', name]).status === 0
}
