import { stat } from 'node:fs/promises'
import { realpathSync } from 'node:fs'
import process from 'node:process'
import { accountHome } from '../adapters/account-home.ts'
import { sha256Hex } from '../adapters/hash.ts'
import { RampartError } from '../errors.ts'
import type { Services } from '../service/services.ts'
import { commandEnvironment, type Config, type Environment, protectedPaths } from './config.ts'
import { callersFileMode, withCallersUmask } from './umask.ts'

/** What executes calls, where a person said so; loaded only then. */
export async function executorOf(
  { home }: Environment,
  { values }: Config,
): Promise<Pick<Services, 'executor'>> {
  const tools = values['execute.tools']
  if (tools.length === 0) return {}
  if (process.platform !== 'linux') {
    throw new RampartError('config_invalid', 'Calls are executed on Linux alone in this version')
  }
  const roots = await Promise.all(values['execute.roots'].map(rootOf))
  const { createExecutor } = await import('../adapters/execute.ts')
  const env = commandEnvironment(accountHome(), values['execute.env'])
  return {
    executor: createExecutor({
      tools,
      roots,
      env,
      mark: sha256Hex(realpathSync(home)).slice(0, 16),
      start: withCallersUmask,
      newFileMode: callersFileMode(),
      protectedPaths: protectedPaths(home),
      allowPrivate: values['execute.private'],
      own: values.addr,
    }),
  }
}

/** By its real name, which is what opened files are told by. */
async function rootOf(dir: string): Promise<string> {
  try {
    const real = realpathSync(dir)
    if ((await stat(real)).isDirectory()) return real
  } catch {
    // Said below.
  }
  throw new RampartError('config_invalid', `--execute-root ${dir}: there is no such directory`)
}
