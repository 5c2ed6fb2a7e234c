import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { userInfo } from 'node:os'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { onlyOn } from '../helpers/runtime.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const openapi = `${root}/openapi`

type Environment = Readonly<Record<string, string | undefined>>

/** What the generators' programs need to find what is installed; nothing is fetched. */
const env: Environment = {
  ...process.env,
  HOME: userInfo().homedir,
  PYTHONPATH: `${openapi}/python`,
  PYTHONDONTWRITEBYTECODE: '1',
  GOPROXY: 'off',
  GOFLAGS: '-mod=readonly',
  GOTOOLCHAIN: 'local',
}

export interface Program {
  readonly cwd: string
  /** Exits 0 when the program can be run here. */
  readonly probe: readonly string[]
  readonly command: readonly string[]
  readonly needs: string
}

/** Why it is not run here; CI has what every program needs. */
export function missing({ cwd, probe, needs }: Program): string | undefined {
  const elsewhere = onlyOn('node', 'a client asks any server of this description')
  if (elsewhere) return elsewhere
  const found = spawnSync(probe[0]!, probe.slice(1), { cwd, env })
  if (found.status === 0) return undefined
  assert.equal(process.env['CI'], undefined, `CI needs ${needs}`)
  return `needs ${needs}`
}

/** Run to its end; what it prints on both streams. */
export function runProgram(
  command: readonly string[],
  cwd: string,
  more: Environment,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0]!, command.slice(1), { cwd, env: { ...env, ...more } })
    let output = ''
    child.stdout.on('data', (chunk) => output += String(chunk))
    child.stderr.on('data', (chunk) => output += String(chunk))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}
