import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import type { Agent } from './agent.ts'

/** Where agents are kept from one run to the next: `RAMPART_AGENTS`, or a directory of this machine's. */
export const cache = (): string => process.env['RAMPART_AGENTS'] ?? join(tmpdir(), 'rampart-agents')

/**
 * The program of an agent, installed by npm where it is not there yet.
 *
 * @throws Error with what npm said
 */
export function installed(agent: Pick<Agent, 'package' | 'version' | 'program'>): string {
  const dir = join(cache(), `${agent.program}-${agent.version}`)
  const program = join(dir, 'node_modules', '.bin', agent.program)
  if (existsSync(program)) return program
  // What a package runs when it is installed starts the agent itself: it gets a home of its own.
  const home = join(dir, '.home')
  mkdirSync(home, { recursive: true })
  writeFileSync(join(dir, 'package.json'), '{"private":true}\n')
  const argv = [
    'install',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--userconfig',
    userConfig(),
  ]
  const { status, stdout, stderr } = spawnSync(
    'npm',
    [...argv, `${agent.package}@${agent.version}`],
    {
      cwd: dir,
      encoding: 'utf8',
      env: {
        ...process.env,
        HOME: home,
        XDG_CONFIG_HOME: home,
        XDG_DATA_HOME: home,
        XDG_CACHE_HOME: home,
        XDG_STATE_HOME: home,
      },
    },
  )
  if (status !== 0 || !existsSync(program)) {
    throw new Error(`${agent.package}@${agent.version} cannot be installed: ${stdout}${stderr}`)
  }
  return program
}

/** The caller's own npm settings still count: they name the registry. */
function userConfig(): string {
  return spawnSync('npm', ['config', 'get', 'userconfig'], { encoding: 'utf8' }).stdout.trim()
}
