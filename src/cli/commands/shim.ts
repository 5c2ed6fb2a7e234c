import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import process from 'node:process'
import { isatty } from 'node:tty'
import type { Invocation } from '../command.ts'
import { readInput } from '../input.ts'
import { mayRun } from '../shim/ask.ts'
import { questionOf, type ShellCall, shellCall } from '../shim/shell.ts'
import { withCallersUmask } from '../umask.ts'
import { BLOCKED } from './shim-ask.ts'

const SCRIPT_LIMIT = 1 << 20
/** What ends or stops a shell reaches the one we run; the terminal's reach it by themselves, too. */
const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const

export async function run(invocation: Invocation): Promise<number> {
  const call = shellCall(invocation.operands)
  const script = call.reads && !isatty(0) ? await readInput(SCRIPT_LIMIT) : undefined
  if (!await mayRun(invocation, questionOf(call, script))) return BLOCKED
  return await runShell(call, script)
}

/** No runtime of ours can become another program, so it runs beside us; 128 + n where a signal ended it. */
function runShell({ path, args }: ShellCall, script: string | undefined): Promise<number> {
  const child = withCallersUmask(() =>
    spawn(path, args, { stdio: [script === undefined ? 'inherit' : 'pipe', 'inherit', 'inherit'] })
  )
  for (const signal of FORWARDED) process.on(signal, () => void child.kill(signal))
  child.stdin?.on('error', () => {})
  child.stdin?.end(script)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      resolve(signal === null ? code ?? 1 : 128 + constants.signals[signal])
    })
  })
}
