import { spawn } from 'node:child_process'
import type { Environment } from '../config.ts'

export interface HookRun {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const PATIENCE_MS = 30_000
const MOST_BYTES = 1 << 20

/**
 * Run a hook as its host does, with one event on standard input. Nothing of Rampart's own environment goes along:
 * the host has none of it. A hook that is late ends with code null.
 */
export function runHook(
  command: string | readonly string[],
  shell: string,
  event: string,
  { variable, userHome }: Environment,
): Promise<HookRun> {
  const [program, ...argv] = typeof command === 'string' ? [shell, '-c', command] : command
  const env = {
    PATH: variable('PATH') ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: userHome,
    LANG: variable('LANG'),
    TMPDIR: variable('TMPDIR'),
  }
  return new Promise((resolve) => {
    const child = spawn(program!, argv, { cwd: '/', env, detached: true, stdio: 'pipe' })
    let out = ''
    let err = ''
    const add = (text: string, more: Uint8Array) =>
      text.length > MOST_BYTES ? text : text + String(more)
    const timer = setTimeout(() => {
      err += `no answer within ${PATIENCE_MS / 1000} s`
      child.kill('SIGKILL')
    }, PATIENCE_MS)
    child.stdout.on('data', (more: Uint8Array) => out = add(out, more))
    child.stderr.on('data', (more: Uint8Array) => err = add(err, more))
    child.on('error', (error) => {
      clearTimeout(timer)
      resolve({ code: null, out, err: error.message })
    })
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ code, out, err })
    })
    child.stdin.on('error', () => {})
    child.stdin.end(event)
  })
}
